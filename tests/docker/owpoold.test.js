// owpoold --factory docker on a real engine, of which DOCKER_HOST tells: run it by
// scripts/with-docker-engine. OWPOOLD is the program.
'use strict';

const assert = require('node:assert/strict');
const { execFileSync, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, before, test } = require('node:test');
const { Daemon, annotation, killTheRest, sleep } = require('../rest/daemon');

const MAKE_IMAGE = path.join(__dirname, '..', '..', 'scripts', 'make-image');
const IMAGE = 'openwhisk/action-nodejs-v20:nightly';
const LABEL = 'org.owpool.instance';

const docker = (...args) => execFileSync('docker', args, { encoding: 'utf8' }).trim();
const lines = (text) => text.split('\n').filter((line) => line !== '');
const containers = (label = LABEL) =>
  lines(docker('ps', '-aq', '--no-trunc', '--filter', `label=${label}`));
const networks = () => lines(docker('network', 'ls', '-q', '--filter', `label=${LABEL}`));

const eventually = async (condition, what) => {
  for (let i = 0; i < 800; ++i) {
    if (await condition()) return;
    await sleep(25);
  }
  assert.fail(`${what} did not happen`);
};

// One kind with an image and a stem cell, one whose image nobody has.
const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'owp-docker-'));
const RUNTIMES = path.join(directory, 'runtimes.json');
const image = (name) => ({ prefix: 'openwhisk', name, tag: 'nightly' });
fs.writeFileSync(RUNTIMES, JSON.stringify({
  runtimes: {
    nodejs: [{
      kind: 'nodejs:20',
      image: image('action-nodejs-v20'),
      stemCells: [{ initialCount: 1, memory: '256 MB' }],
    }],
    ghost: [{ kind: 'ghost:1', image: image('ghost') }],
  },
}));

const OPTIONS = ['--factory', 'docker', '--runtimes', RUNTIMES, '--user-memory', '768m'];
const preflight = (...more) => spawnSync(process.env.OWPOOLD,
  ['--preflight', '--state-dir', path.join(directory, 'preflight'), '--listen', '127.0.0.1:0',
    ...OPTIONS, ...more], { encoding: 'utf8' });

let daemon;
// Of an engine that was given no images yet.
let early;
before(async () => {
  early = [preflight(), preflight('--docker-pull', 'never')];
  execFileSync(MAKE_IMAGE, ['nodejs:20']);
  daemon = await Daemon.start([...OPTIONS, '--listen', '0.0.0.0:0', '--pause-grace', '100ms',
    '--blackbox-images', 'mine/,other/one', '--log-level', 'debug']);
});
after(() => {
  killTheRest();
  fs.rmSync(directory, { recursive: true, force: true });
});

const errorOf = (answer) => answer.json.response.result.error;

test('the checks before the start are about the engine and its images', () => {
  assert.equal(early[0].status, 0, early[0].stderr);
  assert.match(early[0].stderr, /\[OK\] container engine: \d+\.\d+.*, API 1\.\d+ at \//);
  assert.match(early[0].stderr, new RegExp(
    `\\[WARN\\] kind nodejs:20: the image ${IMAGE} is not on the engine's machine; `
    + 'its first use pulls it; fix: scripts/make-image nodejs:20'));
  assert.match(early[0].stderr, /memory limits: the engine's/);
  assert.doesNotMatch(early[0].stderr, /control group for each/);
  assert.equal(early[1].status, 1);
  assert.match(early[1].stderr, /\[FAIL\] kind nodejs:20: .*fix: scripts\/make-image nodejs:20/);

  const made = preflight('--docker-pull', 'never');
  assert.equal(made.status, 0, made.stderr);
  assert.match(made.stderr, /\[OK\] kind nodejs:20/);
  assert.match(made.stderr, /\[WARN\] kind ghost:1: .*fix: docker pull openwhisk\/ghost:nightly/);
  const nowhere = preflight('--docker-host', 'unix:///nowhere/docker.sock');
  assert.equal(nowhere.status, 1);
  assert.match(nowhere.stderr, /\[FAIL\] container engine: \/nowhere\/docker\.sock: No such file/);
});

test('an activation takes the stem cell, the next its warm container, which was paused',
  async () => {
    await daemon.create('hello', 'nodejs:20',
      'const main = ({ name }) => { console.log("for", name); return { hi: name }; };');
    const stemCells = /^owpool_containers\{state="prewarm"\} 1$/m;
    await eventually(
      async () => stemCells.test((await daemon.request('GET', '/metrics')).text), 'a stem cell');
    const first = await daemon.invoke('hello', { name: 'a' });
    assert.equal(first.status, 200, first.text);
    assert.deepEqual(first.json.response.result, { hi: 'a' });
    const record = await daemon.record(first.json.activationId);
    assert.equal(annotation(record, 'start'), 'prewarmed');
    assert.equal(record.logs.length, 1);
    assert.match(record.logs[0], /stdout: for a$/);

    const paused = () => docker('ps', '-q', '--filter', `label=${LABEL}`, '--filter',
      'status=paused') !== '';
    await eventually(paused, 'the pause');
    const second = await daemon.invoke('hello', { name: 'b' });
    assert.deepEqual(second.json.response.result, { hi: 'b' });
    assert.equal(annotation(await daemon.record(second.json.activationId), 'start'), 'warmed');
  });

test('one that finds neither starts a container, and nobody need wait for it', async () => {
  await daemon.create('small', 'nodejs:20', 'const main = () => ({ ok: true });',
    { limits: { memory: 128 } });
  const accepted = await daemon.invoke('small', {}, '');
  assert.equal(accepted.status, 202, accepted.text);
  const record = await daemon.record(accepted.json.activationId);
  assert.deepEqual(record.response.result, { ok: true });
  assert.equal(annotation(record, 'start'), 'cold');
});

test('several activations run at once in one container', async () => {
  await daemon.create('together', 'nodejs:20', `
    let waiting = [];
    async function main() {
      await new Promise((resolve) => {
        waiting.push(resolve);
        if (waiting.length >= 4) waiting.splice(0).forEach((go) => go());
      });
      return { host: require('os').hostname() };
    }`, { limits: { concurrency: 4, memory: 128 } });
  const answers = await Promise.all([1, 2, 3, 4].map(() => daemon.invoke('together')));
  const hosts = new Set(answers.map((answer) => answer.json.response.result.host));
  assert.equal(hosts.size, 1, JSON.stringify(answers.map((answer) => answer.json)));
});

test('what goes wrong in an action is told as OpenWhisk tells it', async () => {
  await daemon.create('fails', 'nodejs:20', 'const main = () => ({ error: "mine" });');
  const failed = await daemon.invoke('fails');
  assert.equal(failed.status, 502);
  assert.equal(failed.json.response.status, 'application error');
  assert.equal(errorOf(failed), 'mine');

  await daemon.create('hog', 'nodejs:20', `
    const main = () => { const all = []; for (;;) all.push(Buffer.alloc(1 << 24, 1)); };`,
  { limits: { memory: 128 } });
  const hog = await daemon.invoke('hog');
  assert.equal(hog.status, 502, hog.text);
  assert.equal(errorOf(hog), 'The action exhausted its memory and was aborted.');
});

test('an image that is not there and cannot be pulled is named', async () => {
  await daemon.create('ghost', 'ghost:1', 'boo');
  const answer = await daemon.invoke('ghost');
  assert.ok(answer.status >= 500, answer.text);
  assert.match(errorOf(answer),
    /the image "openwhisk\/ghost:nightly" of the kind "ghost:1" is not .* cannot be pulled/);
});

test('an action may bring an image that is allowed, and no other', async () => {
  docker('tag', IMAGE, 'mine/node:1');
  const put = (exec) => daemon.request('PUT',
    '/api/v1/namespaces/_/actions/own?overwrite=true', { body: JSON.stringify({ exec }) });
  for (const name of ['yours/node:1', 'mine', 'mineral/node', 'other/one/more', 'other/ones']) {
    const refused = await put({ kind: 'blackbox', image: name });
    assert.equal(refused.status, 400, name);
    assert.match(refused.json.error, /exec\.image '.*' is not allowed: .*only mine\/, other\/one/);
  }
  const unnamed = await put({ kind: 'blackbox', code: 'x' });
  assert.equal(unnamed.status, 400);
  assert.match(unnamed.json.error, /exec\.image must be/);

  const code = 'const main = () => { console.log("said"); return { mine: true }; };';
  const made = await put({ kind: 'blackbox', image: 'mine/node:1', code });
  assert.equal(made.status, 200, made.text);
  assert.deepEqual(made.json.exec, { kind: 'blackbox', image: 'mine/node:1', code, binary: false });
  assert.equal(annotation(made.json, 'exec'), 'blackbox');
  const answer = await daemon.invoke('own');
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(answer.json.response.result, { mine: true });
  const record = await daemon.record(answer.json.activationId);
  assert.ok(record.logs.some((line) => /stdout: said$/.test(line)), record.logs.join());
});

test('an action reaches the API, and not its neighbours', async () => {
  await daemon.create('caller', 'nodejs:20', `
    const main = async () => {
      const answer = await fetch(process.env.__OW_API_HOST + '/ping');
      return { said: await answer.text() };
    };`);
  const answer = await daemon.invoke('caller');
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.json.response.result.said, (await daemon.request('GET', '/ping')).text);
  const options = lines(docker('network', 'inspect', networks()[0], '--format',
    '{{index .Options "com.docker.network.bridge.enable_icc"}}'));
  assert.deepEqual(options, ['false']);
});

test('it is ready while the engine answers', async () => {
  assert.equal((await daemon.request('GET', '/readyz/kinds', { key: null })).status, 200);
});

test('the drain leaves no container and no network', async () => {
  assert.notEqual(containers().length, 0);
  assert.equal(networks().length, 1);
  await daemon.stopAndForget();
  assert.deepEqual(containers(), []);
  assert.deepEqual(networks(), []);
});

test('what a killed daemon left is removed by the next, and nothing of others', async () => {
  const others = [
    docker('run', '-d', '--network', 'none', '--label', `${LABEL}=another`, IMAGE),
    docker('run', '-d', '--network', 'none', IMAGE)];
  const first = await Daemon.start([...OPTIONS, '--blackbox-images', IMAGE]);
  await first.create('hello', 'nodejs:20', 'const main = () => ({ ok: 1 });');
  await first.request('PUT', '/api/v1/namespaces/_/actions/own',
    { body: JSON.stringify({ exec: { kind: 'blackbox', image: IMAGE, code: 'x' } }) });
  assert.equal((await first.invoke('hello')).status, 200);
  const own = containers().filter((id) => !others.includes(id));
  assert.notEqual(own.length, 0);
  first.process.kill('SIGKILL');
  await first.exited;
  assert.ok(own.some((id) => containers().includes(id)), 'an engine keeps what nobody removes');

  const second = await Daemon.start(OPTIONS, first.stateDir);
  await eventually(() => !containers().some((id) => own.includes(id)), 'the removal of orphans');
  assert.equal((await second.invoke('hello')).status, 200);
  const disallowed = await second.invoke('own');
  assert.equal(disallowed.status, 400, disallowed.text);
  assert.match(disallowed.json.error, /is not allowed: this server runs no images/);
  await second.stopAndForget();
  assert.deepEqual(containers(), [others[0]]);
  assert.equal(docker('inspect', '--format', '{{.State.Running}}', others[1]), 'true');
  docker('rm', '-f', ...others);
});
