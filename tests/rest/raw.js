// Sockets without any manners: what no HTTP library would send.
'use strict';

const net = require('node:net');

// How long a server may take to answer anything here.
const PATIENCE_MS = 20000;

class RawClient {
  // A connection to HOST:PORT.
  static connect(address) {
    const [host, port] = address.split(':');
    return new Promise((resolve, reject) => {
      const client = new RawClient();
      client.bytes = Buffer.alloc(0);
      client.wake = () => {};
      client.socket = net.connect({ host, port: Number(port), allowHalfOpen: true },
        () => resolve(client));
      client.socket.setTimeout(PATIENCE_MS, () => client.socket.destroy());
      client.socket.on('data', (data) => {
        client.bytes = Buffer.concat([client.bytes, data]);
        client.wake();
      });
      // A reset is an end as well.
      client.socket.on('error', reject);
      client.closed = new Promise((done) => {
        client.socket.on('end', () => { client.ended = true; client.socket.end(); client.wake(); });
        client.socket.on('close', () => { client.ended = true; client.wake(); done(); });
      });
    });
  }

  send(bytes) {
    if (!this.socket.destroyed) this.socket.write(bytes);
    return this;
  }

  endSending() {
    this.socket.end();
    return this;
  }

  leave() {
    this.socket.destroy();
    return this.closed;
  }

  // The next answer, or null if the connection ended before it was whole.
  async answer(hasBody = true) {
    for (;;) {
      const end = this.bytes.indexOf('\r\n\r\n');
      if (end >= 0) {
        const head = this.bytes.subarray(0, end).toString('latin1');
        const length = hasBody ? Number((/^content-length: (\d+)$/im.exec(head) || [])[1] || 0) : 0;
        const total = end + 4 + length;
        if (this.bytes.length >= total) {
          const text = this.bytes.subarray(end + 4, total).toString('utf8');
          this.bytes = this.bytes.subarray(total);
          const isJson = /^content-type: application\/json/im.test(head);
          return {
            status: Number(head.split(' ')[1]), head, text,
            json: isJson && text ? JSON.parse(text) : undefined,
          };
        }
      }
      if (this.ended) return null;
      await new Promise((resolve) => { this.wake = resolve; });
    }
  }
}

// What comes back for "bytes" on a connection of its own.
async function ask(address, bytes) {
  const client = await RawClient.connect(address);
  const answer = await client.send(bytes).answer();
  await client.leave();
  return answer;
}

module.exports = { RawClient, ask };
