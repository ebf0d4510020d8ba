// What no honest client sends: each gets the right answer, and the daemon lives.
'use strict';

const assert = require('node:assert/strict');
const { after, afterEach, before, test } = require('node:test');
const { Daemon, example } = require('./daemon');
const { RawClient, ask } = require('./raw');

let daemon;
let authorization;

before(async () => {
  daemon = await Daemon.start(['--user-memory', '512m']);
  authorization = `Authorization: Basic ${Buffer.from(daemon.key).toString('base64')}\r\n`;
  await daemon.create('hello', 'nodejs:20', example('hello.js'));
});
afterEach(async () => {
  assert.equal((await daemon.request('GET', '/livez')).text, 'ok');
  assert.deepEqual((await daemon.invoke('hello', {}, 'blocking=true&result=true')).json,
    { greeting: 'Hello, World!' });
});
after(() => daemon.stopAndForget());

const ACTIONS = '/api/v1/namespaces/_/actions';
const HELLO = `${ACTIONS}/hello?blocking=true&result=true`;

// The head of a request with the key; "headers" end with CRLF each.
const head = (line, headers = '') =>
  `${line} HTTP/1.1\r\nHost: h\r\n${authorization}${headers}\r\n`;
const post = (headers) => head(`POST ${HELLO}`, headers);
const withBody = (line, body) => {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body);
  return Buffer.concat([Buffer.from(head(line, `Content-Length: ${bytes.length}\r\n`)), bytes]);
};

function assertError(answer, status, message, what) {
  assert.ok(answer, `${what}: no answer`);
  assert.equal(answer.status, status, `${what}: ${answer.head}${answer.text}`);
  assert.match(answer.json.error, message, what);
  assert.match(answer.head.toLowerCase(),
    new RegExp(`^x-request-id: ${answer.json.code.toLowerCase()}$`, 'm'), what);
}

test('what is no request, or could be two', async () => {
  const chunked = post('Transfer-Encoding: chunked\r\n');
  const rows = [
    ['garbage', 'garbage\r\n\r\n', 400, /request line/],
    ['TLS', '\x16\x03\x01\x02\x00\x01\r\n\r\n', 400, /./],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505, /HTTP\/1/],
    ['a bare LF', 'GET / HTTP/1.1\nHost: h\n\n', 400, /bare LF/],
    ['a bare LF further on', 'GET / HTTP/1.1\r\nHost: h\r\nA: b\nC: d\r\n\r\n', 400, /bare LF/],
    ['a space before the colon', 'GET / HTTP/1.1\r\nHost : h\r\n\r\n', 400, /header name/],
    ['a folded line', 'GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n c\r\n\r\n', 400, /./],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400, /Host/],
    ['two lengths', post('Content-Length: 2\r\nContent-Length: 2\r\n') + '{}', 400,
      /more than one Content-Length/],
    ['a length and chunks',
      post('Content-Length: 2\r\nTransfer-Encoding: chunked\r\n') + '0\r\n\r\n', 400,
      /both Content-Length and Transfer-Encoding/],
    ['a negative length', post('Content-Length: -1\r\n'), 400, /malformed Content-Length/],
    ['an absurd length', post('Content-Length: 99999999999999999999\r\n'), 400, /Content-Length/],
    ['a length over the limit', post('Content-Length: 1048577\r\n'), 413,
      /^Request larger than allowed: 1048577 > 1048576 bytes\.$/],
    ['a length of terabytes', head(`PUT ${ACTIONS}/x`, 'Content-Length: 9999999999999\r\n'), 413,
      /^Request larger than allowed/],
    ['a negative chunk', `${chunked}-2\r\n{}\r\n0\r\n\r\n`, 400, /chunk/],
    ['a signed chunk', `${chunked}+2\r\n{}\r\n0\r\n\r\n`, 400, /chunk/],
    ['a chunk of exabytes', `${chunked}fffffffffffffff\r\n${'x'.repeat(1100000)}`, 413, /larger/],
    ['a chunk longer than it says', `${chunked}2\r\n{}}\r\n0\r\n\r\n`, 400, /chunk/],
    ['chunks past the limit', chunked + '1000\r\n' + ' '.repeat(4096) + '\r\n' +
      ('1000\r\n' + ' '.repeat(4096) + '\r\n').repeat(256), 413, /larger than allowed/],
    ['trailers without end', `${chunked}0\r\n${'T: v\r\n'.repeat(5000)}`, 400, /./],
    ['a compressed body', post('Content-Encoding: gzip\r\nContent-Length: 2\r\n') + '{}', 415,
      /compressed/],
    ['another expectation', post('Expect: wonders\r\nContent-Length: 2\r\n') + '{}', 417, /./],
    ['101 headers', `GET / HTTP/1.1\r\nHost: h\r\n${'A: b\r\n'.repeat(101)}\r\n`, 431, /too many/],
    ['a header without end', `GET / HTTP/1.1\r\nHost: h\r\nA: ${'a'.repeat(1000000)}`, 431, /long/],
    ['a URL without end', `GET /${'a'.repeat(1000000)}`, 431, /long/],
    ['a NUL byte in a header', 'GET / HTTP/1.1\r\nHost: h\r\nA: \0\r\n\r\n', 400, /control/],
    ['a fragment', 'GET /#x HTTP/1.1\r\nHost: h\r\n\r\n', 400, /target/],
    ['bytes in the URL', Buffer.from('GET /\xff HTTP/1.1\r\nHost: h\r\n\r\n', 'latin1'), 400, /./],
  ];
  for (const [what, bytes, status, message] of rows)
    assertError(await ask(daemon.address, bytes), status, message, what);
});

test('unusual requests that are good', async () => {
  const rows = [
    ['HTTP/1.0', 'GET /livez HTTP/1.0\r\n\r\n', 200],
    ['the form for proxies', 'GET http://elsewhere/livez HTTP/1.1\r\nHost: h\r\n\r\n', 200],
    ['an empty line first', '\r\nGET /livez HTTP/1.1\r\nHost: h\r\n\r\n', 200],
    ['a POST without a length', post(''), 200],
    ['chunks', `${post('Transfer-Encoding: chunked\r\n')}1\r\n{\r\n1\r\n}\r\n0\r\n\r\n`, 200],
    ['bytes in a header', Buffer.from(
      'GET /livez HTTP/1.1\r\nHost: h\r\nX-Request-ID: \xff\r\n\r\n', 'latin1'), 200],
    ['names of the library', 'GET /livez HTTP/1.1\r\nHost: h\r\nREMOTE_ADDR: 1.2.3.4\r\n\r\n', 200],
  ];
  for (const [what, bytes, status] of rows) {
    const answer = await ask(daemon.address, bytes);
    assert.equal(answer && answer.status, status, what);
    assert.doesNotMatch(answer.head, /\xff/, what);
  }
});

test('requests that come before the previous one is answered', async () => {
  const client = await RawClient.connect(daemon.address);
  client.send(withBody(`POST ${HELLO}`, '{"name":"one"}') + head('GET /nothing') +
    withBody(`POST ${HELLO}`, '{"name":"two"}') + 'garbage\r\n\r\n' + head('GET /livez'));
  assert.equal((await client.answer()).json.greeting, 'Hello, one!');
  assert.equal((await client.answer()).status, 404);
  assert.equal((await client.answer()).json.greeting, 'Hello, two!');
  assert.equal((await client.answer()).status, 400);
  assert.equal(await client.answer(), null);  // Nothing is made of what follows garbage.
});

test('a client that waits for 100 Continue is told so, or why not', async () => {
  const client = await RawClient.connect(daemon.address);
  client.send(post('Expect: 100-continue\r\nContent-Length: 2\r\n'));
  assert.equal((await client.answer(false)).status, 100);
  assert.equal((await client.send('{}').answer()).status, 200);
  client.send(post('Expect: 100-continue\r\nContent-Length: 5000000\r\n'));
  assertError(await client.answer(), 413, /larger than allowed/, 'too large');
});

test('paths that are not what they seem', async () => {
  const rows = [
    ['%00', 400, /percent-encoding/],
    ['%', 400, /percent-encoding/],
    ['%zz', 400, /percent-encoding/],
    ['a%2Fb', 400, /name 'a\/b' is not allowed/],
    ['a%252Fb', 400, /name 'a%2Fb' is not allowed/],
    ['..', 400, /is not allowed/],
    ['%2e%2e', 400, /is not allowed/],
    ['../activations', 400, /is not allowed/],
    ['hello/../hello', 404, /does not exist/],
    ['%20hello', 400, /is not allowed/],
    ['hello%20', 400, /is not allowed/],
    ['hello%0a', 400, /is not allowed/],
    ['hel%ffo', 400, /is not allowed/],
    ['h%C3%A9llo', 400, /is not allowed/],
    ["a';--", 400, /is not allowed/],
    ['x'.repeat(257), 400, /is not allowed/],
    ['a/b/c', 404, /does not exist/],
    ['hello?blocking=maybe', 400, /'blocking' was malformed/, 'POST'],
    ['hello?blocking=%ff', 400, /'blocking' was malformed/, 'POST'],
    ['hello?timeout=-1', 400, /Timeout must be/, 'POST'],
    ['?limit=9999999999999999999', 400, /'limit' was malformed/],
    ['?limit=201', 400, /range of 0 to 200/],
    ['?skip=-1', 400, /greater than or equal to 0/],
    ['?limit=%', 400, /percent-encoding/],
  ];
  for (const [path, status, message, method = 'GET'] of rows) {
    const target = path.startsWith('?') ? ACTIONS + path : `${ACTIONS}/${path}`;
    assertError(await ask(daemon.address, head(`${method} ${target}`)), status, message, path);
  }
});

test('credentials that are none', async () => {
  const values = ['', 'Basic', 'Basic !!!!', 'Basic Og==', `Bearer ${daemon.key}`,
    `Basic ${'A'.repeat(8000)}`, `Basic ${Buffer.from('a:b\0c').toString('base64')}`];
  for (const value of values) {
    const answer = await ask(daemon.address,
      `GET ${ACTIONS} HTTP/1.1\r\nHost: h\r\nAuthorization: ${value}\r\n\r\n`);
    assertError(answer, 401, /authentication/, value.slice(0, 40));
  }
});

test('bodies that are not JSON as it should be', async () => {
  const deep = (n) => '{"a":'.repeat(n) + '1' + '}'.repeat(n);
  const rows = [
    ['malformed', '{"a":'],
    ['two documents', '{}{}'],
    ['deep', deep(101)],
    ['very deep', '['.repeat(500000)],
    ['a key twice', '{"a":1,"a":2}'],
    ['a key twice in two spellings', '{"a":1,"\\u0061":2}'],
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['overlong UTF-8', Buffer.from([0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d])],
    ['half a surrogate pair', '{"a":"\\ud800"}'],
    ['a NUL byte', '{"a":1}\0'],
    ['a byte order mark', '\ufeff{}'],
    ['an exponent without end', `{"a":1e${'1'.repeat(1000)}}`],
    ['a number beyond a double', '{"a":123456e307}'],
    ['not a number', '{"a":NaN}'],
    ['a comment', '{/**/}'],
  ];
  for (const [what, body] of rows) {
    for (const line of [`POST ${HELLO}`, `PUT ${ACTIONS}/never`]) {
      assertError(await ask(daemon.address, withBody(line, body)), 400,
        /^The request content was malformed:\n/, `${what}: ${line}`);
    }
  }
  const accepted = await ask(daemon.address, withBody(`POST ${HELLO}`, deep(100)));
  assert.equal(accepted.status, 200, accepted.text);
});

test('every field of an action with the wrong type', async () => {
  const wrong = {
    exec: [null, 1, 'x', [], true],
    'exec.kind': [null, 1, {}, [], ''],
    'exec.code': [null, 1, {}, [], ''],
    'exec.main': [1, {}, [], ''],
    'exec.binary': [1, 'true', {}, []],
    limits: [1, 'x', [], true],
    'limits.timeout': ['60000', 1.5, {}, [], true, -1, 1e30],
    'limits.memory': ['256', 1.5, {}, [], true, 0],
    'limits.logs': ['1', 1.5, {}, [], true, -1],
    'limits.concurrency': ['1', 1.5, {}, [], true, 0],
    parameters: [1, 'x', {}, true, [1], [null], [{}], [{ key: 1, value: 1 }]],
    annotations: [1, 'x', {}, true, [1], [null], [{}], [{ key: null, value: 1 }]],
    publish: [1, 'true', {}, []],
    version: [1, '1.2', '1.2.x', {}, [], '-1.0.0'],
  };
  for (const [field, values] of Object.entries(wrong)) {
    for (const value of values) {
      const body = { exec: { kind: 'nodejs:20', code: 'x' }, limits: {} };
      const [outer, inner] = field.split('.');
      if (inner) body[outer][inner] = value; else body[outer] = value;
      const what = `${field} = ${JSON.stringify(value)}`;
      const answer = await daemon.request('PUT', `${ACTIONS}/never`,
        { body: JSON.stringify(body) });
      assert.equal(answer.status, 400, `${what}: ${answer.text}`);
      assert.ok(answer.json.error.includes(inner === 'kind' ? 'kind' : field),
        `${what}: ${answer.json.error}`);
    }
  }
  assert.equal((await daemon.request('GET', `${ACTIONS}/never`)).status, 404);
});

test('more code and more parameters than allowed', async () => {
  const put = (body) => daemon.request('PUT', `${ACTIONS}/never`, { body: JSON.stringify(body) });
  const code = await put({ exec: { kind: 'nodejs:20', code: 'x'.repeat(48 * 1024 * 1024 + 1) } });
  assert.equal(code.status, 413, code.text);
  assert.match(code.json.error, /larger than allowed: \d+ > \d+ bytes\.$/);
  const big = [{ key: 'k', value: 'x'.repeat(1024 * 1024) }];
  for (const field of ['parameters', 'annotations']) {
    const answer = await put({ exec: { kind: 'nodejs:20', code: 'x' }, [field]: big });
    assert.equal(answer.status, 413, answer.text);
    assert.match(answer.json.error, new RegExp(`^${field} larger than allowed`, 'i'));
  }
});

test('a client that says it will send no more gets its answer', async () => {
  const client = await RawClient.connect(daemon.address);
  client.send(withBody(`POST ${HELLO}`, '{"name":"half"}')).endSending();
  assert.equal((await client.answer()).json.greeting, 'Hello, half!');
  const cut = await RawClient.connect(daemon.address);
  cut.send(post('Content-Length: 9\r\n') + '{').endSending();
  assert.equal(await cut.answer(), null);  // Half a request is none.
});
