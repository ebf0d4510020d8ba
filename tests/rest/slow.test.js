// Clients that keep the daemon waiting, or leave it: others do not notice, and nothing
// of them is left.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const { afterEach, beforeEach, test } = require('node:test');
const { Daemon, example, sleep } = require('./daemon');
const { RawClient } = require('./raw');

let daemon;
let authorization;

beforeEach(() => { daemon = undefined; });
afterEach(() => daemon && daemon.stopAndForget());

async function start(options) {
  daemon = await Daemon.start(['--user-memory', '1024m', ...options]);
  authorization = `Authorization: Basic ${Buffer.from(daemon.key).toString('base64')}\r\n`;
  await daemon.create('hello', 'nodejs:20', example('hello.js'));
  assert.equal((await daemon.invoke('hello')).status, 200);
}

const ACTIONS = '/api/v1/namespaces/_/actions';
const head = (line, headers = '') =>
  `${line} HTTP/1.1\r\nHost: h\r\n${authorization}${headers}\r\n`;

// Every way to keep a connection for oneself.
const beginnings = () => [
  '',
  'G',
  'GET / HTTP/1.1\r\nHost: h\r\nA: ',
  head(`POST ${ACTIONS}/hello`, 'Content-Length: 1000000\r\n'),
  head(`PUT ${ACTIONS}/x`, 'Transfer-Encoding: chunked\r\n') + '1;',
  'GET /livez HTTP/1.1\r\nHost: h\r\n\r\n',
];

// That many clients, until stop() is called: each sends a byte now and then, and comes
// again when it is thrown out.
async function dribble(count) {
  const connect = async (i) =>
    (await RawClient.connect(daemon.address)).send(beginnings()[i % beginnings().length]);
  const clients = [];
  for (let i = 0; i < count; ++i) clients.push(await connect(i));
  let stopped = false;
  const sending = (async () => {
    while (!stopped) {
      for (let i = 0; i < count; ++i) {
        if (clients[i].ended) clients[i] = await connect(i); else clients[i].send('a');
      }
      await sleep(250);
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      await sending;
      await Promise.all(clients.map((client) => client.leave()));
    },
  };
}

// What the slowest of some requests of an honest client took, in milliseconds.
async function slowest() {
  let worst = 0;
  for (let i = 0; i < 20; ++i) {
    const begin = process.hrtime.bigint();
    assert.equal((await daemon.request('GET', '/livez')).text, 'ok');
    assert.equal((await daemon.invoke('hello')).status, 200);
    worst = Math.max(worst, Number(process.hrtime.bigint() - begin) / 1e6);
    await sleep(20);
  }
  return worst;
}

const openFiles = () => fs.readdirSync(`/proc/${daemon.process.pid}/fd`).length;
const threads = () => fs.readdirSync(`/proc/${daemon.process.pid}/task`).length;

// The files of connections that are closed just now take a moment to go.
async function assertOpenFiles(most) {
  for (let i = 0; i < 200 && openFiles() > most; ++i) await sleep(25);
  assert.ok(openFiles() <= most, `${openFiles()} open files, there were ${most}`);
}

for (const [what, options] of [
  ['200 slow clients', []],
  ['more slow clients than connections', ['--connections-max', '100']],
]) {
  test(`${what} do not slow down another`, async () => {
    await start(options);
    const before = openFiles();
    let threadsBefore;
    for (let round = 0; round < 2; ++round) {
      const slow = await dribble(200);
      await sleep(700);
      const worst = await slowest();
      assert.ok(worst < 2000, `a request took ${worst} ms`);
      await slow.stop();
      await assertOpenFiles(before);
      threadsBefore = threadsBefore || threads();
    }
    assert.ok(threads() <= threadsBefore + 8, `${threads()} threads, ${threadsBefore} before`);
  });
}

test('a client that leaves before its answer: its activation ends once', async () => {
  await start(['--concurrent-invocations', '1']);
  await daemon.create('slow', 'nodejs:20',
    'const main = () => new Promise(done => setTimeout(() => done({ok: 1}), 1000));');
  assert.equal((await daemon.invoke('slow')).status, 200);
  const before = openFiles();
  const client = await RawClient.connect(daemon.address);
  client.send(head(`POST ${ACTIONS}/slow?blocking=true`, 'Content-Length: 0\r\n'));
  await sleep(300);
  await client.leave();

  let records = [];
  for (let i = 0; i < 200 && records.length < 2; ++i) {
    await sleep(50);
    records = (await daemon.request('GET',
      '/api/v1/namespaces/_/activations?name=slow&docs=true')).json;
  }
  assert.deepEqual(records.map((record) => record.response.result), [{ ok: 1 }, { ok: 1 }]);
  assert.equal((await daemon.invoke('slow')).status, 200);
  assert.equal((await daemon.request('GET',
    '/api/v1/namespaces/_/activations?name=slow&count=true')).json.activations, 3);
  await assertOpenFiles(before);
});

test('a client that reads its large answer slowly gets all of it', async () => {
  await start(['--connections-max', '4']);
  const code = `${example('hello.js')}\n// ${'x'.repeat(8 * 1024 * 1024)}`;
  await daemon.create('large', 'nodejs:20', code);
  const client = await RawClient.connect(daemon.address);
  client.socket.pause();
  client.send(head(`GET ${ACTIONS}/large`));
  await sleep(400);
  assert.ok(await slowest() < 2000);
  client.socket.resume();
  assert.equal((await client.answer()).json.exec.code, code);
});
