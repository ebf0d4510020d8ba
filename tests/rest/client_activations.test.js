// What OpenWhisk's JavaScript client has for activations and namespaces, and what it
// gets for the collections that this server does not have.
'use strict';

const assert = require('node:assert/strict');
const { after, before, test } = require('node:test');
const { Daemon } = require('./daemon');

let daemon;
let ow;
let ids;  // Of three activations of "echo", the oldest first.

before(async () => {
  daemon = await Daemon.start(['--user-memory', '1024m']);
  ow = daemon.client();
  const action = `function main(parameters) {
    console.log('got', JSON.stringify(parameters));
    return parameters.fail ? { error: 'as asked' } : parameters;
  }`;
  await ow.actions.create({ name: 'echo', action });
  await ow.actions.create({ name: 'tools/echo', action });
  ids = [];
  for (const name of ['echo', 'echo', 'echo', 'tools/echo']) {
    const { activationId } = await ow.actions.invoke({
      name, params: { number: ids.length }, blocking: true,
    });
    ids.push(activationId);
    await daemon.record(activationId);
  }
  ids.pop();
});
after(() => daemon.stopAndForget());

test('an activation, its result and its logs, whatever the id is called', async () => {
  for (const options of [ids[1], { name: ids[1] }, { activation: ids[1] },
    { activationId: ids[1] }, { name: ids[1], namespace: 'guest' }]) {
    const record = await ow.activations.get(options);
    assert.equal(record.activationId, ids[1]);
    assert.deepEqual(record.response,
      { result: { number: 1 }, success: true, status: 'success', size: 12 });
    assert.deepEqual(await ow.activations.result(options), record.response);
    assert.deepEqual(await ow.activations.logs(options), { logs: record.logs });
    assert.match(record.logs[0], /stdout: got \{"number":1\}$/);
  }
});

test('a list is brief, the newest first', async () => {
  const list = await ow.activations.list();
  assert.equal(list.length, 4);
  assert.equal(list[3].activationId, ids[0]);
  for (const entry of list) {
    assert.deepEqual(Object.keys(entry).sort(), ['activationId', 'annotations', 'duration', 'end',
      'name', 'namespace', 'publish', 'start', 'statusCode', 'version']);
    assert.equal(entry.statusCode, 0);
    assert.equal(entry.namespace, 'guest');
  }
});

test('a list by name, by package and name, and by time', async () => {
  const listed = async (options) =>
    (await ow.activations.list(options)).map(({ activationId }) => activationId);
  const newestFirst = [...ids].reverse();
  assert.deepEqual(await listed({ name: 'echo' }), newestFirst);
  assert.equal((await listed({ name: 'tools/echo' })).length, 1);
  assert.deepEqual(await listed({ name: 'nobody' }), []);
  assert.deepEqual(await listed({ name: 'echo', limit: 1, skip: 1 }), [ids[1]]);

  const { start } = await ow.activations.get(ids[1]);
  const since = await ow.activations.list({ name: 'echo', since: start });
  assert.ok(since.length >= 2 && since.every((entry) => entry.start >= start));
  const upto = await ow.activations.list({ name: 'echo', upto: start });
  assert.ok(upto.length >= 2 && upto.every((entry) => entry.start <= start));
  assert.deepEqual(await ow.activations.list({ since: Date.now() + 60000 }), []);
});

test('a list with the whole records, and a count', async () => {
  const [record] = await ow.activations.list({ name: 'echo', docs: true, skip: 2 });
  assert.deepEqual(record, await ow.activations.get(ids[0]));
  assert.deepEqual(await ow.activations.list({ count: true }), { activations: 4 });
  assert.deepEqual(await ow.activations.list({ name: 'echo', count: true, skip: 1 }),
    { activations: 2 });
  await assert.rejects(ow.activations.list({ count: true, docs: true }),
    { statusCode: 400, message: /'docs' is not permitted with 'count'/ });
});

test('what cannot be asked of activations', async () => {
  await assert.rejects(ow.activations.get('abc'),
    { statusCode: 400, message: /Activation id length is 3 but must be 32\./ });
  await assert.rejects(ow.activations.logs('0'.repeat(32)), { statusCode: 404 });
  await assert.rejects(ow.activations.list({ name: 'a/b/c' }), { statusCode: 400 });
  await assert.rejects(ow.activations.list({ since: 'yesterday' }), { statusCode: 400 });
});

test('namespaces: their list, and what is in one', async () => {
  assert.deepEqual(await ow.namespaces.list(), ['guest']);
  const { actions, packages, triggers, rules } = await ow.namespaces.get();
  assert.deepEqual(actions.map(({ name }) => name), ['echo', 'echo']);
  assert.deepEqual([packages.length, triggers, rules], [1, [], []]);
});

test('a package is there while an action in it is', async () => {
  const [tools] = await ow.packages.list({ limit: 10 });
  assert.equal(tools.name, 'tools');
  assert.equal(tools.namespace, 'guest');
  assert.equal(tools.binding, false);
  assert.deepEqual(await ow.packages.list({ count: true }), { packages: 1 });
  const { actions, feeds, binding, parameters } = await ow.packages.get('tools');
  assert.deepEqual(actions.map(({ name }) => name), ['echo']);
  assert.deepEqual([feeds, binding, parameters], [[], {}, []]);
  await assert.rejects(ow.packages.get({ name: 'nobody' }), { statusCode: 404 });
});

test('triggers, rules, packages and routes cannot be made, and say so', async () => {
  assert.deepEqual(await ow.triggers.list({ limit: 5, skip: 1 }), []);
  assert.deepEqual(await ow.rules.list({ count: true }), { rules: 0 });
  const refused = { name: 'OpenWhiskError', statusCode: 501 };
  const message = /Returned HTTP 501 .* --> "(This server has no|Packages are not made by)/;
  for (const attempt of [
    () => ow.packages.create({ name: 'p' }),
    () => ow.packages.update({ name: 'tools', package: { publish: true } }),
    () => ow.packages.delete('tools'),
    () => ow.triggers.create({ name: 't' }),
    () => ow.triggers.invoke({ name: 't' }),
    () => ow.rules.create({ name: 'r', action: 'echo', trigger: 't' }),
    () => ow.rules.disable({ name: 'r' }),
  ]) {
    await assert.rejects(attempt(), { ...refused, message });
  }
  await assert.rejects(ow.triggers.get('t'), { statusCode: 404 });
  for (const method of ['list', 'get']) {
    await assert.rejects(ow.routes[method]({ basepath: '/x' }),
      { statusCode: 400, message: /Web actions are not supported by this server\./ });
  }
});

test('sequences are refused, a feed is an action like others', async () => {
  await assert.rejects(ow.actions.create({ name: 's', sequence: ['/_/echo', '/_/echo'] }),
    { statusCode: 400, message: /exec\.kind 'sequence' not supported/ });
  const fed = await ow.feeds.create({ feedName: 'echo', trigger: 't', params: { every: 5 } });
  assert.equal(fed.response.result.lifecycleEvent, 'CREATE');
  assert.equal(fed.response.result.triggerName, '/_/t');
  assert.equal(fed.response.result.every, 5);
  await assert.rejects(ow.feeds.get({ feedName: 'nobody', trigger: 't' }), { statusCode: 404 });
});
