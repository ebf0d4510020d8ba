// Actions of real size, and actions that do what they should not: each gets its exact
// answer and its record, nothing of it is left behind, and others are served as before.
'use strict';

const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { after, afterEach, before, test } = require('node:test');
const { Daemon, annotation, example, killTheRest, sleep } = require('./daemon');
const { filesBelow, zipOf } = require('./zip');

const MEBIBYTE = 1024 * 1024;

// Containers go soon after their last activation.
let daemon;
before(async () => {
  daemon = await Daemon.start(
    ['--user-memory', '1024m', '--pause-grace', '100ms', '--idle-timeout', '1s']);
  await daemon.create('hello', 'nodejs:20', example('hello.js'));
});
afterEach(async () => {
  const answer = await daemon.invoke('hello', { name: 'you' }, 'blocking=true&result=true');
  assert.equal(answer.json.greeting, 'Hello, you!', 'the daemon goes on serving');
});
after(async () => {
  await daemon.stopAndForget();
  killTheRest();
});

const isAlive = (pid) => {
  try {
    return !/\) Z/.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

async function assertGone(pids) {
  assert.ok(pids.length > 0 && pids.every((pid) => Number(pid) > 1), `pids: ${pids}`);
  for (let i = 0; i < 200 && pids.some(isAlive); ++i) await sleep(50);
  assert.deepEqual(pids.filter(isAlive), []);
}

// The pids that an action has logged as "pid=…".
const loggedPids = (record) =>
  record.logs.map((line) => /pid=(\d+)/.exec(line)).filter(Boolean).map((match) => match[1]);

// Invokes an action that breaks. Its record.
async function developerError(name, message, parameters = {}) {
  const answer = await daemon.invoke(name, parameters);
  assert.equal(answer.status, 502, answer.text.slice(0, 1000));
  assert.deepEqual(answer.json.response.result, { error: message });
  assert.equal(answer.json.response.status, 'action developer error');
  const record = await daemon.record(answer.json.activationId);
  assert.deepEqual(record.response, answer.json.response);
  return record;
}

const TIME_LIMIT = (ms) => `The action exceeded its time limits of ${ms} milliseconds.`;
const NO_ANSWER = 'The action did not produce a valid response and exited unexpectedly.';
const NO_MEMORY = 'The action exhausted its memory and was aborted.';

test('a zip of some megabytes with npm packages, which calls the server itself', async () => {
  const packages = path.dirname(path.dirname(require.resolve('openwhisk/package.json')));
  const data = crypto.randomBytes(6 * MEBIBYTE);
  const code = zipOf({
    ...filesBelow(packages, 'node_modules/'),
    'package.json': '{"main":"src/index.js"}',
    'src/index.js': `
      const crypto = require('crypto'), fs = require('fs'), openwhisk = require('openwhisk');
      exports.main = async ({ name }) => {
        const hash = crypto.createHash('sha256').update(fs.readFileSync('data/model.bin'));
        const action = await openwhisk().actions.get({ name });
        return { hash: hash.digest('hex'), kind: action.exec.kind };
      };`,
    'data/model.bin': data,
  });
  assert.ok(code.length > 8 * MEBIBYTE, `${code.length}`);
  const created = await daemon.create('packed', 'nodejs:20', code,
    { annotations: [{ key: 'provide-api-key', value: true }] });
  assert.equal(created.exec.binary, true);
  const hash = crypto.createHash('sha256').update(data).digest('hex');
  for (const start of ['cold', 'warmed']) {
    const answer = await daemon.invoke('packed', { name: 'hello' });
    assert.deepEqual(answer.json.response.result, { hash, kind: 'nodejs:20' });
    if (start === 'warmed') assert.equal(annotation(answer.json, 'start'), 'warmed');
  }
  const read = await daemon.request('GET', '/api/v1/namespaces/_/actions/packed');
  assert.equal(read.json.exec.code, code);
});

// {"x":"…"} of exactly "bytes" bytes as the runtime writes it, and the process it is in.
const LARGE = {
  'nodejs:20': `const main = ({ bytes }) => {
    console.log('pid=' + process.pid);
    return { x: 'x'.repeat(bytes - JSON.stringify({ x: '' }).length) };
  }`,
  'python:3': `
import json, os
def main(args):
    print("pid=%d" % os.getpid())
    return {"x": "x" * (args["bytes"] - len(json.dumps({"x": ""})))}
`,
};

test('an answer of just as much as is allowed, and of one byte more', async () => {
  for (const [kind, code] of Object.entries(LARGE)) {
    await daemon.create('large', kind, code);
    const fits = await daemon.invoke('large', { bytes: MEBIBYTE });
    assert.equal(fits.status, 200);
    const { result } = fits.json.response;
    const record = await daemon.record(fits.json.activationId);
    assert.deepEqual(record.response.result, result);
    assert.match(result.x, /^x{1048500,}$/);

    for (const bytes of [MEBIBYTE + 1, 20 * MEBIBYTE]) {
      const cut = await daemon.invoke('large', { bytes });
      assert.equal(cut.status, 502);
      assert.equal(cut.json.response.status, 'application error');
      const begin = 'The action produced a response that exceeded the allowed length: ' +
        `${bytes} > ${MEBIBYTE} bytes. The truncated response was: {"x":`;
      assert.equal(cut.json.response.result.error.slice(0, begin.length), begin);
      assert.ok(cut.json.response.result.error.length < MEBIBYTE + 200);
      // It is the answer that was wrong, not the container, which is kept.
      assert.deepEqual(loggedPids(await daemon.record(cut.json.activationId)), loggedPids(record));
    }
  }
});

test('a log of tens of megabytes is cut at its limit, and the answer is not', async () => {
  const codes = {
    'nodejs:20': `function main() {
      console.log('pid=' + process.pid);
      for (let i = 0; i < 40000; ++i) console.log(String(i).padEnd(1000, '.'));
      return { done: true };
    }`,
    'python:3': 'import os\ndef main(args):\n  print("pid=%d" % os.getpid())\n' +
      '  for i in range(40000): print(str(i).ljust(1000, "."))\n  return {"done": True}\n',
  };
  for (const [kind, code] of Object.entries(codes)) {
    await daemon.create('loud', kind, code);
    const answer = await daemon.invoke('loud');
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.json.response.result, { done: true });
    const record = await daemon.record(answer.json.activationId);
    const texts = record.logs.map((line) => line.replace(/^\S+ +std(out|err): /, ''));
    assert.equal(texts.at(-1), 'Logs were truncated because the total bytes size exceeds the ' +
      `limit of ${10 * MEBIBYTE} bytes.`);
    const size = texts.slice(0, -1).reduce((sum, text) => sum + text.length + 1, 0);
    assert.ok(size <= 10 * MEBIBYTE && size > 10 * MEBIBYTE - 1002, `${size}`);
    assert.equal(texts.at(-2).replace(/\.+$/, ''), String(texts.length - 3));  // None is missing.
    await assertGone(loggedPids(record));  // As OpenWhisk does after a log that was cut.
  }
});

test('actions that never return end at their time limit, with their processes', async () => {
  const codes = {
    'nodejs:20': 'function main() { console.log("pid=" + process.pid); for (;;); }',
    'python:3': 'import os\ndef main(args):\n  print("pid=%d" % os.getpid())\n  while True: pass\n',
  };
  for (const [kind, code] of Object.entries(codes)) {
    await daemon.create('hangs', kind, code, { limits: { timeout: 800 } });
    const record = await developerError('hangs', TIME_LIMIT(800));
    assert.equal(annotation(record, 'timeout'), true);
    assert.ok(record.duration >= 800 && record.duration < 5000, `${record.duration}`);
    await assertGone(loggedPids(record));
  }
  // One that never gets so far.
  await daemon.create('hangs', 'nodejs:20', 'console.log("pid=" + process.pid); for (;;);',
    { limits: { timeout: 800 } });
  const record = await developerError('hangs',
    'The action exceeded its time limits of 800 milliseconds during initialization.');
  await assertGone(loggedPids(record));
});

test('actions that exit, and actions that are killed', async () => {
  const ends = {
    'nodejs:20': ['process.exit(0)', 'process.exit(3)', 'process.kill(process.pid, "SIGKILL")',
      'process.abort()', 'setTimeout(() => { throw 1 }); return new Promise(() => {})'],
    'python:3': ['os._exit(0)', 'sys.exit(3)', 'os.kill(os.getpid(), 9)', 'os.abort()'],
  };
  const codeOf = {
    'nodejs:20': (end) => `function main() { console.log('pid=' + process.pid); ${end}; }`,
    'python:3': (end) => 'import os, sys\ndef main(args):\n' +
      `  print("pid=%d" % os.getpid())\n  ${end}\n`,
  };
  for (const kind of Object.keys(ends)) {
    for (const end of ends[kind]) {
      await daemon.create('ends', kind, codeOf[kind](end));
      const record = await developerError('ends', NO_ANSWER);
      await assertGone(loggedPids(record));
    }
  }
  await daemon.create('ends', 'python:3', 'import os\nos._exit(1)\n');
  await developerError('ends', 'The action did not initialize and exited unexpectedly.');
});

test('actions that print without end, also without the end of a line', async () => {
  const codes = [
    ['nodejs:20', 'console.log("y".repeat(100))'], ['nodejs:20', 'process.stdout.write("y")'],
    ['python:3', 'print("y" * 100)'], ['python:3', 'print("y", end="", file=sys.stderr)'],
  ];
  for (const [kind, print] of codes) {
    await daemon.create('prints', kind, kind === 'python:3'
      ? `import os, sys\ndef main(args):\n  print("pid=%d" % os.getpid())\n  while True: ${print}\n`
      : `function main() { console.log("pid=" + process.pid); for (;;) ${print}; }`,
    { limits: { timeout: 1500, logs: 1 } });
    const record = await developerError('prints', TIME_LIMIT(1500));
    const size = record.logs.reduce((sum, line) => sum + line.length, 0);
    assert.ok(size < 2 * MEBIBYTE, `the log has ${size} characters`);
    await assertGone(loggedPids(record));
  }
});

// Starts "count" processes that stay, in sessions of their own, and logs their pids.
const FORKS = {
  'nodejs:20': `
    const { spawn } = require('child_process');
    function main({ count, hang }) {
      console.log('pid=' + process.pid);
      for (let i = 0; i < count; ++i) {
        const child = spawn('sleep', ['600'], { detached: true, stdio: 'ignore', cwd: '/' });
        child.unref();
        console.log('pid=' + child.pid);
      }
      return hang ? new Promise(() => {}) : { count };
    }`,
  'python:3': `
import os, sys, time
def main(args):
    print("pid=%d" % os.getpid())
    for i in range(args["count"]):
        child = os.fork()
        if child == 0:
            os.setsid()
            os.chdir("/")
            # A grandchild, whose parent does not live to see its end.
            if os.fork(): os._exit(0)
            print("pid=%d" % os.getpid(), flush=True)
            os.execvp("sleep", ["sleep", "600"])
        os.waitpid(child, 0)
    time.sleep(600 if args.get("hang") else 0.5)
    return {"count": args["count"]}
`,
};

test('what an action leaves running is gone with its container', async () => {
  for (const [kind, code] of Object.entries(FORKS)) {
    await daemon.create('forks', kind, code, { limits: { timeout: 3000 } });
    const answer = await daemon.invoke('forks', { count: 30 });
    assert.deepEqual(answer.json.response.result, { count: 30 });
    const record = await daemon.record(answer.json.activationId);
    assert.equal(loggedPids(record).length, 31);
    await assertGone(loggedPids(record));  // When it was idle for a second.

    const hanging = await developerError('forks', TIME_LIMIT(3000), { count: 5, hang: true });
    assert.equal(loggedPids(hanging).length, 6);
    await assertGone(loggedPids(hanging));
  }
});

test('actions that allocate without end are ended, and only they', async () => {
  const codes = {
    'nodejs:20': `function main() {
      console.log('pid=' + process.pid);
      const all = [];
      for (;;) all.push(Buffer.alloc(1 << 20, 1));
    }`,
    'python:3': 'import os\ndef main(args):\n  print("pid=%d" % os.getpid(), flush=True)\n' +
      '  all = []\n  while True: all.append(b"x" * (1 << 20))\n',
  };
  for (const [kind, code] of Object.entries(codes)) {
    await daemon.create('grows', kind, code, { limits: { memory: 128, timeout: 20000 } });
    const answer = await daemon.invoke('grows');
    assert.equal(answer.status, 502);
    const record = await daemon.record(answer.json.activationId);
    assert.deepEqual(record.response, answer.json.response);
    // Where a control group may be made it ends the process; else the allocation fails, of
    // which Python makes an exception.
    const { error } = record.response.result;
    const expected = [NO_MEMORY, NO_ANSWER, 'MemoryError'];
    assert.ok(expected.includes(error) || /Array buffer allocation failed/.test(error), error);
    await assertGone(loggedPids(record));
  }
});

test('many invocations at once of several actions each get their own answer', async () => {
  await daemon.create('echo', 'python:3', 'def main(args): return args\n',
    { limits: { memory: 128 } });
  await daemon.create('slowly', 'nodejs:20', example('slow.js'),
    { limits: { memory: 128, concurrency: 10 } });
  const calls = Array.from({ length: 150 }, async (_, i) => {
    const name = ['echo', 'slowly', 'hello'][i % 3];
    const answer = await daemon.invoke(name, { i, ms: 30, name: `${i}` });
    assert.equal(answer.status, 200, answer.text);
    const { result } = answer.json.response;
    if (name === 'echo') assert.equal(result.i, i);
    if (name === 'slowly') assert.equal(result.waited, 30);
    if (name === 'hello') assert.equal(result.greeting, `Hello, ${i}!`);
    return answer.json.activationId;
  });
  const ids = await Promise.all(calls);
  assert.equal(new Set(ids).size, 150);
  for (const id of ids) assert.equal((await daemon.record(id)).response.success, true);
});
