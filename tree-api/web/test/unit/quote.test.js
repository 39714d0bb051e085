import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { perLine, quotePosix, quoteWindows } from '../../quote.js';
import { Random } from '../fake/random.js';

/** What a shell makes of a command line. @param {string} shell @param {string} line */
const argumentsOf = (shell, line) => execFileSync(shell, ['-c', `printf '%s\\0' ${line}`]).toString().split('\0').slice(0, -1);

const HOSTILE = ['$(touch /tmp/hit)', '`id`', '; rm -rf x', '| cat', 'it\'s', '"two words"', '', ' ', '-n', '~', '*', '#x', '!!', '\\', 'a\\\'b', '{a,b}', '$HOME', 'ünïcödé', '&& true', '>out'];

test('a POSIX shell reads back every argument as it was', () => {
  assert.deepEqual(argumentsOf('sh', quotePosix(HOSTILE)), HOSTILE);
});

test('bash reads back control characters, and the text has none', () => {
  const args = ['line\nbreak', '\u001b[201~\nrm -rf x\n', 'tab\t\u0007', '\'\n\\', '\u009b31m'];
  const line = quotePosix(args);
  assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f]/);
  assert.deepEqual(argumentsOf('bash', line), args);
});

test('arguments of any characters come back', () => {
  const random = new Random(5);
  const letters = [...'ab \'"\\$`!;&|<>(){}[]*?~#%^=,\n\t\r\u001bé€😀'];
  const args = Array.from({ length: 300 }, () => Array.from({ length: random.below(12) }, () => letters[random.below(letters.length)]).join(''));
  assert.deepEqual(argumentsOf('bash', quotePosix(args)), args);
});

/** How the C runtime of Windows splits (https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments). @param {string} line */
function splitWindows(line) {
  const args = [];
  let arg = '';
  let quoted = false;
  let begun = false;
  for (let i = 0; i < line.length; i++) {
    let slashes = 0;
    while (line[i] === '\\') [slashes, i] = [slashes + 1, i + 1];
    if (line[i] === '"') {
      arg += '\\'.repeat(slashes >> 1);
      if (slashes % 2) arg += '"';
      else quoted = !quoted;
      begun = true;
      continue;
    }
    arg += '\\'.repeat(slashes);
    if (slashes) begun = true;
    if (i >= line.length) break;
    if (line[i] === ' ' && !quoted) {
      if (begun) args.push(arg);
      [arg, begun] = ['', false];
    } else {
      arg += line[i];
      begun = true;
    }
  }
  if (begun) args.push(arg);
  return args;
}

test('Windows reads back every argument as it was', () => {
  const args = ['C:\\Program Files\\x.exe', 'C:\\dir with space\\', '', 'say "hi"', '\\\\server\\share', 'a\\\\"b', '& calc', '%PATH%', '\\'];
  assert.deepEqual(splitWindows(quoteWindows(args)), args);
  assert.equal(quoteWindows(['a\nb']), '"a b"');
});

test('one argument a line, whatever is in it', () => {
  assert.equal(perLine(['sh', '-c', 'a\nb\\n', '\u001b[0m']), 'sh\n-c\na\\nb\\\\n\n\\x1b[0m');
});
