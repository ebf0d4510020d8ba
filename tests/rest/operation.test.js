// How the daemon is operated: its checks before it starts, its health, its metrics, its
// log, its signals, and what it tells systemd.
'use strict';

const assert = require('node:assert/strict');
const { spawn, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, test } = require('node:test');
const { Daemon, example, killTheRest, sleep } = require('./daemon');

after(killTheRest);

const eventually = async (condition, what) => {
  for (let i = 0; i < 400; ++i) {
    if (await condition()) return;
    await sleep(25);
  }
  assert.fail(`${what} did not happen`);
};

// Node.js has no Unix datagram sockets, Python has.
class ServiceManager {
  static async listen(address) {
    const manager = new ServiceManager();
    manager.messages = [];
    manager.process = spawn('python3', ['-c', `
import json, socket, sys
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind(sys.argv[1].replace('@', '\\0'))
print('"bound"', flush=True)
while True:
    print(json.dumps(listener.recv(4096).decode()), flush=True)
`, address], { stdio: ['ignore', 'pipe', 'inherit'] });
    process.on('exit', () => manager.process.kill('SIGKILL'));
    let text = '';
    manager.process.stdout.on('data', (data) => {
      text += data;
      const lines = text.split('\n');
      text = lines.pop();
      manager.messages.push(...lines.map((line) => JSON.parse(line)));
    });
    await manager.heard(/^bound$/);
    return manager;
  }

  heard(pattern) {
    return eventually(() => this.messages.some((message) => pattern.test(message)), `${pattern}`);
  }

  close() { this.process.kill('SIGKILL'); }
}

const promtool = (text) => {
  assert.ok(process.env.PROMTOOL, 'promtool is missing: scripts/install-dependencies test');
  return spawnSync(process.env.PROMTOOL, ['check', 'metrics'], { input: text, encoding: 'utf8' });
};

test('a key is not told to the journal, which keeps what it is told', async () => {
  const stateDir = fs.mkdtempSync(path.join(os.tmpdir(), 'owp-'));
  const journal = path.join(stateDir, 'journal');
  const fd = fs.openSync(journal, 'w');
  const { dev, ino } = fs.fstatSync(fd);
  const daemon = spawn(process.env.OWPOOLD,
    ['--listen', '127.0.0.1:0', '--state-dir', path.join(stateDir, 'state')],
    { stdio: ['ignore', fd, 'ignore'], env: { ...process.env, JOURNAL_STREAM: `${dev}:${ino}` } });
  try {
    await eventually(() => /^listening on /m.test(fs.readFileSync(journal, 'utf8')), 'listening');
    const told = fs.readFileSync(journal, 'utf8');
    assert.match(told, /^key of namespace guest: not shown in a log; owpoolctl namespace renew/m);
    assert.doesNotMatch(told, /[0-9A-Za-z]{64}/);
    const renewed = spawnSync(process.env.OWPOOLCTL,
      ['--state-dir', path.join(stateDir, 'state'), 'namespace', 'renew', 'guest'],
      { encoding: 'utf8' });
    assert.match(renewed.stdout, /^key of namespace guest, shown only now: \S+:[0-9A-Za-z]{64}$/m);
  } finally {
    daemon.kill('SIGTERM');
    await new Promise((resolve) => { daemon.on('exit', resolve); });
    fs.closeSync(fd);
    fs.rmSync(stateDir, { recursive: true });
  }
});

test('the checks before the start can be made alone, all of them, with their fixes', () => {
  const stateDir = fs.mkdtempSync(path.join(os.tmpdir(), 'owp-'));
  const run = (env, ...args) => spawnSync(process.env.OWPOOLD,
    ['--preflight', '--listen', '127.0.0.1:0', '--state-dir', stateDir, ...args],
    { encoding: 'utf8', timeout: 30000, env: { ...process.env, ...env } });
  const good = run({});
  assert.equal(good.status, 0, good.stderr);
  assert.match(good.stderr, /^\[OK\] kind nodejs:20: \/\S+, v\d+\.\d+/m);
  assert.match(good.stderr, /^\[OK\] kind python:3: \/\S+, Python 3\.\d+/m);
  assert.equal(good.stdout, '');

  const bad = run({ PATH: '/nowhere' }, '--listen', '192.0.2.1:80');
  assert.equal(bad.status, 1);
  assert.match(bad.stderr, /^\[FAIL\] address: 192\.0\.2\.1 port 80: .*; fix: --listen/m);
  assert.match(bad.stderr, /^\[WARN\] privacy: /m);
  assert.match(bad.stderr, /^\[FAIL\] kind nodejs:20: .*node.*; fix: apt-get install nodejs$/m);
  assert.match(bad.stderr, /^\[OK\] clock: /m);  // What comes after a failure is checked too.

  const json = run({}, '--log-format', 'json');
  for (const line of json.stderr.trim().split('\n')) {
    assert.equal(JSON.parse(line).msg, 'preflight');
  }
  fs.rmSync(stateDir, { recursive: true });
});

test('while it drains it is alive, not ready, and refuses work on connections that close',
  async () => {
    const daemon = await Daemon.start();
    await daemon.create('slow', 'nodejs:20', example('slow.js'));
    assert.equal((await daemon.request('GET', '/readyz', { key: null })).text, 'ok');
    const running = daemon.invoke('slow', { ms: 2500 });
    await sleep(700);
    daemon.process.kill('SIGTERM');
    await eventually(
      async () => (await daemon.request('GET', '/readyz', { key: null })).status === 503,
      'a drain');
    const ready = await daemon.request('GET', '/readyz', { key: null });
    assert.match(ready.text, /^\[-\]shutdown failed: the daemon is shutting down$/m);
    assert.equal(ready.headers.connection, 'close');
    assert.equal((await daemon.request('GET', '/livez', { key: null })).status, 200);
    const head = await daemon.request('HEAD', '/readyz/shutdown', { key: null });
    assert.equal(head.status, 503);
    const refused = await daemon.invoke('slow', { ms: 1 });
    assert.equal(refused.status, 503);
    assert.equal(refused.headers.connection, 'close');
    assert.equal((await running).status, 200);
    assert.deepEqual(await daemon.exited, { code: 0, signal: null });
    assert.match(daemon.log, /shutting down.* signal="SIGTERM"/);
    fs.rmSync(daemon.stateDir, { recursive: true });
  });

test('it is not ready while records cannot be written, and is again when they can', async () => {
  const daemon = await Daemon.start();
  await daemon.create('hello', 'nodejs:20', example('hello.js'));
  const limit = (bytes) => {
    const { status, stderr } =
      spawnSync('prlimit', ['--pid', daemon.process.pid, `--fsize=${bytes}:`]);
    assert.equal(status, 0, `${stderr}`);
  };
  const status = async () => (await daemon.request('GET', '/readyz/records', { key: null })).status;
  assert.equal(await status(), 200);
  limit(4096);  // As good as a full disk: no file may grow beyond this.
  assert.equal((await daemon.invoke('hello')).status, 200);
  await eventually(async () => (await status()) === 503, 'a failing check');
  assert.match((await daemon.request('GET', '/metrics', { key: null })).text,
    /^owpool_unrecorded_activations_total [1-9]/m);
  assert.equal((await daemon.request('GET', '/livez', { key: null })).status, 200);
  limit('unlimited');
  await eventually(async () => (await status()) === 200, 'a passing check');
  await daemon.stopAndForget();
});

test('promtool has nothing to say about the metrics', async () => {
  const daemon = await Daemon.start();
  await daemon.create('hello', 'nodejs:20', example('hello.js'));
  await daemon.invoke('hello');
  const { text, headers } = await daemon.request('GET', '/metrics', { key: null });
  assert.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
  const checked = promtool(text);
  assert.equal(checked.status, 0, checked.stdout + checked.stderr);
  assert.equal(checked.stdout + checked.stderr, '');
  assert.match(text, /^owpool_activations_total\{status="success"\} 1$/m);
  assert.doesNotMatch(text, /openwhisk_/);
  await daemon.stopAndForget();
});

test('promtool can read the metrics by OpenWhisk\'s names, and only their spelling displeases it',
  async () => {
    const daemon = await Daemon.start(['--metrics-compat', 'openwhisk']);
    await daemon.create('hello', 'nodejs:20', example('hello.js'));
    await daemon.invoke('hello');
    const { text } = await daemon.request('GET', '/metrics', { key: null });
    assert.match(text, /^openwhisk_action_activations_total\{.*action="hello".*\} 1$/m);
    const checked = promtool(text);
    assert.ok([0, 3].includes(checked.status), checked.stderr);  // 3: style.
    for (const line of (checked.stdout + checked.stderr).trim().split('\n')) {
      assert.match(line, /^(openwhisk_|gauge_|counter_)/);
    }
    await daemon.stopAndForget();
  });

test('an activation\'s line in the log names it, its container and its transaction', async () => {
  const daemon = await Daemon.start(['--log-level', 'debug', '--log-format', 'json']);
  await daemon.create('hello', 'nodejs:20', example('hello.js'));
  const answer = await daemon.request('POST', '/api/v1/namespaces/_/actions/hello?blocking=true',
    { headers: { 'X-Request-ID': 'my-transaction' } });
  const id = answer.json.activationId;
  await daemon.stop();
  const lines = daemon.log.trim().split('\n').map((line) => JSON.parse(line));
  const line = lines.find((each) => each.activation === id);
  assert.equal(line.level, 'debug');
  assert.equal(line.transaction, 'my-transaction');
  assert.match(line.container, /^\d+$/);
  fs.rmSync(daemon.stateDir, { recursive: true });
});

test('activations that go well are not in the log unless asked for, those that fail are',
  async () => {
    const daemon = await Daemon.start();
    await daemon.create('hello', 'nodejs:20', example('hello.js'));
    await daemon.create('throws', 'nodejs:20', 'const main = () => { throw new Error("no"); }');
    const good = (await daemon.invoke('hello')).json.activationId;
    const bad = (await daemon.invoke('throws')).json.activationId;
    await daemon.stop();
    assert.doesNotMatch(daemon.log, new RegExp(good));
    assert.match(daemon.log, new RegExp(`level=info .*activation="${bad}"`));
    fs.rmSync(daemon.stateDir, { recursive: true });
  });

test('a log that nobody reads does not stop it', async () => {
  const daemon = await Daemon.start(['--log-level', 'debug']);
  await daemon.create('throws', 'nodejs:20',
    'const main = () => ({ error: "x".repeat(100000) })');
  daemon.process.stderr.pause();
  for (let i = 0; i < 150; ++i) assert.equal((await daemon.invoke('throws')).status, 502);
  assert.match((await daemon.request('GET', '/metrics', { key: null })).text,
    /^owpool_log_lines_dropped_total [1-9]/m);
  daemon.process.stderr.resume();
  await daemon.stopAndForget();
});

test('SIGUSR1 writes the state of the pool into the log', async () => {
  const daemon = await Daemon.start(['--log-level', 'error']);
  await daemon.create('hello', 'nodejs:20', example('hello.js'));
  await daemon.invoke('hello');
  daemon.process.kill('SIGUSR1');
  await eventually(() => /msg="pool" .*containers="\d+"/.test(daemon.log) &&
    /msg="container" container="\d+" state="warmed\/\w+" .*action="guest\/hello"/.test(daemon.log),
  'a dump');
  assert.equal((await daemon.invoke('hello')).status, 200);
  await daemon.stopAndForget();
});

test('SIGHUP reloads what can be, says what cannot, and leaves all as it is for a wrong file',
  async () => {
    const stateDir = fs.mkdtempSync(path.join(os.tmpdir(), 'owp-'));
    const file = path.join(stateDir, 'config.json');
    const configure = (config) => fs.writeFileSync(file, JSON.stringify(config));
    configure({});
    const daemon = await Daemon.start(['--config', file], stateDir);
    await daemon.create('hello', 'nodejs:20', example('hello.js'));
    configure({ 'log-level': 'debug', 'drain-timeout': '7s', 'user-memory': '512m' });
    daemon.process.kill('SIGHUP');
    await eventually(() => /msg="reloaded" changed="[^"]*log-level/.test(daemon.log), 'a reload');
    await eventually(() => /needs a restart" options="user-memory"/.test(daemon.log), 'a warning');
    const id = (await daemon.invoke('hello')).json.activationId;
    await eventually(
      () => new RegExp(`level=debug .*activation="${id}"`).test(daemon.log), 'debug');

    configure({ 'log-level': 'loud' });
    daemon.process.kill('SIGHUP');
    await eventually(
      () => /level=error .*all stays as it is.*log-level/.test(daemon.log), 'an error');
    const next = (await daemon.invoke('hello')).json.activationId;
    await eventually(() => daemon.log.includes(next), 'debug, still');
    await daemon.stop();
    assert.match(daemon.log, /drain_timeout="7s"/);
    fs.rmSync(stateDir, { recursive: true });
  });

for (const kind of ['path', 'abstract name']) {
  test(`systemd is told what happens, at a socket with a ${kind}`, async () => {
    const name = path.join(os.tmpdir(), `owp-notify-${process.pid}`);
    const address = kind === 'path' ? name : `@${name}`;
    const manager = await ServiceManager.listen(address);
    const daemon = await Daemon.start([], undefined,
      { NOTIFY_SOCKET: address, WATCHDOG_USEC: '600000' });
    await manager.heard(/^READY=1\nSTATUS=listening on 127\.0\.0\.1:\d+$/);
    await manager.heard(/^WATCHDOG=1$/);
    daemon.process.kill('SIGHUP');
    await manager.heard(/^RELOADING=1\nMONOTONIC_USEC=\d+\n/);
    await eventually(() => manager.messages.filter((m) => /^READY=1/.test(m)).length === 2,
      'ready after the reload');
    await daemon.stopAndForget();
    await manager.heard(/^STOPPING=1\nEXTEND_TIMEOUT_USEC=\d+\n/);
    manager.close();
    fs.rmSync(name, { force: true });
  });
}
