// What the READMEs tell their reader to type, typed: the daemon with the options that
// stand there, the curl lines in one shell, and the answers compared with those shown.
// Only the program's place, the port and the directories are this test's own.
'use strict';

const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { promisify } = require('node:util');
const { after, test } = require('node:test');
const { Daemon, killTheRest } = require('./daemon');

after(killTheRest);

const ROOT = path.join(__dirname, '..', '..');

// The commands of a Markdown file, indented by four, and what they show: the fenced
// block that follows, if one does.
function commandsOf(file) {
  const blocks = [];
  let block;
  let fenced = false;
  for (const line of fs.readFileSync(path.join(ROOT, file), 'utf8').split('\n')) {
    if (line.startsWith('```')) {
      fenced = !fenced;
      if (fenced && block !== undefined) block.shown = '';
      if (!fenced) block = undefined;
    } else if (fenced) {
      if (block !== undefined) block.shown += `${line}\n`;
    } else if (line.startsWith('    ')) {
      if (block === undefined) blocks.push(block = { text: '' });
      block.text += `${line.slice(4)}\n`;
    } else if (line !== '') {
      block = undefined;
    }
  }
  return blocks;
}

// The options of the line that starts the daemon, without those that are the test's own.
function documentedOptions(blocks) {
  const [, line] = /^(?:\S*\/)?owpoold (--listen .*)$/m.exec(
    blocks.map(({ text }) => text).join('\n'));
  return line.replace(/--listen \S+/, '').replace(/--state-dir \S+/, '').trim().split(/ +/);
}

// What each block prints. A curl ends its answer with a line feed, and fails the shell.
async function typeAll(blocks, daemon) {
  const curl = 'curl --silent --show-error --fail-with-body --write-out "\\n" ';
  const script = blocks.map(({ text }, i) =>
    text.replaceAll('http://127.0.0.1:3233', `http://${daemon.address}`)
      .replace(/^KEY=.*$/m, `KEY=${daemon.key}`)
      .replace(/^curl /gm, curl) +
    `echo "end of block ${i}"`).join('\n');
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script]);
  return stdout.split(/^end of block \d+\n/m);
}

for (const file of ['README.md', 'apps/owpoold/README.md']) {
  test(`the curl lines of ${file}`, async () => {
    const all = commandsOf(file);
    const blocks = all.filter(({ text }) => /^curl /m.test(text));
    assert.ok(blocks.length > 0);
    assert.ok(blocks.some(({ shown }) => shown !== undefined), 'no answer is shown');
    const daemon = await Daemon.start(documentedOptions(all));
    const printed = await typeAll(blocks, daemon);
    blocks.forEach(({ shown }, i) => {
      if (shown === undefined) return;
      // Of several commands in a row, what is shown is what the last ones print.
      assert.equal(printed[i].trim().split('\n').slice(-shown.trim().split('\n').length).join('\n'),
        shown.trim());
    });
    await daemon.stopAndForget();
  });
}
