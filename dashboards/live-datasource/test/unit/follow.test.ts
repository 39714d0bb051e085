import { FieldType, type LiveChannelEvent, LiveChannelEventType, LiveChannelConnectionState } from '@grafana/data';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Subject, VirtualTimeScheduler } from 'rxjs';
import { StreamLost, follow } from '../../src/stream/follow.ts';
import type { StreamMessage } from '../../src/stream/messages.ts';

const frame = { schema: { fields: [{ name: 'id', type: FieldType.string }] }, data: { values: [['a']] } };
const full = (seq: number): StreamMessage => ({ type: 'full', seq, frame });
const added = (seq: number, id: string): StreamMessage => ({ type: 'diff', seq, about: {}, removed: [], changed: [], added: [{ id }] });

const said = (message: StreamMessage): LiveChannelEvent<StreamMessage> => ({ type: LiveChannelEventType.Message, message });
const status = (state: LiveChannelConnectionState, message?: StreamMessage): LiveChannelEvent<StreamMessage> => ({
  type: LiveChannelEventType.Status, id: 'x', timestamp: 0, state, message,
});

/** What a follower was given: the ids of each frame, and the error. */
function listen(events: Subject<LiveChannelEvent<StreamMessage>>, scheduler: VirtualTimeScheduler) {
  const heard: { frames: string[]; error?: unknown } = { frames: [] };
  follow(events, scheduler).subscribe({
    next: (f) => heard.frames.push(f.fields[0].values.join('')),
    error: (error: unknown) => { heard.error = error; },
  });
  return heard;
}

const scheduler = () => new VirtualTimeScheduler();

test('the first who listens is told by messages, the others by the status', () => {
  for (const first of [said(full(1)), status(LiveChannelConnectionState.Connected, full(1))]) {
    const events = new Subject<LiveChannelEvent<StreamMessage>>();
    const time = scheduler();
    const heard = listen(events, time);
    events.next(status(LiveChannelConnectionState.Pending));
    events.next(status(LiveChannelConnectionState.Connected));
    events.next(first);
    events.next(said(added(2, 'b')));
    time.flush();
    assert.deepEqual(heard, { frames: ['a', 'ab'] });
  }
});

test('a burst of messages is one frame', () => {
  const events = new Subject<LiveChannelEvent<StreamMessage>>();
  const time = scheduler();
  const heard = listen(events, time);
  events.next(said(full(1)));
  for (let seq = 2; seq < 50; seq++) events.next(said(added(seq, 'b')));
  time.flush();
  assert.equal(heard.frames.length, 2);
  assert.equal(heard.frames[1].length, 49);
});

test('a stream that is refused, broken or ended is lost', () => {
  const ways: Array<(events: Subject<LiveChannelEvent<StreamMessage>>) => void> = [
    (events) => events.next(status(LiveChannelConnectionState.Invalid)),
    (events) => events.next({ ...status(LiveChannelConnectionState.Disconnected), error: 'permission denied' } as LiveChannelEvent<StreamMessage>),
    (events) => { events.next(said(full(1))); events.next(said(added(3, 'b'))); },
    (events) => events.error(new Error('x')),
    (events) => events.complete(),
  ];
  for (const [i, way] of ways.entries()) {
    const events = new Subject<LiveChannelEvent<StreamMessage>>();
    const heard = listen(events, scheduler());
    way(events);
    assert.ok(heard.error instanceof StreamLost, `way ${i}: ${heard.error}`);
  }
});
