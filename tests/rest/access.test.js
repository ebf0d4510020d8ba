// Who may use the daemon, and how much: keys, namespaces, limits.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { after, test } = require('node:test');
const { Daemon, example, killTheRest, sleep } = require('./daemon');

after(killTheRest);

const url = (collection) => `/api/v1/namespaces/_/${collection}`;

test('a key is told once, at the first start, and kept nowhere', async () => {
  const first = await Daemon.start();
  assert.match(first.key, /^[0-9a-f-]{36}:[A-Za-z0-9]{64}$/);
  await first.create('hello', 'nodejs:20', example('hello.js'));
  await first.stop();
  const secret = first.key.split(':')[1];
  for (const name of fs.readdirSync(first.stateDir)) {
    const file = path.join(first.stateDir, name);
    if (fs.statSync(file).isFile()) assert.ok(!fs.readFileSync(file).includes(secret), file);
  }
  assert.ok(!first.log.includes(secret));

  const second = await Daemon.start([], first.stateDir);
  assert.ok(!second.output.includes('key of namespace'), second.output);
  assert.equal((await second.invoke('hello')).status, 200);
  await second.stopAndForget();
});

test('limits that the daemon was started with are kept and shown', async () => {
  const daemon = await Daemon.start(
    ['--invocations-per-minute', '5', '--concurrent-invocations', '2']);
  await daemon.create('slow', 'nodejs:20', example('slow.js'));
  const limits = (await daemon.request('GET', url('limits'))).json;
  assert.equal(limits.invocationsPerMinute, 5);
  assert.equal(limits.concurrentInvocations, 2);

  // OpenWhisk's client says what the matter is.
  const slow = () => daemon.client().actions.invoke(
    { name: 'slow', params: { ms: 3000 }, blocking: true });
  const running = [slow(), slow()];
  await sleep(700);
  await assert.rejects(async () => { await Promise.all([slow(), slow()]); }, (error) => {
    assert.equal(error.statusCode, 429);
    assert.match(error.message,
      /Too many concurrent requests in flight \(count: 2, allowed: 2\)\./);
    return true;
  });
  await Promise.all(running);

  // The minute may end in between; a second one does not.
  const answers = [];
  for (let i = 0; i < 11; ++i) answers.push(await daemon.invoke('unknown'));
  const throttled = answers.filter(({ status }) => status === 429);
  assert.ok(throttled.length > 0);
  assert.match(throttled[0].json.error,
    /^Too many requests in the last minute \(count: \d+, allowed: 5\)\.$/);
  assert.ok(throttled[0].json.code);
  assert.equal((await daemon.request('GET', url('activations'))).json.length, 2);
  const metrics = (await daemon.request('GET', '/metrics')).text;
  assert.match(metrics, /^owpool_throttled_total\{limit="concurrent"\} 2$/m);
  assert.match(metrics,
    new RegExp(`^owpool_throttled_total\\{limit="per_minute"\\} ${throttled.length}$`, 'm'));
  await daemon.stopAndForget();
});
