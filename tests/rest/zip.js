// Makes zip archives, so that the tests need no program for it.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const zlib = require('node:zlib');

// What eight steps of CRC-32's shift register make of each byte; zlib.crc32() is newer
// than Node.js 18.
const CRC_OF_BYTE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; ++bit) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  return crc;
});

function crc32(content) {
  let crc = 0xffffffff;
  for (const byte of content) crc = (crc >>> 8) ^ CRC_OF_BYTE[(crc ^ byte) & 0xff];
  return ~crc >>> 0;
}

// What the local header and the directory say of a file alike.
function commonHeader(name, content, packed) {
  const header = Buffer.alloc(26);
  header.writeUInt16LE(20, 0);      // Version needed.
  header.writeUInt16LE(0x800, 2);   // The name is UTF-8.
  header.writeUInt16LE(8, 4);       // Deflated.
  header.writeUInt32LE(crc32(content), 10);
  header.writeUInt32LE(packed.length, 14);
  header.writeUInt32LE(content.length, 18);
  header.writeUInt16LE(Buffer.byteLength(name), 22);
  return header;
}

// An archive in base64 of {name: text or Buffer}.
function zipOf(files) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const [name, given] of Object.entries(files)) {
    const content = Buffer.from(given);
    const packed = zlib.deflateRawSync(content);
    const header = commonHeader(name, content, packed);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    const local = [Buffer.from('PK\x03\x04'), header, Buffer.from(name), packed];
    parts.push(...local);
    offset += local.reduce((sum, part) => sum + part.length, 0);
    // "Made by" MS-DOS: there are no permissions.
    directory.push(Buffer.from('PK\x01\x02\x14\x00'), header, place, Buffer.from(name));
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(Object.keys(files).length, 8);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]).toString('base64');
}

// {name: content} of all files below a directory, their names beginning with "prefix".
function filesBelow(directory, prefix) {
  const files = {};
  for (const entry of fs.readdirSync(directory, { withFileTypes: true })) {
    const file = path.join(directory, entry.name);
    if (entry.isDirectory()) Object.assign(files, filesBelow(file, `${prefix}${entry.name}/`));
    if (entry.isFile()) files[prefix + entry.name] = fs.readFileSync(file);
  }
  return files;
}

module.exports = { filesBelow, zipOf };
