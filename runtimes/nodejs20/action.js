// Turns what /init brings into the action's function.
'use strict';

const fs = require('fs');
const Module = require('module');
const os = require('os');
const path = require('path');
const vm = require('vm');

// Resolves to the function that "main" names in "code": JavaScript text, or if
// "binary" a zip archive in base64. Rejects with an Error or whatever the code throws.
async function loadAction({ main, code, binary }) {
  const names = main.split('.');
  if (names.includes('')) throw new Error(`Name of main function is not valid: "${main}".`);
  const found = binary ? await loadZip(names, code) : loadText(names, code);
  if (typeof found !== 'function') {
    throw new Error(`Action entrypoint '${main}' is not a function.`);
  }
  return found;
}

function lookUp(object, names) {
  return names.reduce((value, name) => value?.[name], object);
}

// The text is a CommonJS module in the working directory; its function is the name
// "main" in its scope, or an export of that name.
function loadText(names, code) {
  const file = path.join(process.cwd(), 'action.js');
  const compile = (source) => {
    const module = new Module(file, null);
    module.filename = file;
    module.paths = Module._nodeModulePaths(process.cwd());
    return { local: module._compile(source, file), module };
  };

  let compiled;
  try {
    compiled = compile(code + scopeLookUp(names[0]));
  } catch (error) {
    // Without what we append, the place of an error is told right.
    if (error instanceof SyntaxError) vm.compileFunction(code, [], { filename: file });
    throw error;
  }
  const { local, module } = compiled;
  return lookUp(local, names.slice(1)) ?? lookUp(module.exports, names);
}

// Appended to an action's text, hands out what "name" is in its scope. Empty for what
// can only be the name of an export, such as "default".
function scopeLookUp(name) {
  if (!/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)) return '';
  try {
    new Function(`typeof ${name}`);
  } catch {
    return '';
  }
  return `\n;return typeof ${name} === 'undefined' ? undefined : ${name};`;
}

// "main" is an export of the archive's package or index.js, or with a dot
// "module.function".
async function loadZip(names, code) {
  const { decodeArchive, extract } = require('./zip');
  const archive = decodeArchive(code);
  const directory = makeActionDirectory();
  extract(archive, directory);
  process.chdir(directory);

  if (names.length === 1) {
    if (!fs.existsSync('package.json') && !fs.existsSync('index.js')) {
      throw new Error('Zipped actions must contain either package.json or index.js at the root.');
    }
    return exported(directory, names);
  }
  return exported(path.join(directory, names[0]), names.slice(1));
}

function makeActionDirectory() {
  try {
    return fs.mkdtempSync(path.join(process.cwd(), 'action-'));
  } catch {
    return fs.mkdtempSync(path.join(os.tmpdir(), 'action-'));
  }
}

async function exported(modulePath, names) {
  const require = Module.createRequire(path.join(process.cwd(), 'package.json'));
  let loaded;
  try {
    loaded = require(modulePath);
  } catch (error) {
    // An ECMAScript module: old Node.js let none be required, new ones not every one.
    if (!['ERR_REQUIRE_ESM', 'ERR_REQUIRE_ASYNC_MODULE'].includes(error?.code)) throw error;
    const { pathToFileURL } = require('url');
    loaded = await import(pathToFileURL(require.resolve(modulePath)).href);
  }
  return lookUp(loaded, names) ?? lookUp(loaded?.default, names);
}

module.exports = { loadAction };
