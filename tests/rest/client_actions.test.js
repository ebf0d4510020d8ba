// Everything that OpenWhisk's JavaScript client has for actions.
'use strict';

const assert = require('node:assert/strict');
const { after, before, test } = require('node:test');
const { Daemon } = require('./daemon');

const ECHO = 'const main = (parameters) => ({ got: parameters });';

let daemon;
let ow;

before(async () => {
  daemon = await Daemon.start(['--user-memory', '1024m']);
  ow = daemon.client();
});
after(() => daemon.stopAndForget());

const keyed = (list) => Object.fromEntries(list.map(({ key, value }) => [key, value]));

test('an action with everything that can be said of it', async () => {
  const made = await ow.actions.create({
    name: 'full',
    action: 'exports.shout = ({ text, mark }) => ({ text: text.toUpperCase() + mark });',
    kind: 'nodejs:20',
    exec: { main: 'shout' },
    params: { mark: '!', nothing: null, deep: { a: [1, 2.5] } },
    annotations: { colour: 'blue', final: false },
    limits: { timeout: 5000, memory: 128, logs: 1 },
    version: '1.2.3',
  });
  assert.equal(made.version, '1.2.3');
  assert.equal(made.exec.main, 'shout');
  assert.deepEqual(made.limits, { timeout: 5000, memory: 128, logs: 1, concurrency: 1 });
  assert.deepEqual(keyed(made.parameters), { mark: '!', nothing: null, deep: { a: [1, 2.5] } });
  assert.deepEqual(keyed(made.annotations),
    { colour: 'blue', final: false, 'provide-api-key': false, exec: 'nodejs:20' });

  assert.deepEqual(await ow.actions.get('full'), made);
  const { exec, ...rest } = await ow.actions.get({ name: 'full', code: false });
  assert.deepEqual(exec, { kind: 'nodejs:20', binary: false, main: 'shout' });
  assert.equal(rest.updated, made.updated);
  assert.deepEqual(
    await ow.actions.invoke({ name: 'full', params: { text: 'hi' }, blocking: true, result: true }),
    { text: 'HI!' });
});

test('an update of one thing leaves the others', async () => {
  await ow.actions.create({
    name: 'changing', action: ECHO, params: { a: 1 }, annotations: { x: 1, y: 2 },
    limits: { timeout: 5000 },
  });
  const limits = await ow.actions.update({ name: 'changing', limits: { memory: 128 } });
  assert.deepEqual(limits.limits, { timeout: 5000, memory: 128, logs: 10, concurrency: 1 });
  assert.equal(limits.version, '0.0.2');
  assert.equal(limits.exec.code, ECHO);

  const params = await ow.actions.update({ name: 'changing', params: { b: 2 } });
  assert.deepEqual(keyed(params.parameters), { b: 2 });
  assert.deepEqual(params.limits, limits.limits);

  const annotations = await ow.actions.update({ name: 'changing', annotations: { y: 3, z: 4 } });
  assert.deepEqual(keyed(annotations.annotations),
    { x: 1, y: 3, 'provide-api-key': false, exec: 'nodejs:20', z: 4 });
  assert.equal(annotations.version, '0.0.4');

  const python = await ow.actions.update({
    name: 'changing', action: 'def main(args):\n  return {"python": args["b"]}', kind: 'python:3',
  });
  assert.equal(keyed(python.annotations).exec, 'python:3');
  assert.deepEqual(await ow.actions.invoke({ name: 'changing', blocking: true, result: true }),
    { python: 2 });
});

test('an update makes what was not there, and what was read can be put back', async () => {
  const made = await ow.actions.update({ name: 'new', action: ECHO });
  assert.equal(made.version, '0.0.1');
  const read = await ow.actions.get('new');
  const put = await ow.actions.update({ name: 'new', action: read });
  assert.deepEqual({ ...put, updated: read.updated }, read);
  const { version, ...without } = read;
  assert.equal((await ow.actions.update({ name: 'new', action: without })).version, '0.0.2');
});

test('an action goes by all the names that the client knows for it', async () => {
  await ow.actions.create({ name: 'tools/sum', action: ECHO });
  for (const name of ['tools/sum', '/_/tools/sum', '/guest/tools/sum', '_/tools/sum']) {
    const action = await ow.actions.get({ name });
    assert.equal(action.name, 'sum');
    assert.equal(action.namespace, 'guest/tools');
  }
  await ow.actions.create({ actionName: 'two words', action: ECHO });
  assert.equal((await ow.actions.get('two words')).name, 'two words');
  assert.equal((await ow.actions.get({ name: 'two words', namespace: 'guest' })).name, 'two words');
  const { response } = await ow.actions.invoke({
    name: '/guest/two words', params: { 'ключ': 'значение' }, blocking: true,
  });
  assert.deepEqual(response.result, { got: { 'ключ': 'значение' } });
  await ow.actions.delete('two words');
});

test('several at once by a list of names', async () => {
  await ow.actions.create({ name: 'one', action: ECHO });
  await ow.actions.create({ name: 'two', action: ECHO });
  const [one, two] = await ow.actions.get(['one', 'two']);
  assert.deepEqual([one.name, two.name], ['one', 'two']);
  const invoked = await ow.actions.invoke(['one', 'two']);
  assert.equal(new Set(invoked.map(({ activationId }) => activationId)).size, 2);
  const deleted = await ow.actions.delete([{ name: 'one' }, 'two']);
  assert.deepEqual(deleted.map((action) => action.name), ['one', 'two']);
  await assert.rejects(ow.actions.get('one'), { statusCode: 404 });
});

test('lists have a limit, can be begun later and counted', async () => {
  const all = await ow.actions.list({ limit: 200 });
  assert.ok(all.length >= 4);
  assert.deepEqual(await ow.actions.list({ limit: 2, skip: 1 }), all.slice(1, 3));
  assert.deepEqual(await ow.actions.list({ count: true }), { actions: all.length });
  assert.deepEqual(await ow.actions.list({ count: true, skip: 1 }), { actions: all.length - 1 });
  assert.deepEqual(await ow.actions.list({ skip: all.length }), []);
  for (const [key, type] of Object.entries({
    name: 'string', namespace: 'string', version: 'string', publish: 'boolean', exec: 'object',
    annotations: 'object', limits: 'object', updated: 'number',
  })) {
    assert.ok(all.every((action) => typeof action[key] === type), key);
  }
  await assert.rejects(ow.actions.list({ limit: 201 }), {
    statusCode: 400, message: /The value '201' is not in the range of 0 to 200 for actions\./,
  });
});

test('an invocation with a name alone has no body, and waits for nothing', async () => {
  await ow.actions.create({ name: 'echo', action: ECHO, params: { own: 1 } });
  const answer = await ow.actions.invoke('echo');
  assert.deepEqual(Object.keys(answer), ['activationId']);
  const record = await daemon.record(answer.activationId);
  assert.deepEqual(record.response.result, { got: { own: 1 } });
  assert.deepEqual(await ow.actions.invoke({ name: 'echo', blocking: true, result: true }),
    { got: { own: 1 } });
});

test('the answer to an invocation is what its record will be, but for the logs', async () => {
  const answer = await ow.actions.invoke({ name: 'echo', blocking: true });
  assert.deepEqual({ ...(await daemon.record(answer.activationId)), logs: [] }, answer);
});

test('final parameters stay', async () => {
  await ow.actions.create({
    name: 'fixed', action: ECHO, params: { a: 1, open: null }, annotations: { final: true },
  });
  await assert.rejects(ow.actions.invoke({ name: 'fixed', params: { a: 2 } }), {
    statusCode: 400, message: /Request defines parameters that are not allowed/,
  });
  assert.deepEqual(
    await ow.actions.invoke({ name: 'fixed', params: { open: 2 }, blocking: true, result: true }),
    { got: { a: 1, open: 2 } });
});

test('an action that asks for its key can use the API itself', async () => {
  await ow.actions.create({
    name: 'lister',
    annotations: { 'provide-api-key': true },
    action: `async function main() {
      const { __OW_API_HOST: host, __OW_API_KEY: key, __OW_NAMESPACE: namespace } = process.env;
      const answer = await fetch(host + '/api/v1/namespaces/' + namespace + '/actions?limit=1', {
        headers: { Authorization: 'Basic ' + Buffer.from(key).toString('base64') } });
      return { status: answer.status, count: (await answer.json()).length };
    }`,
  });
  assert.deepEqual(await ow.actions.invoke({ name: 'lister', blocking: true, result: true }),
    { status: 200, count: 1 });
});
