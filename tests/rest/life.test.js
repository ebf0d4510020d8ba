// The daemon's own life: usage, start, restart, the ways to end it.
'use strict';

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, test } = require('node:test');
const { Daemon, example, killTheRest, sleep } = require('./daemon');

after(killTheRest);

const run = (...args) => spawnSync(process.env.OWPOOLD, args, { encoding: 'utf8', timeout: 20000 });

test('help and version', () => {
  const help = run('--help');
  assert.equal(help.status, 0);
  assert.match(help.stdout, /--user-memory SIZE/);
  const version = run('--version');
  assert.equal(version.status, 0);
  assert.match(version.stdout, /^owpoold \d+\.\d+\.\d+\n$/);
});

test('mistakes of usage end it with 2 and say what is wrong', () => {
  for (const [args, message] of [
    [['--user-memory', 'much'], /--user-memory: a size is a whole number and a unit/],
    [['--factory', 'wasm'], /--factory: must be one of process\|docker, not 'wasm'/],
    [['--port', '1'], /unknown option --port/],
    [['--state-dir', '/tmp', '--runtimes', '/does/not/exist'], /--runtimes: .*No such file/],
  ]) {
    const { status, stderr } = run(...args);
    assert.equal(status, 2, stderr);
    assert.match(stderr, message);
  }
});

test('a state directory too long for sockets fails the checks before a key is made', () => {
  const stateDir = fs.mkdtempSync(path.join(os.tmpdir(), `owp-${'x'.repeat(80)}-`));
  const { status, stdout, stderr } = run('--state-dir', stateDir, '--listen', '127.0.0.1:0');
  assert.equal(status, 1, stderr);
  assert.equal(stdout, '');
  assert.match(stderr, /^\[FAIL\] state directory: .* 59 may be; fix: --state-dir=DIR/m);
  fs.rmSync(stateDir, { recursive: true });
});

test('a mistake in what is read ends it with 78, and --check-config says so before', () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'owpoold-config-'));
  const file = path.join(dir, 'owpoold.json');
  const stateDir = path.join(dir, 'state');
  fs.writeFileSync(file, '{\n  // Too little.\n  "user-memory": "0m"\n}\n');
  for (const args of [[], ['--check-config']]) {
    const { status, stderr } = run('--config', file, '--state-dir', stateDir, ...args);
    assert.equal(status, 78, stderr);
    assert.equal(stderr, `owpoold: ${file}:3:18: user-memory: must be more than 0\n`);
  }
  fs.writeFileSync(file, run('--print-default-config').stdout);
  const checked = run('--config', file, '--state-dir', stateDir, '--check-config');
  assert.equal(checked.status, 0, checked.stderr);
  assert.match(checked.stdout, /^OK: .*nodejs:20.*\n$/);
  assert.deepEqual(fs.readdirSync(dir), ['owpoold.json']);

  const env = { ...process.env, OWPOOLD_CONFIG: file, OWPOOLD_BUFFER_MAX: '7' };
  const printed = spawnSync(process.env.OWPOOLD, ['--print-config', '--user-memory=2g'],
    { encoding: 'utf8', env });
  assert.equal(printed.status, 0, printed.stderr);
  assert.match(printed.stdout, /"user-memory": "2g", +\/\/ --user-memory\n/);
  assert.match(printed.stdout, /"buffer-max": 7, +\/\/ OWPOOLD_BUFFER_MAX\n/);
  fs.rmSync(dir, { recursive: true });
});

test('key, actions and activations outlive a restart', async () => {
  const first = await Daemon.start();
  await first.create('hello', 'nodejs:20', example('hello.js'));
  const { activationId } = (await first.invoke('hello')).json;
  await first.record(activationId);
  await first.stop();

  const second = await Daemon.start([], first.stateDir);
  assert.deepEqual((await second.record(activationId)).response.result,
    { greeting: 'Hello, World!' });
  assert.equal((await second.invoke('hello')).status, 200);
  await second.stopAndForget();
});

test('two daemons do not share a state directory, nor a port', async () => {
  const daemon = await Daemon.start();
  const same = run('--listen', '127.0.0.1:0', '--state-dir', daemon.stateDir);
  assert.equal(same.status, 1);
  assert.match(same.stderr, /another owpoold uses this state directory/);
  const other = `${daemon.stateDir}-other`;
  const taken = run('--listen', daemon.address, '--state-dir', other);
  fs.rmSync(other, { recursive: true });
  assert.equal(taken.status, 1, taken.stderr);
  await daemon.stopAndForget();
});

test('what runs when SIGTERM comes is answered first', async () => {
  const daemon = await Daemon.start();
  await daemon.create('slow', 'nodejs:20', example('slow.js'));
  const answer = daemon.invoke('slow', { ms: 1500 });
  await sleep(700);
  await daemon.stop();
  assert.equal((await answer).status, 200);

  const again = await Daemon.start([], daemon.stateDir);
  const list = await again.request('GET', '/api/v1/namespaces/_/activations?name=slow');
  assert.equal(list.json.length, 1);
  await again.stopAndForget();
});

test('a second signal does not wait', async () => {
  const daemon = await Daemon.start();
  await daemon.create('hangs', 'python:3', 'import time\ndef main(args):\n  time.sleep(100)\n');
  const answer = daemon.invoke('hangs').then((response) => response.status, () => 'cut');
  await sleep(700);
  const before = Date.now();
  daemon.process.kill('SIGINT');
  await sleep(200);
  await daemon.stop();
  assert.ok(Date.now() - before < 10000, 'it took long');
  assert.ok([500, 502, 503, 'cut'].includes(await answer));
  fs.rmSync(daemon.stateDir, { recursive: true, force: true });
});

test('a daemon that is killed leaves nothing running, and its successor goes on', async () => {
  const daemon = await Daemon.start();
  await daemon.create('hangs', 'python:3', 'import time\ndef main(args):\n  time.sleep(100)\n');
  const answer = daemon.invoke('hangs').then((response) => response.status, () => 'cut');
  await sleep(500);
  const before = daemon.processes();
  assert.ok(before.length > 0);
  daemon.process.kill('SIGKILL');
  await daemon.exited;
  assert.equal(await answer, 'cut');
  const deadline = Date.now() + 10000;
  while (daemon.processes(before).length > 0 && Date.now() < deadline) await sleep(50);
  assert.deepEqual(daemon.processes(before), []);

  const successor = await Daemon.start([], daemon.stateDir);
  await successor.create('hello', 'nodejs:20', example('hello.js'));
  assert.equal((await successor.invoke('hello')).status, 200);
  await successor.stopAndForget();
});
