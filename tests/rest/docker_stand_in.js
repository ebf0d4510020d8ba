// Stands in for Docker where there is none: as much of Docker's HTTP API as wskdebug
// uses for its one container, which is here a process: the Node.js runtime of this
// repository, told to listen on the port that the container was to be published on. It
// speaks the protocol of actions in earnest. What it cannot do is mount directories.
'use strict';

const { spawn } = require('node:child_process');
const http = require('node:http');
const net = require('node:net');
const path = require('node:path');

const RUNTIME = path.join(__dirname, '..', '..', 'runtimes', 'nodejs20', 'server.js');

// Docker's framing of what a container writes: stream, length, bytes.
function frame(stream, data) {
  const head = Buffer.alloc(8);
  head[0] = stream;
  head.writeUInt32BE(data.length, 4);
  return Buffer.concat([head, data]);
}

class Container {
  constructor(config) {
    this.config = config;
    this.readers = [];
  }

  async start() {
    const [binding] = this.config.HostConfig.PortBindings['8080/tcp'];
    this.server = net.createServer();
    const port = Number(binding.HostPort);
    await new Promise((resolve) => this.server.listen(port, '0.0.0.0', resolve));
    const [shell, option, command] = this.config.Cmd;
    this.process = spawn(shell, [option, `exec ${command.replace('app.js', RUNTIME)}`], {
      stdio: ['ignore', 'pipe', 'pipe', this.server._handle],
      env: { ...process.env, OWPOOL_LISTEN_FD: '3', IN_DEBUGGED_CONTAINER: 'yes' },
    });
    for (const [number, name] of [[1, 'stdout'], [2, 'stderr']]) {
      this.process[name].on('data', (data) => {
        for (const reader of this.readers) reader.write(frame(number, data));
      });
    }
    this.exited = new Promise((resolve) => this.process.on('exit', resolve));
    // The runtime has the socket now.
    this.server.close();
  }

  async remove() {
    if (this.process) {
      this.process.kill('SIGKILL');
      await this.exited;
    }
    for (const reader of this.readers) reader.end();
  }
}

class DockerStandIn {
  static async start() {
    const docker = new DockerStandIn();
    docker.containers = new Map();
    docker.server = http.createServer((request, response) => docker.serve(request, response));
    await new Promise((resolve) => docker.server.listen(0, '127.0.0.1', resolve));
    docker.host = `tcp://127.0.0.1:${docker.server.address().port}`;
    return docker;
  }

  async serve(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const answer = (status, body) => {
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(status === 204 ? undefined : JSON.stringify(body));
    };
    const [, collection, id, verb] = request.url.split('?')[0].split('/');
    const container = this.containers.get(id);
    if (collection === '_ping') return answer(200, 'OK');
    if (collection === 'images') return answer(200, { Id: id });
    if (collection !== 'containers') return answer(404, { message: request.url });
    if (id === 'json') return answer(200, []);
    if (id === 'create') {
      const name = `${this.containers.size + 1}`;
      this.containers.set(name, new Container(JSON.parse(Buffer.concat(chunks))));
      return answer(201, { Id: name, Warnings: [] });
    }
    if (container === undefined) return answer(404, { message: `no container ${id}` });
    if (verb === 'attach') {
      response.writeHead(200, { 'Content-Type': 'application/vnd.docker.raw-stream' });
      response.flushHeaders();
      return container.readers.push(response);
    }
    if (verb === 'start') {
      await container.start();
      return answer(204);
    }
    if (request.method === 'DELETE') {
      this.containers.delete(id);
      await container.remove();
      return answer(204);
    }
    return answer(404, { message: request.url });
  }

  // Ends what is left too.
  async stop() {
    for (const container of this.containers.values()) await container.remove();
    this.server.close();
    this.server.closeAllConnections();
  }
}

module.exports = { DockerStandIn };
