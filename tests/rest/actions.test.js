// What OpenWhisk's users do all day, with OpenWhisk's own client and with plain requests.
'use strict';

const assert = require('node:assert/strict');
const { after, before, test } = require('node:test');
const { Daemon, annotation, example } = require('./daemon');

let daemon;
let ow;

before(async () => {
  daemon = await Daemon.start(['--user-memory', '1024m']);
  ow = daemon.client();
});
after(() => daemon.stopAndForget());

// A warm invocation: its container has been initialised before and is free.
async function invokeUntilWarm(name, parameters) {
  for (let i = 0; i < 20; ++i) {
    const { json } = await daemon.invoke(name, parameters);
    await daemon.record(json.activationId);
    if (annotation(json, 'initTime') === undefined) return json;
  }
  return assert.fail(`${name} never became warm`);
}

test('actions of both kinds are created from their files', async () => {
  const hello = await ow.actions.create({ name: 'hello', action: example('hello.js') });
  assert.equal(hello.name, 'hello');
  assert.equal(hello.namespace, 'guest');
  assert.equal(hello.version, '0.0.1');
  assert.equal(hello.exec.kind, 'nodejs:20');
  assert.equal(hello.exec.binary, false);
  assert.deepEqual(hello.limits, { timeout: 60000, memory: 256, logs: 10, concurrency: 1 });
  assert.deepEqual(hello.annotations, [
    { key: 'provide-api-key', value: false }, { key: 'exec', value: 'nodejs:20' }]);

  for (const [name, file] of [['wordcount', 'wordcount.py'], ['divide', 'divide.py']]) {
    const made = await ow.actions.create({ name, action: example(file), kind: 'python:default' });
    assert.equal(made.exec.kind, 'python:3');
  }
  await ow.actions.create({ name: 'hash', action: example('hash.js'), params: { text: 'abc' } });
  await ow.actions.create({ name: 'slow', action: example('slow.js'), limits: { memory: 128 } });
});

test('a blocking invocation brings the record, with result the result', async () => {
  const record = await ow.actions.invoke({
    name: 'hello', params: { name: 'Ada' }, blocking: true,
  });
  assert.deepEqual(record.response.result, { greeting: 'Hello, Ada!' });
  assert.equal(record.response.success, true);
  assert.equal(record.response.status, 'success');
  assert.match(record.activationId, /^[0-9a-f]{32}$/);

  assert.deepEqual(await ow.actions.invoke({ name: 'hello', blocking: true, result: true }),
    { greeting: 'Hello, World!' });
  assert.deepEqual(
    await ow.actions.invoke({
      name: 'wordcount',
      params: { text: 'to be or not to be', top: 1 },
      blocking: true,
      result: true,
    }),
    { words: 6, different: 4, top: [{ word: 'to', count: 2 }] });
});

test('the action\'s own parameters stand under those of the invocation', async () => {
  const sha256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  assert.deepEqual(await ow.actions.invoke({ name: 'hash', blocking: true, result: true }),
    { algorithm: 'sha256', hash: sha256 });
  const { hash } = await ow.actions.invoke({
    name: 'hash', params: { algorithm: 'md5' }, blocking: true, result: true,
  });
  assert.equal(hash, '900150983cd24fb0d6963f7d28e17f72');
});

test('what curl gets with result=true is the result alone', async () => {
  const answer = await daemon.request('POST',
    '/api/v1/namespaces/_/actions/hello?blocking=true&result=true', { body: '{"name":"x"}' });
  assert.equal(answer.status, 200);
  assert.equal(answer.text, '{"greeting":"Hello, x!"}');
  assert.match(answer.headers['x-openwhisk-activation-id'], /^[0-9a-f]{32}$/);
  assert.ok(answer.headers['x-request-id']);
});

test('the record of a cold start has initTime, that of a warm one has not', async () => {
  await daemon.create('fresh', 'nodejs:default', example('hello.js'));
  const cold = (await daemon.invoke('fresh')).json;
  assert.ok(annotation(cold, 'initTime') >= 0);
  assert.ok(annotation(cold, 'waitTime') >= 0);
  assert.equal(cold.end - cold.start, cold.duration);
  const stored = await daemon.record(cold.activationId);
  assert.deepEqual(stored.annotations, cold.annotations);

  const warm = await invokeUntilWarm('fresh');
  assert.ok(annotation(warm, 'waitTime') >= 0);
  assert.deepEqual(warm.annotations.map((entry) => entry.key),
    ['limits', 'path', 'kind', 'timeout', 'waitTime', 'start']);
  assert.equal(annotation(warm, 'path'), 'guest/fresh');
  assert.equal(annotation(warm, 'timeout'), false);
  assert.equal(annotation(warm, 'start'), 'warmed');
});

test('a non-blocking invocation is found by its id, with result and logs', async () => {
  const { activationId } = await ow.actions.invoke({ name: 'hello', params: { name: 'Eve' } });
  await daemon.record(activationId);
  const record = await ow.activations.get({ name: activationId });
  assert.deepEqual(record.response.result, { greeting: 'Hello, Eve!' });
  assert.equal(record.logs.length, 1);
  assert.match(record.logs[0], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z +stdout: greeting Eve$/);
  assert.equal(record.logs[0].indexOf(' stdout: '), 30);
  assert.deepEqual((await ow.activations.logs({ name: activationId })).logs, record.logs);
  assert.deepEqual((await ow.activations.result({ name: activationId })).result,
    { greeting: 'Hello, Eve!' });
});

test('the record is there as soon as a blocking answer is', async () => {
  const { activationId } = await ow.actions.invoke({
    name: 'divide', params: { a: 7, b: 2 }, blocking: true,
  });
  const record = await ow.activations.get({ name: activationId });
  assert.deepEqual(record.response.result, { quotient: 3.5 });
  assert.match(record.logs[0], /stdout: dividing 7 by 2$/);
});

test('actions and activations are listed', async () => {
  const names = (await ow.actions.list()).map((action) => action.name);
  for (const name of ['hello', 'wordcount', 'divide', 'hash', 'slow']) {
    assert.ok(names.includes(name));
  }
  assert.equal((await ow.actions.list({ limit: 2 })).length, 2);
  assert.deepEqual(await ow.packages.list(), []);
  assert.deepEqual(await ow.triggers.list(), []);
  assert.deepEqual(await ow.rules.list(), []);

  const [newest] = await ow.activations.list({ limit: 1 });
  assert.equal(newest.name, 'divide');
  assert.equal(newest.statusCode, 0);
  assert.equal(newest.response, undefined);
  const { json } = await daemon.request('GET', '/api/v1/namespaces/_/activations?name=hello');
  assert.ok(json.length > 0 && json.every((record) => record.name === 'hello'));
});

test('an update raises the version, and no container of the old code is used', async () => {
  const code = (text) => `function main() { return { text: '${text}' }; }`;
  await ow.actions.create({ name: 'changing', action: code('one') });
  for (const [text, version] of [['two', '0.0.2'], ['three', '0.0.3']]) {
    await invokeUntilWarm('changing');
    const updated = await ow.actions.update({ name: 'changing', action: code(text) });
    assert.equal(updated.version, version);
    assert.deepEqual(await ow.actions.invoke({ name: 'changing', blocking: true, result: true }),
      { text });
  }
});

test('a deleted action is gone', async () => {
  await ow.actions.delete({ name: 'changing' });
  await assert.rejects(ow.actions.get({ name: 'changing' }), { statusCode: 404 });
  await assert.rejects(ow.actions.invoke({ name: 'changing', blocking: true }),
    { statusCode: 404 });
});

test('an action may be a zip in base64', async () => {
  // index.js: exports.main = () => ({ zipped: true });
  const zip = 'UEsDBBQAAAAAAAAAIQC9s5mOKAAAACgAAAAIAAAAaW5kZXguanNleHBvcnRzLm1haW4gPSAoKSA9PiAo' +
    'eyB6aXBwZWQ6IHRydWUgfSk7UEsBAhQAFAAAAAAAAAAhAL2zmY4oAAAAKAAAAAgAAAAAAAAAAAAAAIAB' +
    'AAAAAGluZGV4LmpzUEsFBgAAAAABAAEANgAAAE4AAAAAAA==';
  const made = await ow.actions.create({ name: 'zipped', action: Buffer.from(zip, 'base64') });
  assert.equal(made.exec.binary, true);
  assert.deepEqual(await ow.actions.invoke({ name: 'zipped', blocking: true, result: true }),
    { zipped: true });
});

test('arrays go in and come out, alone, and no number changes', async () => {
  await daemon.create('same', 'python:3', 'def main(args):\n  return args\n');
  const list = await daemon.invoke('same', [1, 'two', null]);
  assert.deepEqual(list.json, [1, 'two', null]);
  const answer = await daemon.request('POST',
    '/api/v1/namespaces/_/actions/same?blocking=true&result=true',
    { body: '{"n":12345678901234567890123}' });
  assert.match(answer.text, /12345678901234567890123/);
});

test('an action is told where and as whom it runs', async () => {
  await daemon.create('env', 'nodejs:20', `function main() {
    const names = Object.keys(process.env).filter((name) => name.startsWith('__OW_'));
    return Object.fromEntries(names.map((name) => [name, process.env[name]]));
  }`);
  const { json } = await daemon.invoke('env');
  const env = json.response.result;
  assert.equal(env.__OW_NAMESPACE, 'guest');
  assert.equal(env.__OW_ACTION_NAME, '/guest/env');
  assert.equal(env.__OW_ACTIVATION_ID, json.activationId);
  assert.equal(env.__OW_API_HOST, `http://${daemon.address}`);
  assert.equal(env.__OW_API_KEY, undefined);
  assert.ok(Number(env.__OW_DEADLINE) > Date.now());
});

test('eight at once get eight answers and eight records', async () => {
  const records = await Promise.all(Array.from({ length: 8 }, () =>
    ow.actions.invoke({ name: 'slow', params: { ms: 300 }, blocking: true })));
  const containers = new Set(records.map((record) => record.response.result.container));
  assert.ok(containers.size > 1, 'they ran side by side');
  for (const { activationId } of records) {
    assert.equal((await daemon.record(activationId)).response.success, true);
  }
});

test('metrics and pages for everybody', async () => {
  const open = { key: null };
  assert.equal((await daemon.request('GET', '/ping', open)).text, 'pong');
  assert.equal((await daemon.request('GET', '/livez', open)).text, 'ok');
  assert.equal((await daemon.request('GET', '/api/v1', open)).json.api_version, '1.0.0');
  const { runtimes } = (await daemon.request('GET', '/', open)).json;
  assert.equal(runtimes.nodejs[0].kind, 'nodejs:20');
  const metrics = await daemon.request('GET', '/metrics', open);
  assert.equal(metrics.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
  assert.match(metrics.text, /^owpool_activations_total\{status="success"\} [1-9]\d+$/m);
  assert.match(metrics.text, /^owpool_containers\{state="warm_free"\} \d+$/m);
});
