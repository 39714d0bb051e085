import { type DataFrame, type LiveChannelEvent, isLiveChannelMessageEvent, isLiveChannelStatusEvent } from '@grafana/data';
import { Observable, type SchedulerLike, asyncScheduler, filter, map, throttleTime } from 'rxjs';
import type { StreamMessage } from './messages.ts';
import { StreamRows } from './rows.ts';

/** How often a panel is given a new frame at most, in milliseconds. */
const FRAME_INTERVAL = 1000;

/** Why a stream gives nothing more. */
export class StreamLost extends Error {}

/**
 * Makes frames of the events of a channel. The result fails with StreamLost if there is no such
 * channel, or if a message was missed: a new subscription starts with everything.
 */
export function follow(events: Observable<LiveChannelEvent<StreamMessage>>, scheduler: SchedulerLike = asyncScheduler): Observable<DataFrame> {
  return new Observable<StreamRows>((subscriber) => {
    const rows = new StreamRows();
    const take = (message: StreamMessage) => {
      if (rows.take(message)) subscriber.next(rows);
      else subscriber.error(new StreamLost('a message of the stream is missing'));
    };
    return events.subscribe({
      next(event) {
        if (isLiveChannelMessageEvent(event)) {
          take(event.message);
        } else if (isLiveChannelStatusEvent(event)) {
          if (event.error || event.state === 'invalid') subscriber.error(new StreamLost('the stream is refused'));
          // What the others know; nothing for the first who listens.
          else if (event.message?.type === 'full') take(event.message);
        }
      },
      error: () => subscriber.error(new StreamLost('the stream has ended')),
      complete: () => subscriber.error(new StreamLost('the stream has ended')),
    });
  }).pipe(
    throttleTime(FRAME_INTERVAL, scheduler, { leading: true, trailing: true }),
    map((rows) => rows.current()),
    filter((frame) => frame !== undefined),
  );
}
