// The description of the API, read by a tool that knows what Swagger 2.0 allows, and
// what browsers and proxies ask that have not read it.
'use strict';

const assert = require('node:assert/strict');
const { after, before, test } = require('node:test');
const SwaggerParser = require('@apidevtools/swagger-parser');
const { Daemon } = require('./daemon');

let daemon;
before(async () => { daemon = await Daemon.start(); });
after(() => daemon.stopAndForget());

test('api-docs is valid Swagger 2.0', async () => {
  const docs = await daemon.request('GET', '/api/v1/api-docs', { key: null });
  const api = await SwaggerParser.validate(docs.json);
  assert.equal(api.swagger, '2.0');
  const invoke = api.paths['/namespaces/{namespace}/actions/{actionName}'].post;
  assert.deepEqual(invoke.parameters.map(({ name }) => name),
    ['namespace', 'actionName', 'blocking', 'result', 'timeout', 'body']);
  assert.ok(invoke.responses[202].schema.properties.activationId);
  assert.ok(api.definitions.ActionLimits.properties.concurrency);
});

test('OPTIONS needs no key, HEAD is GET without its body', async () => {
  const target = '/api/v1/namespaces/_/actions?limit=1';
  const options = await daemon.request('OPTIONS', target, {
    key: null, headers: { Origin: 'https://x.org', 'Access-Control-Request-Method': 'PUT' },
  });
  const head = await daemon.request('HEAD', target);
  const get = await daemon.request('GET', target);
  for (const { status, headers } of [options, head, get]) {
    assert.equal(status, 200);
    assert.equal(headers['access-control-allow-origin'], '*');
    assert.equal(headers['access-control-allow-methods'], 'GET, DELETE, POST, PUT, HEAD');
    assert.ok(headers['x-request-id']);
  }
  assert.equal(options.text, '');
  assert.equal(head.text, '');
  assert.equal(head.headers['content-length'], get.headers['content-length']);
  const { headers } = await daemon.request('GET', target, { headers: { 'X-Request-ID': 'mine' } });
  assert.equal(headers['x-request-id'], 'mine');
});
