// Starts owpoold with a state directory of its own and talks to it.
'use strict';

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');

const EXAMPLES = path.join(__dirname, '..', '..', 'examples', 'actions');

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// A test that fails half-way must not leave its daemon to the machine: to be called
// after all tests of a file that starts a daemon in each.
const living = new Set();
const killTheRest = () => { for (const child of living) child.kill('SIGKILL'); };
process.on('exit', killTheRest);
process.on('SIGTERM', () => process.exit(1));

// A daemon tells its key at its first start only: by state directory.
const keys = new Map();

class Daemon {
  // A daemon that listens. "stateDir" continues the state of an earlier one of this file.
  // "env" is added to the environment.
  static async start(options = [], stateDir = fs.mkdtempSync(path.join(os.tmpdir(), 'owp-')),
    env = {}) {
    const daemon = new Daemon();
    daemon.stateDir = stateDir;
    daemon.process = spawn(
      process.env.OWPOOLD,
      ['--listen', '127.0.0.1:0', '--state-dir', stateDir, ...options],
      { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    living.add(daemon.process);
    daemon.log = '';
    daemon.process.stderr.on('data', (data) => { daemon.log += data; });
    daemon.exited = new Promise((resolve) => {
      daemon.process.on('exit', (code, signal) => {
        living.delete(daemon.process);
        resolve({ code, signal });
      });
    });
    const address = new Promise((resolve) => {
      daemon.output = '';
      daemon.process.stdout.on('data', (data) => {
        daemon.output += data;
        const key = /^key of namespace guest, shown only now: (\S+)\n/m.exec(daemon.output);
        if (key) keys.set(stateDir, key[1]);
        const line = /^listening on (\S+)\n/m.exec(daemon.output);
        if (line) resolve(line[1]);
      });
    });
    daemon.address = await Promise.race([address, daemon.exited.then(() => null)]);
    assert.ok(daemon.address, `owpoold did not start: ${daemon.log}`);
    daemon.key = keys.get(stateDir);
    assert.ok(daemon.key, 'owpoold told no key');
    return daemon;
  }

  // OpenWhisk's own client, which npm has fetched for the tests that use it.
  client(key = this.key) {
    const openwhisk = require('openwhisk');
    return openwhisk({ apihost: `http://${this.address}`, api_key: key, namespace: '_' });
  }

  // A plain request: what curl would send and see.
  request(method, target, { body, key = this.key, headers = {} } = {}) {
    return new Promise((resolve, reject) => {
      const request = http.request(`http://${this.address}${target}`, {
        method, agent: false, auth: key === null ? undefined : key, headers,
      }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (data) => { text += data; });
        response.on('end', () => {
          const isJson = text !== '' && /json/.test(response.headers['content-type']);
          resolve({
            status: response.statusCode,
            headers: response.headers,
            text,
            json: isJson ? JSON.parse(text) : undefined,
          });
        });
      });
      request.on('error', reject);
      request.end(body);
    });
  }

  invoke(name, parameters = {}, query = 'blocking=true') {
    return this.request('POST', `/api/v1/namespaces/_/actions/${name}?${query}`, {
      body: JSON.stringify(parameters), headers: { 'Content-Type': 'application/json' },
    });
  }

  // The activation's record, which is there when it has ended and its logs are read.
  async record(activationId) {
    for (let i = 0; i < 400; ++i) {
      const answer = await this.request('GET', `/api/v1/namespaces/_/activations/${activationId}`);
      if (answer.status === 200) return answer.json;
      await sleep(25);
    }
    return assert.fail(`activation ${activationId} has no record: ${this.log}`);
  }

  async create(name, kind, code, more = {}) {
    const answer = await this.request('PUT',
      `/api/v1/namespaces/_/actions/${name}?overwrite=true`,
      { body: JSON.stringify({ exec: { kind, code }, ...more }) });
    assert.equal(answer.status, 200, answer.text);
    return answer.json;
  }

  // Everything that runs on behalf of this daemon: what descends from it, what works
  // in its directory, whoever its parent may be by now, and which of "known" goes on.
  processes(known = []) {
    const found = new Map();  // By pid: [parent, working directory].
    for (const pid of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
        const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        // A zombie has ended; when its new parent takes note is not the daemon's affair.
        if (state !== 'Z') found.set(pid, [parent, fs.readlinkSync(`/proc/${pid}/cwd`)]);
      } catch {
        // It has ended meanwhile.
      }
    }
    const isOurs = (pid) => {
      const entry = found.get(pid);
      return entry !== undefined && (entry[0] === String(this.process.pid) ||
        entry[1].startsWith(this.stateDir) || known.includes(pid) || isOurs(entry[0]));
    };
    return [...found.keys()].filter(isOurs);
  }

  // SIGTERM; then it must end well, and nothing of it may be left.
  async stop() {
    const before = this.processes();
    this.process.kill('SIGTERM');
    const impatience = setTimeout(() => this.process.kill('SIGKILL'), 45000);
    const ended = await this.exited;
    clearTimeout(impatience);
    assert.deepEqual(ended, { code: 0, signal: null }, this.log);
    let left = this.processes(before);
    // The guardian of the containers ends by noticing that the daemon has.
    for (let i = 0; i < 40 && left.length > 0; ++i) {
      await sleep(25);
      left = this.processes(before);
    }
    assert.deepEqual(left, [], `processes are left: ${this.log}`);
  }

  async stopAndForget() {
    await this.stop();
    fs.rmSync(this.stateDir, { recursive: true, force: true });
  }
}

const example = (file) => fs.readFileSync(path.join(EXAMPLES, file), 'utf8');

// The value of an annotation; undefined if it is not there.
const annotation = (record, key) =>
  (record.annotations.find((entry) => entry.key === key) || {}).value;

module.exports = { Daemon, annotation, example, killTheRest, sleep };
