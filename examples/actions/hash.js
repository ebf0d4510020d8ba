// Hashes "text" with "algorithm" (default sha256), using Node's own crypto module.
//
//   {"text": "abc"}  ->  {"algorithm": "sha256", "hash": "ba7816bf…"}
//
// An unknown algorithm is an application error: the action answers {"error": …}.

const crypto = require('crypto');

function main({ text = '', algorithm = 'sha256' }) {
  if (!crypto.getHashes().includes(algorithm)) {
    console.error(`unknown algorithm ${algorithm}`);
    return { error: `There is no algorithm "${algorithm}".` };
  }
  console.log(`hashing ${text.length} characters with ${algorithm}`);
  return { algorithm, hash: crypto.createHash(algorithm).update(text).digest('hex') };
}
