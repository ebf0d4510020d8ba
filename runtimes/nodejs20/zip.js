// A reader of zip archives, since no unzip program can be counted on: entries that are
// stored or deflated. The archive is a user's and is believed nothing.
'use strict';

const fs = require('fs');
const path = require('path');
const zlib = require('zlib');

const TOTAL_MAX = 512 * 1024 * 1024;
const UNIX = 3;                 // "Made by" of archives with permissions.
const TYPE_MASK = 0o170000;
const SYMBOLIC_LINK = 0o120000;

// What eight steps of CRC-32's shift register (its polynomial reflected) make of each byte.
const CRC_OF_BYTE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; ++bit) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  return crc;
});

// zlib.crc32 by hand: Node.js 18, which Debian 12 has, lacks it.
function crc32(content) {
  let crc = 0xffffffff;
  for (const byte of content) crc = (crc >>> 8) ^ CRC_OF_BYTE[(crc ^ byte) & 0xff];
  return ~crc >>> 0;
}

// The archive's bytes, from base64.
function decodeArchive(code) {
  if (/[^A-Za-z0-9+/=\s]/.test(code)) throw new Error('The code is binary but not base64.');
  return Buffer.from(code, 'base64');
}

function broken(what) {
  return new Error(`The action's zip archive cannot be read: ${what}.`);
}

// Where the directory of "archive" begins, and how many entries it has. The record
// that says so is at the end, behind it only a comment.
function findDirectory(archive) {
  const RECORD = 22;
  const lowest = Math.max(0, archive.length - RECORD - 0xffff);
  for (let at = archive.length - RECORD; at >= lowest; --at) {
    if (archive.readUInt32LE(at) !== 0x06054b50) continue;
    if (at + RECORD + archive.readUInt16LE(at + 20) !== archive.length) continue;
    const count = archive.readUInt16LE(at + 10);
    const start = archive.readUInt32LE(at + 16);
    if (count === 0xffff || start === 0xffffffff) throw broken('it is in the zip64 format');
    if (archive.readUInt16LE(at + 4) !== 0 || archive.readUInt16LE(at + 8) !== count) {
      throw broken('it is one part of several');
    }
    if (start > at) throw broken('its directory is not within it');
    return { start, count };
  }
  throw broken('it does not end as a zip archive does');
}

// A path below the directory to extract to.
function checkName(name) {
  if (name === '' || name.includes('\0') || path.posix.isAbsolute(name) ||
      name.split('/').includes('..')) {
    throw broken(`"${name}" is not a path inside it`);
  }
}

// [{name, isDirectory, method, crc, packed, size, offset, mode, isLink}], checked.
function readDirectory(archive) {
  const { start, count } = findDirectory(archive);
  const entries = [];
  let at = start;
  let total = 0;
  for (let i = 0; i < count; ++i) {
    if (archive.readUInt32LE(at) !== 0x02014b50) throw broken('its directory is damaged');
    const nameLength = archive.readUInt16LE(at + 28);
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength);
    checkName(name);
    const mode = archive[at + 5] === UNIX ? archive.readUInt16LE(at + 40) : 0;
    const entry = {
      name,
      isDirectory: name.endsWith('/'),
      isLink: (mode & TYPE_MASK) === SYMBOLIC_LINK,
      mode: mode & 0o777,
      method: archive.readUInt16LE(at + 10),
      crc: archive.readUInt32LE(at + 16),
      packed: archive.readUInt32LE(at + 20),
      size: archive.readUInt32LE(at + 24),
      offset: archive.readUInt32LE(at + 42),
    };
    if (archive.readUInt16LE(at + 8) & 1) throw broken(`"${name}" is encrypted`);
    if ([entry.packed, entry.size, entry.offset].includes(0xffffffff)) {
      throw broken(`"${name}" is in the zip64 format`);
    }
    total += entry.size;
    if (total > TOTAL_MAX) throw broken(`it unpacks to more than ${TOTAL_MAX} bytes`);
    entries.push(entry);
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return entries;
}

function unpack(archive, entry) {
  if (archive.readUInt32LE(entry.offset) !== 0x04034b50) throw broken(`"${entry.name}" is damaged`);
  const begin = entry.offset + 30 + archive.readUInt16LE(entry.offset + 26) +
      archive.readUInt16LE(entry.offset + 28);
  if (begin + entry.packed > archive.length) throw broken(`"${entry.name}" is cut off`);
  const packed = archive.subarray(begin, begin + entry.packed);
  let content;
  if (entry.method === 0) {
    content = packed;
  } else if (entry.method === 8) {
    try {
      content = zlib.inflateRawSync(packed, { maxOutputLength: Math.max(1, entry.size) });
    } catch (error) {
      throw broken(`"${entry.name}" is damaged (${error.message})`);
    }
  } else {
    throw broken(`"${entry.name}" is compressed by method ${entry.method}, not stored or deflated`);
  }
  if (content.length !== entry.size || crc32(content) !== entry.crc) {
    throw broken(`"${entry.name}" is damaged`);
  }
  return content;
}

// Links come last, so that nothing is written through one, and lead nowhere outside.
function makeLink(directory, entry, target) {
  const depth = entry.name.split('/').filter((part) => part !== '' && part !== '.').length - 1;
  if (target === '' || target.includes('\0') || path.posix.isAbsolute(target) ||
      climbs(target) > depth) {
    throw broken(`the link "${entry.name}" leads out of it`);
  }
  const file = path.join(directory, entry.name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.symlinkSync(target, file);
}

// How many directories above its own a relative path reaches.
function climbs(target) {
  let depth = 0;
  let highest = 0;
  for (const part of target.split('/')) {
    if (part === '..') highest = Math.max(highest, -(--depth));
    else if (part !== '' && part !== '.') ++depth;
  }
  return highest;
}

// Writes what is in "archive" below "directory", which exists. Throws an Error that
// says what is wrong with the archive; some of it may have been written by then.
function extract(archive, directory) {
  let entries;
  try {
    entries = readDirectory(archive);
    for (const entry of entries) {
      if (!entry.isLink) extractOne(archive, entry, path.join(directory, entry.name));
    }
    for (const entry of entries) {
      if (entry.isLink) makeLink(directory, entry, unpack(archive, entry).toString('utf8'));
    }
  } catch (error) {
    // Reading beyond the archive's end.
    throw error instanceof RangeError ? broken('it is damaged') : error;
  }
}

function extractOne(archive, entry, file) {
  if (entry.isDirectory) {
    fs.mkdirSync(file, { recursive: true });
    return;
  }
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, unpack(archive, entry));
  if (entry.mode) fs.chmodSync(file, entry.mode | 0o600);
}

module.exports = { decodeArchive, extract };
