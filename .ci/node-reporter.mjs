/**
 * A reporter for `node --test`: one line for each test that fails, and where; one for each
 * that is skipped, and why; at the end how many there were. VERBOSE=1 adds the stacks.
 */
import { relative } from 'node:path';

/** The first line of a message, of which assertion errors have several. */
const firstLine = (text) => String(text).split('\n').map((line) => line.trim()).find(Boolean) ?? '';

/** What a person needs to know of an error, in a line. */
function reason(error) {
  const cause = error?.cause ?? error;
  if (cause?.code === 'ERR_ASSERTION' && cause.generatedMessage && /equal/i.test(cause.operator)) {
    const shown = (value) => JSON.stringify(value)?.slice(0, 120) ?? String(value);
    return `${shown(cause.actual)} is not ${shown(cause.expected)} (${cause.operator})`;
  }
  return firstLine(cause?.message ?? cause);
}

/** Where in a test file an error came about; otherwise where the test begins. */
function place(data) {
  const stack = String(data.details?.error?.cause?.stack ?? '');
  const at = stack.match(/(?:file:\/\/)?(\/[^\s()]*?\.test\.[a-z]+):(\d+):\d+/);
  if (at) return `${relative(process.cwd(), at[1])}:${at[2]}`;
  return data.file ? `${relative(process.cwd(), data.file)}:${data.line ?? 1}` : '';
}

/** The line of an output that names an error. */
const fault = (text) => text?.match(/^\w*Error.*$/m)?.[0].replace(/^/, ': ') ?? '';

/** A suite fails because of its tests, each of which has a line of its own. */
const ofItsTests = (data) => ['subtestsFailed', 'cancelledByParent'].includes(data.details?.error?.failureType);

export default async function* lines(events) {
  const parents = [];
  const count = { passed: 0, failed: 0, skipped: 0 };
  /** What a file wrote to its standard error; it tells why one that does not load fails. */
  const written = new Map();
  for await (const { type, data } of events) {
    if (type === 'test:start') {
      parents.length = data.nesting;
      parents[data.nesting] = data.name;
    } else if (type === 'test:pass') {
      if (data.skip !== undefined) {
        count.skipped++;
        yield `SKIPPED: ${[...parents.slice(0, data.nesting), data.name].join(' › ')}: ${data.skip}\n`;
      } else if (data.details?.type !== 'suite') {
        count.passed++;
      }
    } else if (type === 'test:fail') {
      if (ofItsTests(data)) continue;
      count.failed++;
      const error = data.details?.error;
      yield `FAILED ${place(data)} ${[...parents.slice(0, data.nesting), data.name].join(' › ')}: ${reason(error)}${fault(written.get(data.name))}\n`;
      if (process.env.VERBOSE) yield `${error?.cause?.stack ?? error?.stack ?? error}\n`;
    } else if (type === 'test:stderr') {
      written.set(data.file, (written.get(data.file) ?? '') + data.message);
      if (process.env.VERBOSE) yield data.message;
    }
  }
  yield `${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`;
}
