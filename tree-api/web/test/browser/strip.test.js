/** What the strip of time marks, of a made-up recording: a real one seldom has all of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeRecording } from '../fake/recording.js';
import { browserForFile, fakeServer } from './page.js';

const HOUR = 3600;
const open = browserForFile();

test('a gap, a step of the clock, damage and lost events are marked and named', async (t) => {
  const { server, url } = await fakeServer(t);
  const recording = new FakeRecording(server.host, server.host.now);
  const { from, to } = recording;
  const [step, damage, lost] = [to - 2.5 * HOUR, to - 6.5 * HOUR, to - 300];
  recording.marks = [{ kind: 'clock_step', time: step }, { kind: 'damage', time: damage }];
  recording.events = [{ kind: 'lost', time: lost, count: 7 }];
  server.recording = recording;
  server.links = { history: 'api/v1/history' };
  const page = await open(t, url);
  await page.waitForSelector('.strip .strip-gap', { state: 'attached' });
  const names = (/** @type {string} */ kind) => page.locator(`.strip .mark-${kind} title`).allTextContents();
  assert.deepEqual([await names('clock_step'), await names('damage'), await names('lost')], [['clock set'], ['damaged recording'], []]);
  const box = await page.locator('#strip').boundingBox();
  assert.ok(box);
  /** @param {number} time @param {string} words */
  const pointAt = async (time, words) => {
    await page.mouse.move(box.x + (time - from) / (to - from) * box.width, box.y + 30);
    await page.waitForSelector(`.strip-tip:has-text("${words}")`);
  };
  await pointAt(to - 5 * HOUR, 'not recorded');
  await pointAt(step, 'clock set');
  await pointAt(damage, 'damaged recording');
  // Events are asked for once the strip shows an hour or less.
  await page.focus('#strip');
  for (let i = 0; i < 4; i++) await page.keyboard.press('+');
  await page.waitForSelector('.strip .mark-lost', { state: 'attached' });
  assert.deepEqual(await names('lost'), ['events lost: 7']);
});
