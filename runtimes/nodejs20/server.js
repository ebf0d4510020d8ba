// The action runtime for Node.js: an HTTP server that speaks OpenWhisk's action
// protocol. ../README.md says what that is. Needs Node.js 18 or later and nothing else.
'use strict';

const http = require('http');
const { Service, Answer } = require('./service');

// Node.js would queue what a full pipe does not take in its own memory, and lose it
// when an action that never yields is ended. Blocking, the action waits instead.
for (const stream of [process.stdout, process.stderr]) stream._handle?.setBlocking?.(true);

// OpenWhisk lets an action's code be 48 MB; base64 and JSON add to that.
const BODY_MAX = 256 * 1024 * 1024;

function readBody(request) {
  return new Promise((resolve, reject) => {
    let chunks = [];
    let length = 0;
    request.on('data', (chunk) => {
      length += chunk.length;
      if (length <= BODY_MAX) {
        chunks.push(chunk);
        return;
      }
      chunks = [];  // The rest is let pass by.
      reject(new Answer(413, { error: `The request's body is larger than ${BODY_MAX} bytes.` }));
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
  });
}

function parseBody(bytes) {
  let message;
  try {
    message = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new Answer(400, { error: `The request's body is not JSON: ${error.message}` });
  }
  if (message === null || typeof message !== 'object' || Array.isArray(message)) {
    throw new Answer(400, { error: "The request's body is not a JSON object." });
  }
  return message;
}

async function answerTo(service, request) {
  const calls = { '/init': service.init, '/run': service.run };
  const path = request.url.split('?', 1)[0];
  if (!Object.hasOwn(calls, path)) {
    return new Answer(404, { error: `There is no ${path} here, only /init and /run.` });
  }
  if (request.method !== 'POST') {
    return new Answer(405, { error: `${path} takes POST, not ${request.method}.` });
  }
  return calls[path].call(service, parseBody(await readBody(request)));
}

function send(response, answer) {
  const body = Buffer.from(answer.text);
  response.writeHead(answer.status, {
    'Content-Type': 'application/json',
    'Content-Length': body.length,
    ...(answer.status === 413 && { Connection: 'close' }),
  });
  response.end(body);
}

function newServer(service) {
  const server = http.createServer({ requireHostHeader: false }, (request, response) => {
    answerTo(service, request).then(
      (answer) => send(response, answer),
      (error) => {
        if (error instanceof Answer) {
          send(response, error);
        } else if (!response.destroyed) {
          send(response, new Answer(500, { error: `Internal error: ${error.message}` }));
        }
      });
  });
  // A container can be paused in the middle of a request: time is not our measure.
  server.timeout = 0;
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.keepAliveTimeout = 0;
  return server;
}

function main() {
  const inherited = process.env.OWPOOL_LISTEN_FD;
  delete process.env.OWPOOL_LISTEN_FD;
  if (inherited !== undefined && !/^[0-9]{1,9}$/.test(inherited)) {
    throw new Error(`OWPOOL_LISTEN_FD is "${inherited}", not the number of a descriptor`);
  }
  const allowConcurrent = (process.env.__OW_ALLOW_CONCURRENT ?? '').toLowerCase() === 'true';
  const server = newServer(new Service(allowConcurrent));
  server.on('error', (error) => {
    console.error(`Cannot listen: ${error.message}`);
    process.exit(1);
  });
  if (inherited === undefined) {
    server.listen(8080, '0.0.0.0');
  } else {
    server.listen({ fd: Number(inherited) });
  }
}

main();
