// How JavaScript's errors are told to a client, which sees only JSON.
'use strict';

// The result of an action whose promise was rejected with "reason".
function errorResult(reason) {
  return { error: reason ? plainCopy(reason, []) : {} };
}

// Errors have their message and stack where JSON.stringify does not look; an object
// may also contain itself.
function plainCopy(value, parents) {
  if (typeof value === 'function') return `[Function: ${value.name || 'anonymous'}]`;
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value);
  if (value === null || typeof value !== 'object') return value;
  if (parents.includes(value)) return '[Circular]';
  if (Buffer.isBuffer(value)) return '[object Buffer]';
  if (typeof value.toJSON === 'function') return value.toJSON();

  const below = [...parents, value];
  if (Array.isArray(value)) return value.map((element) => plainCopy(element, below));
  const copy = {};
  for (const [key, member] of Object.entries(value)) {
    if (typeof member !== 'function') copy[key] = plainCopy(member, below);
  }
  for (const key of ['name', 'message', 'stack', 'code']) {
    if (typeof value[key] === 'string') copy[key] = value[key];
  }
  return copy;
}

// An error of an action's code as it was loaded: with its place in that code, without
// our own frames.
function initErrorText(error) {
  if (!(error && typeof error.stack === 'string')) return thrownText(error);
  const foreign = (line) =>
    !/^\s+at /.test(line) || !(line.includes(__dirname) || line.includes('(node:'));
  return error.stack.split('\n').filter(foreign).join('\n').trim();
}

// Anything can be thrown, even what has no text.
function thrownText(thrown) {
  try {
    return String(thrown);
  } catch {
    return 'something that cannot be told as text';
  }
}

module.exports = { errorResult, initErrorText, thrownText };
