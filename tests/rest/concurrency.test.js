// Several activations at once in one container, with the real runtimes.
'use strict';

const assert = require('node:assert/strict');
const { after, before, test } = require('node:test');
const { Daemon, annotation, killTheRest } = require('./daemon');

// Memory for one container: whatever runs at once does so in it.
let daemon;
before(async () => {
  daemon = await Daemon.start(['--user-memory', '256m', '--action-concurrency-max', '20']);
});
after(async () => {
  await daemon.stopAndForget();
  killTheRest();
});

// An action that says in which process it ran and how many ran there at the same time at
// most. It waits for "together" of its kind, then for "ms", and then does as it is told.
const ACTIONS = {
  'nodejs:20': `
    let running = 0, most = 0, waiting = [];
    const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    async function main({ id, together = 1, ms = 0, how }) {
      most = Math.max(most, ++running);
      console.log('line of', id);
      if (how === 'hang') await new Promise(() => {});
      await new Promise((resolve) => {
        waiting.push(resolve);
        if (waiting.length >= together) waiting.splice(0).forEach((go) => go());
      });
      await sleep(ms);
      if (how === 'exit') process.exit(1);
      --running;
      if (how === 'fail') return 7;
      if (how === 'throw') throw new Error('thrown');
      return { id, pid: process.pid, most };
    }`,
  'python:3': `
import os, sys, threading, time
lock, waiting, running, most = threading.Lock(), [], 0, 0
def main(args):
    global running, most
    with lock:
        running += 1
        most = max(most, running)
    print("line of %s" % args.get("id"), flush=True)
    how = args.get("how")
    if how == "hang": time.sleep(600)
    go = threading.Event()
    with lock:
        waiting.append(go)
        if len(waiting) >= args.get("together", 1):
            while waiting: waiting.pop().set()
    go.wait()
    time.sleep(args.get("ms", 0) / 1000)
    if how == "exit": sys.exit(1)
    with lock: running -= 1
    if how == "fail": return 7
    if how == "throw": raise ValueError("thrown")
    return {"id": args.get("id"), "pid": os.getpid(), "most": most}
`,
};
const KINDS = Object.keys(ACTIONS);

const create = (kind, concurrency, limits = {}) =>
  daemon.create('together', kind, ACTIONS[kind], { limits: { concurrency, ...limits } });

// All at once; the answers in the order of "parameters".
const invokeAll = (parameters) => Promise.all(parameters.map(
  (each, id) => daemon.invoke('together', { id, ...each })));

const times = (count, value) => Array.from({ length: count }, () => ({ ...value }));

// The ids that the logs of these activations speak of, sorted.
async function loggedIds(answers) {
  const records = await Promise.all(answers.map((each) => daemon.record(each.json.activationId)));
  return records.flatMap((record) => record.logs)
    .map((line) => /line of (\d+)/.exec(line)).filter(Boolean)
    .map((match) => Number(match[1])).sort((a, b) => a - b);
}

for (const kind of KINDS) {
  test(`${kind}: as many as the action allows run at once, in one container`, async () => {
    const action = await create(kind, 5);
    assert.equal(action.limits.concurrency, 5);
    const answers = await invokeAll(times(5, { together: 5 }));
    assert.deepEqual(answers.map((each) => each.status), [200, 200, 200, 200, 200]);
    const results = answers.map((each) => each.json.response.result);
    assert.deepEqual(results.map((each) => each.id), [0, 1, 2, 3, 4]);
    assert.equal(new Set(results.map((each) => each.pid)).size, 1);
    assert.ok(results.every((each) => each.most === 5), JSON.stringify(results));
    // Whose line is whose cannot be known, but each is there once.
    assert.deepEqual(await loggedIds(answers), [0, 1, 2, 3, 4]);
    const record = await daemon.record(answers[0].json.activationId);
    assert.equal(annotation(record, 'limits').concurrency, 5);
  });

  test(`${kind}: never more run at once than the action allows`, async () => {
    for (const limit of [3, 1]) {
      await create(kind, limit);
      const answers = await invokeAll(times(limit * 6, { ms: 20 }));
      const results = answers.map((each) => each.json.response.result);
      assert.equal(new Set(results.map((each) => each.pid)).size, 1);
      assert.equal(Math.max(...results.map((each) => each.most)), limit);
      assert.equal((await loggedIds(answers)).length, limit * 6);
    }
  });

  test(`${kind}: one that fails does not fail the others`, async () => {
    await create(kind, 5);
    const answers = await invokeAll(
      [{ ms: 300 }, { how: 'throw' }, { ms: 300 }, { how: 'fail' }, { ms: 300 }]
        .map((each) => ({ ...each, together: 5 })));
    assert.deepEqual(answers.map((each) => each.status), [200, 502, 200, 502, 200]);
    assert.equal(answers[3].json.response.status, 'action developer error');
    assert.deepEqual(await loggedIds(answers), [0, 1, 2, 3, 4]);
    assert.equal((await daemon.invoke('together', { id: 9 })).status, 200);
  });

  test(`${kind}: one that exits ends those that share its container, and nobody else`, async () => {
    await create(kind, 5);
    const answers = await invokeAll(
      times(5, { together: 5, ms: 5000 })
        .map((each, i) => (i === 2 ? { together: 5, how: 'exit' } : each)));
    for (const answer of answers) {
      assert.equal(answer.status, 502);
      assert.deepEqual(answer.json.response.result,
        { error: 'The action did not produce a valid response and exited unexpectedly.' });
    }
    assert.deepEqual(await loggedIds(answers), [0, 1, 2, 3, 4]);
    const next = await invokeAll(times(5, { together: 5 }));
    assert.deepEqual(next.map((each) => each.status), [200, 200, 200, 200, 200]);
  });

  test(`${kind}: the time limit of one is not the others'`, async () => {
    await create(kind, 4, { timeout: 1500 });
    assert.equal((await daemon.invoke('together', { id: 0 })).status, 200);
    const hangs = daemon.invoke('together', { id: 1, how: 'hang' });
    const others = await invokeAll(times(3, { together: 3, ms: 700 }));
    assert.deepEqual(others.map((each) => each.status), [200, 200, 200]);
    // These begin before the limit of the one that hangs is reached, and end after it.
    const late = await invokeAll(times(3, { together: 3, ms: 1200 }));
    assert.deepEqual(late.map((each) => each.status), [200, 200, 200], late[0].text);
    const answer = await hangs;
    assert.equal(answer.status, 502);
    assert.match(answer.json.response.result.error, /its time limits of 1500 milliseconds/);
    const all = [...others, ...late, answer];
    assert.equal((await loggedIds(all)).length, 7);
    assert.equal((await daemon.invoke('together', { id: 9 })).status, 200);
  });
}

test('more at once than the server allows are refused when the action is made', async () => {
  const answer = await daemon.request('PUT', '/api/v1/namespaces/_/actions/many', {
    body: JSON.stringify({ exec: { kind: 'nodejs:20', code: 'x' }, limits: { concurrency: 21 } }),
  });
  assert.equal(answer.status, 400);
  assert.match(answer.json.error,
    /limits\.concurrency must be a whole number from 1 to 20, not 21/);
});
