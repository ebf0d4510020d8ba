// wskdebug, as its user runs it: it takes an action's place in the daemon by one of its
// agents, runs what is invoked in a container of its own under a debugger, and puts the
// action back at the end. Its container is a process here, see docker_stand_in.js.
'use strict';

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const { after, before, test } = require('node:test');
const { Daemon, sleep } = require('./daemon');
const { DockerStandIn } = require('./docker_stand_in');

const CODE = `function main(parameters) {
  console.log('called');
  const debugged = process.env.IN_DEBUGGED_CONTAINER === 'yes';
  return { greeting: 'Hello, ' + parameters.name + '!', debugged };
}`;

const WSKDEBUG = require.resolve('@openwhisk/wskdebug/wskdebug.js');
const MODULES = path.join(path.dirname(WSKDEBUG), '..', '..');

let daemon;
let docker;
let ow;
let debuggers = [];

// Agents are actions that use OpenWhisk's client, which its images have installed: the
// process of a kind finds it by NODE_PATH.
function manifestWithClient(directory) {
  const file = path.join(__dirname, '..', '..', 'runtimes', 'runtimes.json');
  const manifest = JSON.parse(fs.readFileSync(file, 'utf8'));
  const [kind] = manifest.runtimes.nodejs;
  kind.process.command = ['env', `NODE_PATH=${MODULES}`, 'node',
    path.join(path.dirname(file), 'nodejs20', 'server.js')];
  const copy = path.join(directory, 'runtimes.json');
  fs.writeFileSync(copy, JSON.stringify({ runtimes: { nodejs: [kind] } }));
  return copy;
}

before(async () => {
  const directory = fs.mkdtempSync(path.join(require('node:os').tmpdir(), 'owp-'));
  daemon = await Daemon.start(['--user-memory', '2048m', '--drain-timeout', '2s',
    '--runtimes', manifestWithClient(directory)], directory);
  ow = daemon.client();
  docker = await DockerStandIn.start();
});
after(async () => {
  for (const child of debuggers) child.kill('SIGKILL');
  await docker.stop();
  await daemon.stopAndForget();
});

function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.listen(0, () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

class Debugger {
  static async start(action, ...options) {
    const wskdebug = new Debugger();
    wskdebug.output = '';
    wskdebug.process = spawn(process.execPath,
      [WSKDEBUG, '--internal-port', String(await freePort()), ...options, action], {
        cwd: daemon.stateDir,
        env: {
          PATH: process.env.PATH,
          HOME: daemon.stateDir,
          DOCKER_HOST: docker.host,
          OW_APIHOST: `http://${daemon.address}`,
          OW_AUTH: daemon.key,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    debuggers.push(wskdebug.process);
    wskdebug.exited = new Promise((resolve) => wskdebug.process.on('exit', resolve));
    for (const stream of [wskdebug.process.stdout, wskdebug.process.stderr]) {
      stream.on('data', (data) => { wskdebug.output += data; });
    }
    const deadline = Date.now() + 30000;
    while (!/Ready for activations/.test(wskdebug.output)) {
      assert.ok(wskdebug.process.exitCode === null && Date.now() < deadline, wskdebug.output);
      await sleep(50);
    }
    return wskdebug;
  }

  // Control-C.
  async stop() {
    this.process.kill('SIGINT');
    const killer = setTimeout(() => this.process.kill('SIGKILL'), 30000);
    assert.equal(await this.exited, 0, this.output);
    clearTimeout(killer);
    debuggers = debuggers.filter((child) => child !== this.process);
  }
}

const withoutTimes = ({ version, updated, ...action }) => action;

async function debug(name, options, agent) {
  const created = await ow.actions.create({
    name, action: CODE, annotations: { colour: 'blue' }, limits: { memory: 128 },
  });
  const wskdebug = await Debugger.start(name, ...options);
  const installed = await ow.actions.get(name);
  assert.match(installed.exec.code, agent);
  assert.ok(installed.annotations.some(({ key }) => key === 'wskdebug'));

  for (const params of [{ name: 'Ada' }, { name: 'Eve' }]) {
    assert.deepEqual(
      await ow.actions.invoke({ name, params, blocking: true, result: true }),
      { greeting: `Hello, ${params.name}!`, debugged: true });
  }
  assert.match(wskdebug.output, /called/);

  await wskdebug.stop();
  assert.deepEqual(withoutTimes(await ow.actions.get(name)), withoutTimes(created));
  assert.deepEqual(
    await ow.actions.invoke({ name, params: { name: 'Ada' }, blocking: true, result: true }),
    { greeting: 'Hello, Ada!', debugged: false });
  return wskdebug;
}

test('its agent in one container that many activations share', async () => {
  await debug('together', [], /concurrent\s+\/\/ nodejs action/);
  assert.equal((await ow.actions.get('together_wskdebug_original')).exec.code, CODE);
});

test('its agent that passes activations on as activations', async () => {
  await debug('apart', ['--disable-concurrency', '--cleanup'], /activation db/);
  const left = (await ow.actions.list({ limit: 0 })).map((action) => action.name);
  assert.deepEqual(left.filter((name) => name.startsWith('apart')), ['apart']);
});

test('it is told what it asks about the server', async () => {
  const { runtimes } = await ow.actions.client.request('GET', '/');
  for (const kind of Object.values(runtimes).flat()) assert.equal(typeof kind.image, 'string');
  const { build } = await ow.actions.client.request('GET', '/api/v1');
  assert.equal(typeof build, 'string');
});

test('an action that is not there', async () => {
  await assert.rejects(Debugger.start('nobody'), /Action not found: nobody/);
});
