// Which kinds there are, and what an action of them may be made of.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, before, test } = require('node:test');
const { Daemon, killTheRest } = require('./daemon');
const { zipOf } = require('./zip');

const MANIFEST = path.join(__dirname, '..', 'owpoold', 'openwhisk_form.json');

let daemon;
before(async () => {
  daemon = await Daemon.start(['--runtimes', MANIFEST, '--user-memory', '512m']);
});
after(async () => {
  await daemon.stopAndForget();
  killTheRest();
});

async function resultOf(name, parameters = {}) {
  const answer = await daemon.invoke(name, parameters);
  return answer.json.response.result;
}

async function refused(body, status, message) {
  const answer = await daemon.request('PUT', '/api/v1/namespaces/_/actions/refused',
    { body: JSON.stringify(body) });
  assert.equal(answer.status, status, answer.text);
  assert.match(answer.json.error, message);
}

test("a manifest of OpenWhisk's is served as it is", async () => {
  const { json } = await daemon.request('GET', '/', { key: null });
  assert.deepEqual(Object.keys(json.runtimes), ['nodejs', 'python', 'swift', 'java', 'php', 'go',
    'dotnet', 'ballerina', 'rust']);
  assert.deepEqual(json.runtimes.java, [{ kind: 'java', image: 'java8action', default: true,
    deprecated: false, attached: true, requireMain: true }]);
  assert.deepEqual(json.runtimes.nodejs.map((each) => [each.kind, each.default, each.deprecated]),
    [['nodejs:14', false, true], ['nodejs:18', false, false], ['nodejs:20', true, false]]);
});

test('kinds without a command run on what owpoold has for their family', async () => {
  for (const [kind, code, stored] of [
    ['nodejs:18', 'const main = () => ({ here: 1 })', 'nodejs:18'],
    ['nodejs:default', 'const main = () => ({ here: 1 })', 'nodejs:20'],
    ['python:3.9', 'def main(args): return {"here": 1}', 'python:3.9'],
    ['Python:Default', 'def main(args): return {"here": 1}', 'python:3.11'],
  ]) {
    const action = await daemon.create('here', kind, code);
    assert.equal(action.exec.kind, stored);
    assert.deepEqual(await resultOf('here'), { here: 1 });
  }
});

test('what cannot run here is refused when it is made, with what can', async () => {
  const exec = (kind) => ({ exec: { kind, code: 'x', main: 'm', image: 'i' } });
  await refused(exec('swift:5.7'), 400,
    new RegExp("kind 'swift:5.7' .*cannot run here.* nodejs:14, nodejs:18, nodejs:20, "
      + 'python:3.9, python:3.11$', 's'));
  await refused(exec('java:default'), 400, /kind 'java' .*cannot run here/s);
  await refused(exec('blackbox'), 400, /exec\.kind 'blackbox' cannot run here: .*container image/s);
  await refused(exec('cobol'), 400, /kind 'cobol' not in Set\(nodejs:14, /);
  await refused(exec('nodejs:14'), 400, new RegExp(
    "^The 'nodejs:14' runtime is no longer supported\\. "
    + 'You may read and delete but not update or invoke this action\\.$'));
});

test('an action whose kind is deprecated later still runs, but is not updated', async () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'owp-'));
  const file = path.join(directory, 'runtimes.json');
  const write = (deprecated) => fs.writeFileSync(file, JSON.stringify(
    { runtimes: { nodejs: [{ kind: 'nodejs:12', deprecated }] } }));
  write(false);
  const first = await Daemon.start(['--runtimes', file], path.join(directory, 'state'));
  await first.create('old', 'nodejs:default', 'const main = () => ({ old: 1 })');
  await first.stop();
  write(true);
  const second = await Daemon.start(['--runtimes', file], path.join(directory, 'state'));
  // The key was shown to the first only.
  second.key = first.key;
  assert.deepEqual((await second.invoke('old')).json.response.result, { old: 1 });
  const update = await second.request('PUT', '/api/v1/namespaces/_/actions/old?overwrite=true',
    { body: '{"limits":{"memory":128}}' });
  assert.equal(update.status, 400);
  assert.match(update.json.error, /The 'nodejs:12' runtime is no longer supported/);
  const deleted = await second.request('DELETE', '/api/v1/namespaces/_/actions/old');
  assert.equal(deleted.status, 200);
  await second.stop();
  fs.rmSync(directory, { recursive: true });
});

test('a runtime that marks no end of its logs is not waited for', async () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'owp-'));
  fs.writeFileSync(path.join(directory, 'server.js'), `
    require('http').createServer((request, response) => {
      request.resume();
      request.on('end', () => {
        if (request.url === '/run') console.log('no mark follows');
        const body = JSON.stringify({ pid: process.pid });
        response.writeHead(200, { 'Content-Length': body.length }).end(body);
      });
    }).listen({ fd: Number(process.env.OWPOOL_LISTEN_FD) });`);
  fs.writeFileSync(path.join(directory, 'runtimes.json'), JSON.stringify({ runtimes: { own: [
    { kind: 'own', sentinelledLogs: false,
      process: { command: ['node', '${runtimes}/server.js'] } }] } }));
  const own = await Daemon.start(['--runtimes', path.join(directory, 'runtimes.json')]);
  await own.create('unmarked', 'own', 'anything');
  const pids = new Set();
  for (let i = 0; i < 3; ++i) {
    const begun = Date.now();
    const answer = await own.invoke('unmarked');
    pids.add(answer.json.response.result.pid);
    const { logs } = await own.record(answer.json.activationId);
    assert.deepEqual(logs.map((line) => line.slice(31)), ['stdout: no mark follows']);
    assert.ok(Date.now() - begun < 1900, 'it would be 2 s if the marks were waited for');
  }
  assert.equal(pids.size, 1, 'its logs are complete, so the container is kept');
  await own.stopAndForget();
  fs.rmSync(directory, { recursive: true });
});

test('parameters with init are variables when the code is loaded, and no arguments', async () => {
  const parameters = [
    { key: 'URL', value: 'http://x', init: true },
    { key: 'RETRIES', value: 3, init: true },
    { key: 'OPTIONS', value: { a: [1, 'b'] }, init: true },
    { key: 'NOTHING', value: null, init: true },
    { key: 'name', value: 'Ada' },
    { key: 'secret', value: 'x', encryption: 'noop' },
  ];
  const names = ['URL', 'RETRIES', 'OPTIONS', 'NOTHING'];
  const codes = {
    'nodejs:18': `const seen = ${JSON.stringify(names)}.map((name) => process.env[name]);
      const main = (args) => ({ seen, args });`,
    'python:3.9': `import os\nseen = [os.environ[name] for name in ${JSON.stringify(names)}]\n` +
      'def main(args): return {"seen": seen, "args": args}\n',
  };
  for (const [kind, code] of Object.entries(codes)) {
    const action = await daemon.create('init', kind, code, { parameters });
    assert.deepEqual(action.parameters, parameters);
    const seen = ['http://x', '3', '{"a":[1,"b"]}', ''];
    assert.deepEqual(await resultOf('init'), { seen, args: { name: 'Ada', secret: 'x' } });
    // The container is warm: what is given for /init comes too late, and is no argument either.
    assert.deepEqual(await resultOf('init', { URL: 'late', more: 1 }),
      { seen, args: { name: 'Ada', secret: 'x', more: 1 } });
    // An update keeps them and starts another container, for which the payload comes in time.
    const updated = await daemon.request('PUT', '/api/v1/namespaces/_/actions/init?overwrite=true',
      { body: '{"publish":false}' });
    assert.deepEqual(updated.json.parameters, parameters);
    assert.equal((await resultOf('init', { URL: 'in time' })).seen[0], 'in time');
  }
});

const NODE = 'exports.main = () => ({ a: require("./lib/a").a, b: require("b") })';
const NODE_PARTS = { 'lib/a.js': 'exports.a = 1', 'node_modules/b/index.js': 'module.exports = 2' };
const PYTHON = 'from lib.a import a\nimport b\ndef main(args): return {"a": a, "b": b.b}\n';
const PYTHON_PARTS = { 'lib/__init__.py': '', 'lib/a.py': 'a = 1', 'b.py': 'b = 2' };

test('an archive brings its own modules, and says its main file or has the usual', async () => {
  const activate = 'import os, sys\nsys.path.insert(0, os.path.join(' +
    'os.path.dirname(os.path.dirname(__file__)), "lib"))\n';
  for (const [kind, files, main] of [
    ['nodejs:18', { ...NODE_PARTS, 'index.js': NODE }],
    ['nodejs:18', { ...NODE_PARTS, 'package.json': '{"main":"src/x.js"}',
      'src/x.js': NODE.replace('./lib', '../lib') }],
    ['nodejs:18', { ...NODE_PARTS, 'index.js': '', 'other.js': NODE }, 'other.main'],
    ['nodejs:18', { ...NODE_PARTS, 'index.mjs': '', 'package.json': '{"main":"index.mjs"}',
      'index.js': '', 'index.mjs': 'import a from "./lib/a.js"; import b from "b";\n' +
        'export const main = () => ({ a: a.a, b });' }],
    ['python:3.9', { ...PYTHON_PARTS, '__main__.py': PYTHON }],
    ['python:3.9', { ...PYTHON_PARTS, '__main__.py': PYTHON.replace('main(', 'other(') }, 'other'],
    ['python:3.9', { 'lib/__init__.py': '', 'lib/a.py': 'a = 1', '__main__.py': PYTHON,
      'virtualenv/bin/activate_this.py': activate, 'virtualenv/lib/b.py': 'b = 2' }],
  ]) {
    const exec = { kind, code: zipOf(files), ...(main && { main }) };
    const action = await daemon.create('archive', kind, exec.code, { exec });
    assert.equal(action.exec.binary, true);
    assert.deepEqual(await resultOf('archive'), { a: 1, b: 2 }, Object.keys(files).join());
  }
});

test('that code is an archive is seen by its letters, and one that is none is told', async () => {
  // What a client was shown for an archive, it may send back with other code.
  await daemon.create('text', 'nodejs:18', '', { exec: { kind: 'nodejs:18', binary: true,
    code: 'const main = () => ({ text: 1 })' } });
  assert.deepEqual(await resultOf('text'), { text: 1 });
  for (const [kind, message] of [
    ['nodejs:18', /zip archive cannot be read: it does not end as a zip archive does\.$/m],
    ['python:3.9', /zip archive cannot be read: File is not a zip file\.$/m],
  ]) {
    // Letters only, four of them: nothing tells it from base64.
    for (const code of ['main', Buffer.from('no archive at all').toString('base64')]) {
      assert.equal((await daemon.create('text', kind, code)).exec.binary, true);
      const answer = await daemon.invoke('text');
      assert.equal(answer.status, 502);
      assert.equal(answer.json.response.status, 'action developer error');
      assert.match(answer.json.response.result.error, message);
    }
  }
  await daemon.create('text', 'nodejs:18', zipOf({ 'a.js': '' }));
  assert.match((await resultOf('text')).error,
    /Zipped actions must contain either package\.json or index\.js at the root\./);
  await daemon.create('text', 'python:3.9', zipOf({ 'a.py': '' }));
  assert.match((await resultOf('text')).error, /Zip file does not include __main__\.py/);
});
