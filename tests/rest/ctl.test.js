// owpoolctl against a daemon that runs.
'use strict';

const assert = require('node:assert/strict');
const { spawn, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { after, before, test } = require('node:test');
const { Daemon, killTheRest, sleep } = require('./daemon');

const OWPOOLCTL = process.env.OWPOOLCTL;
const TALKS = `const main = () => {
  console.log("out \\u001b[2J of it"); console.error("err"); return {};
}`;

const manifestDirectory = fs.mkdtempSync(path.join(os.tmpdir(), 'owp-manifest-'));
function manifestWithoutStemCells() {
  const runtimes = path.join(__dirname, '..', '..', 'runtimes');
  const text = fs.readFileSync(path.join(runtimes, 'runtimes.json'), 'utf8')
    .replaceAll('${runtimes}', runtimes);
  const manifest = JSON.parse(text);
  for (const family of Object.values(manifest.runtimes)) {
    for (const kind of family) delete kind.stemCells;
  }
  const file = path.join(manifestDirectory, 'runtimes.json');
  fs.writeFileSync(file, JSON.stringify(manifest));
  return file;
}

let daemon;

before(async () => {
  // Room for two containers; no stem cells.
  daemon = await Daemon.start(['--user-memory', '512m', '--runtimes', manifestWithoutStemCells()]);
  for (const name of ['one', 'two', 'three']) await daemon.create(name, 'nodejs:20', TALKS);
});
after(async () => {
  await daemon.stopAndForget();
  fs.rmSync(manifestDirectory, { recursive: true });
});
after(killTheRest);

const run = (...args) => spawnSync(OWPOOLCTL, args, { encoding: 'utf8', timeout: 20000 });

// What a command prints that must succeed.
function ctl(...args) {
  const { status, stdout, stderr } = run('--state-dir', daemon.stateDir, ...args);
  assert.equal(status, 0, `${args}: ${stderr}`);
  assert.equal(stderr, '');
  assert.doesNotMatch(stdout, /\x1b/, 'escape sequences where no terminal is');
  return stdout;
}

const oneLine = (text) => text.replace(/\s+/g, ' ');

async function invoke(name) {
  const answer = await daemon.invoke(name);
  assert.equal(answer.status, 200, answer.text);
  await daemon.record(answer.json.activationId);
  return answer.json.activationId;
}

test('why explains a cold, a warm and an evicting start', async () => {
  const cold = await invoke('one');
  const text = ctl('why', cold);
  assert.match(text,
    new RegExp(`^Activation ${cold}\nof guest/one 0.0.1 \\(nodejs:20 with 256 MB\\), `));
  assert.match(text, /Cold start: container #\d+ was started for it/);
  assert.match(oneLine(text), /it had not been invoked since owpoold started\./);
  assert.match(text, /has started\n.*takes the action's code/);
  assert.match(text, /avoided it\n  - a stem cell of nodejs:20 with 256 MB/);
  assert.ok(text.split('\n').length <= 25, 'more than a screen');

  const warm = ctl('why', await invoke('one'));
  assert.match(warm, /Warm start: container #\d+ had this action's code already/);
  assert.doesNotMatch(warm, /avoided/);

  await invoke('two');
  const evicting = await invoke('three');
  const evicted = oneLine(ctl('why', evicting));
  assert.match(evicted, /an idle container was evicted for it: #\d+ of guest\/one \(256 MB/);
  assert.match(evicted, /more --user-memory \(it is 512 MB\)/);

  const again = oneLine(ctl('why', await invoke('one')));
  assert.match(again,
    new RegExp(`was evicted to make room for guest/three \\(activation ${evicting}\\)`));
  assert.equal(JSON.parse(ctl('why', evicting, '--json')).placements.length, 1);
  assert.equal(ctl('why', evicting.slice(0, 8)), ctl('why', evicting));
  assert.match(ctl('logs', '--activation', evicting.slice(0, 8)), / stderr: err\n/);
});

test('why of what nobody knows fails', () => {
  const unknown = run('--state-dir', daemon.stateDir, 'why', '0'.repeat(32));
  assert.equal(unknown.status, 1);
  assert.match(unknown.stderr,
    /^owpoolctl: there is no activation 0{32}, or it is not known any more\n$/);
  const malformed = run('--state-dir', daemon.stateDir, 'why', 'xyz');
  assert.equal(malformed.status, 2);
  assert.match(malformed.stderr, /an activation id has 32 hexadecimal digits/);
});

test('ps lists the containers that there are', async () => {
  await invoke('one');
  const text = ctl('ps');
  assert.match(text, /^ID +STATE +KIND +ACTION +NAMESPACE +MEMORY +ACTIVE +IDLE +AGE +ADDRESS\n/);
  assert.match(text,
    /\d+ +(ready|pausing|paused) +nodejs:20 +guest\/one +guest +256 MB +0\/1 .*unix:\//);
  const { containers } = JSON.parse(ctl('ps', '--json'));
  assert.equal(text.trim().split('\n').length, containers.length + 1);
  assert.ok(containers.some(({ action }) => action === 'guest/one'));
});

test('logs prints what was written, fit for a terminal', async () => {
  const id = await invoke('one');
  const own = new RegExp(`^[-0-9T:.]+Z guest/one ${id.slice(0, 8)} stdout: out  of it\n` +
    `[-0-9T:.]+Z guest/one ${id.slice(0, 8)} stderr: err\n$`);
  assert.match(ctl('logs', '--activation', id), own);
  assert.match(ctl('logs', '--action', 'one', '-n', '2'), own);
  assert.equal(ctl('logs', '-n', '1').split('\n').length, 2);
  assert.equal(ctl('logs', '--action', 'nothing'), '');
  const wrong = run('--state-dir', daemon.stateDir, 'logs', '-n', 'many');
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /--lines: must be a whole number, not 'many'/);
});

// Waits until "find" finds something in what "child" has printed so far.
async function printed(child, find) {
  for (let i = 0; i < 400; ++i) {
    if (find.test(child.output)) return;
    await sleep(25);
  }
  assert.fail(`${find} was not printed: ${child.output}`);
}

function start(program, args) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.output = '';
  child.stdout.on('data', (data) => { child.output += data; });
  child.ended = new Promise((resolve) => {
    child.on('exit', (code, signal) => resolve({ code, signal }));
  });
  return child;
}

test('logs -f prints lines as they come', async () => {
  const child = start(OWPOOLCTL,
    ['--state-dir', daemon.stateDir, 'logs', '-f', '--action', 'two', '-n', '0']);
  // It begins at some moment after it was started; what comes before is not its affair.
  for (let i = 0; i < 100 && !/guest\/two/.test(child.output); ++i) {
    await invoke('two');
    await sleep(100);
  }
  await invoke('one');
  const next = await invoke('two');
  await printed(child, new RegExp(`guest/two ${next.slice(0, 8)} stderr: err\n`));
  assert.doesNotMatch(child.output, /guest\/one/);
  child.kill('SIGINT');
  await child.ended;
});

test('top prints one frame where there is no terminal', async () => {
  await invoke('one');
  for (const args of [['top'], ['top', '--once']]) {
    const text = ctl(...args);
    assert.match(text, /^owpoold \d+\.\d+\.\d+, up /);
    assert.match(text, /\nmemory +\[[#=.]+\] \d+ MB of 512 MB/);
    assert.match(text, /\nstem cells  none are kept\n/);
    assert.match(text, /\nguest\/one +[1-9]/);
  }
});

// Under a terminal of 20 rows and 70 columns; the shell tells how it is left.
function topInTerminal() {
  const command = 'trap : INT; stty rows 20 cols 70; stty -g >"$BEFORE"; ' +
    `'${OWPOOLCTL}' --state-dir '${daemon.stateDir}' top; echo "status $?"; stty -g >"$AFTER"`;
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'owp-tty-'));
  const files = { BEFORE: path.join(directory, 'before'), AFTER: path.join(directory, 'after') };
  const child = spawn('script', ['-qfec', command, '/dev/null'],
    { stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...files, TERM: 'xterm', SHELL: '/bin/sh' } });
  child.output = '';
  child.stdout.on('data', (data) => { child.output += data; });
  child.ended = new Promise((resolve) => { child.on('exit', resolve); });
  child.left = () => {
    const texts = [files.BEFORE, files.AFTER].map((file) => fs.readFileSync(file, 'utf8'));
    fs.rmSync(directory, { recursive: true });
    return texts;
  };
  return child;
}

test('top takes the screen, draws again, and gives it back', async () => {
  for (const key of ['q', '\x03']) {
    const child = topInTerminal();
    // Each frame begins at the upper left corner.
    await printed(child, /\x1b\[\?1049h\x1b\[\?25l(.*\x1b\[H[^]*){2}/);
    child.stdin.write(key);
    await printed(child, /status \d+/);
    child.stdin.end();
    await child.ended;
    assert.match(child.output, /\x1b\[\?25h\x1b\[\?1049l[^\x1b]*status 0/);
    const frame = child.output.split('\x1b[H')[1].split('\x1b[J')[0];
    const lines = frame.replace(/\x1b\[[0-9;]*[a-zA-Z]/g, '').split(/\r*\n/);
    assert.ok(lines.length <= 20 && lines.every((line) => [...line].length <= 70), frame);
    const [before, after] = child.left();
    assert.equal(after, before, 'the terminal is not as it was');
  }
});

test('a daemon that ends while top shows it ends top, and the terminal is restored', async () => {
  const own = await Daemon.start();
  const mine = daemon;
  daemon = own;
  const child = topInTerminal();
  daemon = mine;
  await printed(child, /\x1b\[H/);
  await own.stop();
  await printed(child, /status \d+/);
  child.stdin.end();
  await child.ended;
  assert.match(child.output, /\x1b\[\?1049l[^]*owpoold is not running[^]*status 1/);
  const [before, after] = child.left();
  assert.equal(after, before);
  fs.rmSync(own.stateDir, { recursive: true });
});

test('namespaces are made, listed, limited, renewed and removed', async () => {
  const created = ctl('namespace', 'create', 'team');
  const [, key] = /^key of namespace team, shown only now: ([-0-9a-f]{36}:\w+)\n$/.exec(created);
  const listing = (k) => daemon.request('GET', '/api/v1/namespaces', { key: k });
  assert.deepEqual((await listing(key)).json, ['team']);
  assert.match(ctl('namespace', 'list'), /\nteam +default +default\n/);
  assert.match(ctl('namespace', 'limits', 'team', '--per-minute', '7'), /per minute: 7\n/);
  assert.match(ctl('namespace', 'limits', 'team'),
    /concurrent invocations: default\n.*minute: 7\n/);
  assert.match(ctl('namespace', 'limits', 'team', '--per-minute=default'), /minute: default\n/);
  assert.match(ctl('namespace', 'limits', 'team', '--concurrent', 'none'), /invocations: none\n/);
  const renewed = /: ([-0-9a-f]{36}:\w+)\n$/.exec(ctl('namespace', 'renew', 'team'))[1];
  assert.equal((await listing(key)).status, 401);
  assert.equal((await listing(renewed)).status, 200);
  ctl('namespace', 'remove', 'team');
  assert.equal((await listing(renewed)).status, 401);
  for (const [args, status, message] of [
    [['renew', 'team'], 1, /team/], [['create', 'guest'], 1, /guest/], [['create', ' '], 2, /name/],
    [['remove', 'guest'], 1, /actions/],
    [['limits', 'guest', '--concurrent', '-1'], 2, /--concurrent: must be a whole number/],
  ]) {
    const answer = run('--state-dir', daemon.stateDir, 'namespace', ...args);
    assert.equal(answer.status, status, `${args}: ${answer.stderr}`);
    assert.match(answer.stderr, message);
  }
});

test('of activations before a restart the records tell', async () => {
  const first = await Daemon.start();
  await first.create('old', 'nodejs:20', TALKS);
  const { activationId } = (await first.invoke('old')).json;
  await first.record(activationId);
  await first.stop();

  const second = await Daemon.start([], first.stateDir);
  const ask = (...args) => run('--state-dir', first.stateDir, ...args, activationId).stdout;
  assert.match(ask('why'),
    /guest\/old 0\.0\.1, [^]*too old to be explained[^]*\n  status +success\n/);
  assert.match(ask('logs', '--activation'), /stdout: out  of it\n.*stderr: err\n$/);
  await second.stopAndForget();
});

test('the socket is the owner\'s alone, and goes with the daemon', async () => {
  const own = await Daemon.start();
  const socket = path.join(own.stateDir, 'admin.sock');
  assert.equal(fs.statSync(socket).mode & 0o777, 0o600);
  assert.equal(run('--socket', socket, 'ps').status, 0);
  await own.stop();
  assert.equal(fs.existsSync(socket), false);

  const killed = await Daemon.start([], own.stateDir);
  killed.process.kill('SIGKILL');
  await killed.exited;
  // A child that was being started may have the socket for a moment longer.
  let dead;
  for (let i = 0; i < 100; ++i) {
    dead = run('--socket', socket, 'ps');
    if (!/ended meanwhile/.test(dead.stderr)) break;
    await sleep(25);
  }
  assert.equal(dead.status, 1);
  assert.match(dead.stderr, /owpoold is not running: nobody answers at .*admin\.sock/);
  const next = await Daemon.start([], own.stateDir);
  assert.equal(run('--socket', socket, 'ps').status, 0);
  await next.stopAndForget();
});

test('an administrator who stops in the middle does not keep the daemon from ending', async () => {
  const other = await Daemon.start();
  const socket = net.connect(path.join(other.stateDir, 'admin.sock'));
  socket.on('error', () => {});
  await new Promise((resolve) => { socket.on('connect', resolve); });
  socket.write('PUT /namespaces/guest/limits HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n{');
  await sleep(200);
  const begin = Date.now();
  await other.stopAndForget();
  assert.ok(Date.now() - begin < 20000, `${Date.now() - begin} ms`);
  socket.destroy();
});

test('what keeps it from the daemon is said', () => {
  const absent = run('--state-dir', '/does/not/exist', 'top', '--once');
  assert.equal(absent.status, 1);
  assert.match(absent.stderr,
    /owpoold is not running: there is no \/does\/not\/exist\/admin\.sock/);
  const file = run('--socket', __filename, 'ps');
  assert.match(file.stderr, /is not a socket/);
  const long = run('--socket', `/${'x'.repeat(120)}`, 'ps');
  assert.match(long.stderr, /too long for a socket: 121 characters, 107 may be/);
  if (process.getuid() === 0) {
    const args =
      ['--reuid=65534', '--clear-groups', OWPOOLCTL, '--state-dir', daemon.stateDir, 'ps'];
    const stranger = spawnSync('setpriv', args, { encoding: 'utf8' });
    assert.match(stranger.stderr, /admin\.sock: Permission denied; owpoold and owpoolctl must be/);
  }
});

test('help, version and mistakes of usage', () => {
  assert.match(run('--help').stdout, /why ACTIVATION/);
  assert.match(run('--version').stdout, /^owpoolctl \d+\.\d+\.\d+\n$/);
  const wrong = run('tpo');
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /there is no command 'tpo': --help lists them/);
});

test('the state directory is looked for where owpoold has it', async () => {
  const env = { ...process.env, OWPOOLD_STATE_DIR: daemon.stateDir };
  assert.equal(spawnSync(OWPOOLCTL, ['ps'], { env }).status, 0);
  const home = { PATH: process.env.PATH, XDG_STATE_HOME: '/does/not/exist' };
  assert.match(spawnSync(OWPOOLCTL, ['ps'], { env: home, encoding: 'utf8' }).stderr,
    /there is no \/does\/not\/exist\/owpool\/admin\.sock/);
});
