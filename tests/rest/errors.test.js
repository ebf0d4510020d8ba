// What goes wrong, and what its user is told. After each the pool goes on.
'use strict';

const assert = require('node:assert/strict');
const { after, afterEach, before, test } = require('node:test');
const { Daemon, annotation, example } = require('./daemon');

let daemon;
let ow;

before(async () => {
  daemon = await Daemon.start(['--user-memory', '500m']);
  ow = daemon.client();
  await daemon.create('hello', 'nodejs:20', example('hello.js'));
});
afterEach(async () => {
  assert.deepEqual((await daemon.invoke('hello', {}, 'blocking=true&result=true')).json,
    { greeting: 'Hello, World!' });
});
after(() => daemon.stopAndForget());

const actionUrl = (name) => `/api/v1/namespaces/_/actions/${name}`;

// An answer in the API's form, with the message.
function assertError(answer, status, message) {
  assert.equal(answer.status, status, answer.text);
  assert.match(answer.json.error, message);
  assert.equal(answer.json.code, answer.headers['x-request-id']);
}

// A developer error, the same in the answer, in the result and in the record.
async function assertDeveloperError(name, message) {
  const answer = await daemon.invoke(name);
  assert.equal(answer.status, 502, answer.text);
  assert.equal(answer.json.response.status, 'action developer error');
  assert.match(answer.json.response.result.error, message);
  const record = await daemon.record(answer.json.activationId);
  assert.match(record.response.result.error, message);
  return record;
}

test('a wrong key, and none', async () => {
  const wrong = daemon.key.slice(0, -1) + (daemon.key.endsWith('x') ? 'y' : 'x');
  await assert.rejects(daemon.client(wrong).actions.list(), { statusCode: 401 });
  const none = await daemon.request('GET', actionUrl(''), { key: null });
  assertError(none, 401, /requires authentication/);
  assert.equal(none.headers['www-authenticate'],
    'Basic realm="OpenWhisk secure realm",charset=UTF-8');
});

test('a missing action, and one that is there already', async () => {
  assertError(await daemon.invoke('nobody'), 404, /^The requested resource does not exist\.$/);
  await assert.rejects(ow.actions.create({ name: 'hello', action: 'x' }),
    { statusCode: 409, message: /resource already exists/ });
});

test('another namespace', async () => {
  assertError(await daemon.request('GET', '/api/v1/namespaces/other/actions'), 403,
    /not authorized to access/);
});

test('malformed JSON', async () => {
  for (const body of ['{', '{"a":1,}', '{"a":1}}', '[', 'x', '"text"', '{"a":"\\ud8"}']) {
    assertError(await daemon.request('POST', `${actionUrl('hello')}?blocking=true`, { body }), 400,
      /^The request content was malformed:\n/);
  }
  assertError(await daemon.request('PUT', actionUrl('new'), { body: '{"exec":' }), 400,
    /^The request content was malformed:\n/);
});

test('a body over the limit', async () => {
  const body = JSON.stringify({ text: 'x'.repeat(1024 * 1024) });
  assertError(await daemon.request('POST', actionUrl('hello'), { body }), 413,
    new RegExp(`^Request larger than allowed: ${body.length} > 1048576 bytes\\.$`));
  const fits = JSON.stringify({ name: 'x'.repeat(900 * 1024) });
  assert.equal((await daemon.request('POST', `${actionUrl('hello')}?blocking=true`,
    { body: fits })).status, 200);
});

test('an unknown kind is named, with those that there are', async () => {
  await assert.rejects(ow.actions.create({ name: 'old', action: 'x', kind: 'cobol:74' }),
    { statusCode: 400, message: /kind 'cobol:74' not in Set\(nodejs:20, python:3\)/ });
});

test('an action larger than the limit, and one larger than the pool', async () => {
  await assert.rejects(ow.actions.create({ name: 'huge', action: 'x', limits: { memory: 1024 } }),
    { statusCode: 400, message: /limits\.memory must be .* from 128 to 512 MB, not 1024/ });
  await daemon.create('large', 'nodejs:20', example('hello.js'), { limits: { memory: 512 } });
  for (const query of ['blocking=true', 'blocking=false']) {
    assertError(await daemon.invoke('large', {}, query), 400, /512 MB.*500 MB/);
  }
});

test('an application error', async () => {
  await daemon.create('divide', 'python:3', example('divide.py'));
  const answer = await daemon.invoke('divide', { a: 7, b: 0 });
  assert.equal(answer.status, 502);
  assert.equal(answer.json.response.status, 'application error');
  assert.deepEqual(answer.json.response.result, { error: 'Cannot divide 7 by zero.' });
  const result = await daemon.invoke('divide', { a: 7, b: 0 }, 'blocking=true&result=true');
  assert.equal(result.status, 502);
  assert.deepEqual(result.json, { error: 'Cannot divide 7 by zero.' });
  await assert.rejects(ow.actions.invoke({ name: 'divide', params: { b: 0 }, blocking: true }),
    { statusCode: 502, message: /Cannot divide 1 by zero/ });
});

test('an action that throws', async () => {
  await daemon.create('throws', 'nodejs:20', 'function main() { throw new Error("boom"); }');
  const record = await assertDeveloperError('throws', /./);
  assert.ok(record.logs.some((line) => /stderr: .*boom/.test(line)), record.logs.join('\n'));
});

test('code that does not parse', async () => {
  await daemon.create('broken', 'nodejs:20', 'function main( {');
  await assertDeveloperError('broken', /SyntaxError/);
  await daemon.create('broken', 'python:3', 'def main(:');
  await assertDeveloperError('broken', /SyntaxError|syntax/i);
});

test('what code said as it failed to load is in the log', async () => {
  await daemon.create('loud', 'nodejs:20', 'console.log("loading"); throw new Error("boom");');
  const record = await assertDeveloperError('loud', /boom/);
  assert.ok(record.logs.some((line) => /stdout: loading/.test(line)), record.logs.join('\n'));
});

test('an action that exits', async () => {
  await daemon.create('exits', 'nodejs:20', 'function main() { process.exit(1); }');
  await assertDeveloperError('exits', /did not produce a valid|abnormal|exited|initialize or run/i);
});

test('an action that never returns', async () => {
  await daemon.create('hangs', 'python:3', 'def main(args):\n  while True: pass\n',
    { limits: { timeout: 700 } });
  const record = await assertDeveloperError('hangs', /its time limits of 700 milliseconds/);
  assert.equal(annotation(record, 'timeout'), true);
});

test('actions that print without end', async () => {
  const actions = {
    'python:3': 'def main(args):\n  while True: print("y" * 1000)\n',
    'nodejs:20': 'function main() { for (;;) console.log("y".repeat(1000)); }',
  };
  for (const [kind, code] of Object.entries(actions)) {
    await daemon.create('chatty', kind, code, { limits: { timeout: 1500, logs: 1 } });
    const record = await assertDeveloperError('chatty', /its time limits of 1500 milliseconds/);
    const size = record.logs.reduce((sum, line) => sum + line.length, 0);
    assert.ok(size < 2 * 1024 * 1024, `the log has ${size} characters`);
    assert.match(record.logs.at(-1), /stderr: Logs were truncated because .* 1048576 bytes\.$/);
  }
});

test('an answer that is no object', async () => {
  await daemon.create('scalar', 'python:3', 'def main(args):\n  return 7\n');
  await assertDeveloperError('scalar', /dictionary|object|valid/i);
});

test('activation ids that cannot be', async () => {
  const url = '/api/v1/namespaces/_/activations/';
  assertError(await daemon.request('GET', `${url}abc`), 400,
    /^Activation id length is 3 but must be 32\.$/);
  assertError(await daemon.request('GET', url + '0'.repeat(32)), 404, /does not exist/);
});

test('a non-blocking invocation that fails has its record too', async () => {
  const { activationId } = await ow.actions.invoke({ name: 'exits' });
  const record = await daemon.record(activationId);
  assert.equal(record.response.status, 'action developer error');
  assert.equal(record.response.success, false);
});
