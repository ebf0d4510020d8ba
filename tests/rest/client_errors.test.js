// Each error as OpenWhisk's JavaScript client tells it: its status, and a message that
// is the server's or the action's, never "Response Missing Error Message".
'use strict';

const assert = require('node:assert/strict');
const { after, before, test } = require('node:test');
const { Daemon, sleep } = require('./daemon');

let daemon;
let ow;

before(async () => {
  daemon = await Daemon.start(['--user-memory', '1024m']);
  ow = daemon.client();
});
after(() => daemon.stopAndForget());

// The error, after a look at what all have in common.
async function errorOf(promise, statusCode, message) {
  const error = await promise.then(() => assert.fail('it succeeded'), (reason) => reason);
  assert.equal(error.name, 'OpenWhiskError', error.stack);
  assert.equal(error.statusCode, statusCode, error.message);
  assert.match(error.message, message);
  return error;
}

test('the server\'s errors have a message and the request\'s id', async () => {
  await ow.actions.create({ name: 'there', action: 'function main() {}' });
  const wrong = daemon.client(`${daemon.key.slice(0, -4)}xxxx`);
  const big = { text: 'x'.repeat(1024 * 1024) };
  for (const [attempt, statusCode, message] of [
    [() => wrong.actions.list(), 401, /"The supplied authentication is invalid"$/],
    [() => wrong.actions.invoke('there'), 401, /authentication is invalid/],
    [() => wrong.activations.list(), 401, /authentication is invalid/],
    [() => ow.actions.list({ namespace: 'other' }), 403,
      /supplied authentication is not authorized to access /],
    [() => ow.actions.get('nobody'), 404, /"The requested resource does not exist\."$/],
    [() => ow.actions.delete('nobody'), 404, /does not exist/],
    [() => ow.actions.invoke({ name: 'nobody', blocking: true }), 404, /does not exist/],
    [() => ow.actions.create({ name: 'there', action: 'x' }), 409, /"resource already exists"$/],
    [() => ow.actions.invoke({ name: 'there', params: big }), 413,
      /"Request larger than allowed: 1048587 > 1048576 bytes\."$/],
    [() => ow.actions.create({ name: 'big', action: 'x', params: big }), 413,
      /"parameters larger than allowed: 1048582 > 1048576 bytes\."$/],
    [() => ow.actions.create({ name: 'big', action: 'x', annotations: big }), 413,
      /"annotations larger than allowed: 1048582 > 1048576 bytes\."$/],
    [() => ow.actions.create({ name: 'big', action: 'x'.repeat(48 * 1024 * 1024 + 1) }), 413,
      /"exec larger than allowed: 50331649 > 50331648 bytes\."$/],
    [() => ow.actions.create({ name: '-x', action: 'x' }), 400, /The name '-x' is not allowed/],
    [() => ow.actions.get('a%2Fb'), 400, /The name 'a\/b' is not allowed/],
    [() => ow.actions.create({ name: 'old', action: 'x', kind: 'cobol:74' }), 400,
      /kind 'cobol:74' not in Set\(/],
    [() => ow.actions.create({ name: 'x', action: 'x', limits: { timeout: 1 } }), 400,
      /limits\.timeout must be a whole number from 100 to /],
  ]) {
    const { error } = await errorOf(attempt(), statusCode, message);
    assert.deepEqual(Object.keys(error), ['error', 'code']);
    assert.ok(error.code.length > 0);
  }
});

// What an action did wrong comes with its record.
async function failureOf(name, message, status) {
  const error = await errorOf(ow.actions.invoke({ name, blocking: true, result: true }), 502,
    message);
  assert.equal(error.error.response.status, status);
  assert.equal(error.error.response.success, false);
  const record = await daemon.record(error.error.activationId);
  assert.deepEqual(record.response, error.error.response);
  return record;
}

test('an application error: one that the action returns', async () => {
  await ow.actions.create({
    name: 'fails', action: 'const main = () => ({ error: "not today" });',
  });
  await failureOf('fails', /--> "not today"$/, 'application error');
  await ow.actions.create({
    name: 'rejects', action: 'const main = () => Promise.reject({ error: "later", code: 42 });',
  });
  const { response } = await failureOf('rejects', /--> "later"$/, 'application error');
  assert.deepEqual(response.result, { error: { error: 'later', code: 42 } });
  const [listed] = await ow.activations.list({ name: 'rejects' });
  assert.equal(listed.statusCode, 1);
});

test('a developer error: code that does not load, throws, exits or returns nonsense', async () => {
  for (const [name, code, message] of [
    ['broken', 'function main( {', /SyntaxError/],
    ['throws', 'function main() { throw new Error("boom"); }',
      /An error has occurred: Error: boom/],
    ['exits', 'function main() { process.exit(3); }', /exited unexpectedly/],
    ['scalar', 'const main = () => 7;', /did not return a dictionary or array/],
    ['nameless', 'const other = () => ({});', /'main' is not a function/],
  ]) {
    await ow.actions.create({ name, action: code });
    await failureOf(name, message, 'action developer error');
    assert.equal((await ow.activations.list({ name }))[0].statusCode, 2);
  }
});

test('a time limit that is exceeded', async () => {
  await ow.actions.create({
    name: 'slow', action: 'const main = () => new Promise(() => setTimeout(() => {}, 1e6));',
    limits: { timeout: 300 },
  });
  await failureOf('slow', /The action exceeded its time limits of 300 milliseconds\./,
    'action developer error');
});

test('an answer that takes longer than is waited for: accepted, with the id', async () => {
  await ow.actions.create({
    name: 'later', action: 'const main = (p) => new Promise((r) => setTimeout(() => r(p), 900));',
  });
  const answer = await daemon.invoke('later', { a: 1 }, 'blocking=true&result=true&timeout=200');
  assert.equal(answer.status, 202);
  assert.deepEqual(answer.json, { activationId: answer.headers['x-openwhisk-activation-id'] });
  assert.deepEqual((await daemon.record(answer.json.activationId)).response.result, { a: 1 });
});

test('who changes an action while another does is told so', async () => {
  await ow.actions.create({ name: 'contested', action: 'function main() {}' });
  const results = await Promise.allSettled(Array.from({ length: 20 }, (_, i) =>
    ow.actions.update({ name: 'contested', params: { i } })));
  const failed = results.filter(({ status }) => status === 'rejected');
  for (const { reason } of failed) {
    await errorOf(Promise.reject(reason), 409,
      /"Concurrent modification to resource detected\."$/);
  }
  const { version } = await ow.actions.get('contested');
  assert.equal(version, `0.0.${1 + results.length - failed.length}`);
});

test('throttled: too many in a minute, and too many at once', async () => {
  // A minute is one of the clock: this must not begin at its end.
  const rest = 60000 - (Date.now() % 60000);
  if (rest < 10000) await sleep(rest);
  const few = await Daemon.start(
    ['--invocations-per-minute', '3', '--concurrent-invocations', '1']);
  try {
    const client = few.client();
    await client.actions.create({
      name: 'slow', action: 'const main = () => new Promise((r) => setTimeout(r, 1500));',
    });
    const first = client.actions.invoke({ name: 'slow', blocking: true });
    await sleep(500);
    await errorOf(client.actions.invoke('slow'), 429,
      /"Too many concurrent requests in flight \(count: 1, allowed: 1\)\."$/);
    await first;
    await client.actions.invoke({ name: 'slow', blocking: true });
    await errorOf(client.actions.invoke('slow'), 429,
      /"Too many requests in the last minute \(count: 4, allowed: 3\)\."$/);
  } finally {
    await few.stopAndForget();
  }
});
