// What wsk sends and how it reads the answers: the requests of OpenWhisk's client for Go
// (its query strings and headers) made here by hand, since there is no wsk to install.
'use strict';

const assert = require('node:assert/strict');
const { after, before, test } = require('node:test');
const { Daemon } = require('./daemon');

let daemon;
before(async () => { daemon = await Daemon.start(['--user-memory', '1024m']); });
after(() => daemon.stopAndForget());

// Go's encoder ends its text with a line feed.
const call = (method, target, body) => daemon.request(method, `/api/v1/namespaces/_/${target}`, {
  body: body === undefined ? undefined : `${JSON.stringify(body)}\n`,
  headers: {
    'User-Agent': 'OpenWhisk-CLI/1.0 (2026-01-01T00:00:00.000+0000) linux amd64',
    ...(body !== undefined && { 'Content-Type': 'application/json' }),
  },
});

// What wsk makes of an answer: its exit status, and the message.
function outcome({ status, json }) {
  if (status < 300) return { exit: 0 };
  if (status === 502 && json.code === undefined) {
    if (json.response?.status !== undefined) {
      return { exit: status - 256, application: json.response.result };
    }
    if (json.error !== undefined) return { exit: status - 256, application: json.error };
  } else if (json.code !== undefined && json.error !== undefined) {
    return { exit: status - 256, message: `${json.error} (code ${json.code})` };
  }
  return { message: `The connection failed, or timed out. (HTTP status code ${status})` };
}

const action = (name, code, more = {}) => ({
  namespace: '_', name, version: '', exec: { kind: 'nodejs:default', code, main: 'main' },
  annotations: [{ key: 'provide-api-key', value: false }], limits: { timeout: 60000 }, ...more,
});

test('wsk action create, update, get, delete', async () => {
  const code = 'function main(p) { return { hello: p.name }; }';
  // An empty version is left out by Go.
  const { version, ...body } = action('hello', code);
  const created = await call('PUT', 'actions/hello?overwrite=false', body);
  assert.equal(created.status, 200, created.text);
  const again = outcome(await call('PUT', 'actions/hello?overwrite=false', body));
  assert.match(again.message, /^resource already exists \(code \w+\)$/);
  assert.equal(again.exit, 409 - 256);

  const updated = await call('PUT', 'actions/hello?overwrite=true',
    { name: 'hello', annotations: [{ key: 'colour', value: 'blue' }], delAnnotations: ['x'] });
  assert.equal(updated.json.version, '0.0.2');
  assert.ok(updated.json.annotations.some(({ key }) => key === 'provide-api-key'));
  const deleted = await call('PUT', 'actions/hello?overwrite=true', { delAnnotations: ['colour'] });
  assert.ok(!deleted.json.annotations.some(({ key }) => key === 'colour'));

  const got = await call('GET', 'actions/hello?code=false');
  assert.equal(got.json.exec.code, undefined);
  assert.equal((await call('GET', 'actions/hello?code=true')).json.exec.code, code);
});

test('wsk action invoke: --blocking, --result, and neither', async () => {
  const plain = await call('POST', 'actions/hello?blocking=false&result=false', { name: 'x' });
  assert.equal(plain.status, 202);
  assert.match(plain.json.activationId, /^[0-9a-f]{32}$/);
  const blocking = await call('POST', 'actions/hello?blocking=true&result=false', { name: 'x' });
  assert.deepEqual(blocking.json.response.result, { hello: 'x' });
  assert.equal(blocking.json.response.success, true);
  const result = await call('POST', 'actions/hello?blocking=true&result=true', { name: 'x' });
  assert.equal(result.text, '{"hello":"x"}');
  assert.equal((await call('POST', 'actions/hello?blocking=true&result=true')).text, '{}');
});

test('errors of an action are told from errors of the server', async () => {
  await call('PUT', 'actions/fails?overwrite=true',
    action('fails', 'const main = () => ({ error: "no" });', { version: '0.0.1' }));
  assert.deepEqual(outcome(await call('POST', 'actions/fails?blocking=true&result=false', {})),
    { exit: 502 - 256, application: { error: 'no' } });
  assert.deepEqual(outcome(await call('POST', 'actions/fails?blocking=true&result=true', {})),
    { exit: 502 - 256, application: 'no' });
  for (const [method, target, body] of [
    ['GET', 'actions/nobody?code=true'], ['POST', 'actions/nobody?blocking=true&result=false', {}],
    ['PUT', 'actions/x?overwrite=false', {}], ['PUT', 'packages/p?overwrite=false', { name: 'p' }],
    ['POST', 'triggers/t', {}], ['GET', 'activations/0', undefined], ['PATCH', 'actions/x'],
    ['GET', 'actions?limit=1000&skip=0'], ['GET', 'nonsense'],
  ]) {
    const { message, exit } = outcome(await call(method, target, body));
    assert.match(message, / \(code \w{8,}\)$/, `${method} ${target}`);
    assert.ok(exit < 300);
  }
});

test('wsk list, wsk action list PACKAGE/, wsk package list', async () => {
  await call('PUT', 'actions/tools/sum?overwrite=true',
    action('sum', 'x = 1', { version: '0.0.1' }));
  for (const collection of ['packages', 'actions', 'triggers', 'rules']) {
    const { status, json } = await call('GET', `${collection}?docs=false&limit=0&skip=0`);
    assert.equal(status, 200);
    for (const { namespace, name, publish } of json) {
      assert.deepEqual([typeof namespace, typeof name, typeof publish],
        ['string', 'string', 'boolean']);
    }
  }
  const { json } = await call('GET', 'actions/tools/?limit=30&skip=0');
  assert.deepEqual(json.map(({ namespace, name }) => `/${namespace}/${name}`),
    ['/guest/tools/sum']);
  assert.deepEqual((await call('GET', 'actions/tools/?count=true')).json, { actions: 1 });
  assert.equal(outcome(await call('GET', 'actions/none/?limit=30&skip=0')).exit, 404 - 256);
  const got = await call('GET', 'packages/tools');
  assert.deepEqual(got.json.actions.map(({ name }) => name), ['sum']);
});

test('wsk activation list, get, result, logs', async () => {
  const list = await call('GET', 'activations?limit=30&name=hello&skip=0');
  assert.ok(list.json.length >= 3);
  for (const entry of list.json) {
    assert.ok(Number.isInteger(entry.statusCode) && Number.isInteger(entry.start));
    const kind = entry.annotations.find(({ key }) => key === 'kind');
    assert.equal(kind.value, 'nodejs:20');
  }
  const cold = list.json.filter(({ annotations }) =>
    annotations.some(({ key }) => key === 'initTime'));
  assert.ok(cold.length >= 1);
  const id = list.json[0].activationId;
  assert.equal((await call('GET', `activations/${id}`)).json.activationId, id);
  assert.equal((await call('GET', `activations/${id}/result`)).json.success, true);
  assert.deepEqual((await call('GET', `activations/${id}/logs`)).json, { logs: [] });
});

test('wsk property get --all, wsk namespace list', async () => {
  const { json } = await daemon.request('GET', '/api/v1', { key: null });
  assert.deepEqual([typeof json.build, typeof json.buildno], ['string', 'string']);
  assert.deepEqual((await daemon.request('GET', '/api/v1/namespaces')).json, ['guest']);
});
