import { type DataFrame, type QueryResultMetaNotice, dataFrameFromJSON } from '@grafana/data';
import type { Row, StreamMessage } from './messages.ts';

/**
 * Holds the rows of a stream and gives frames of them. A frame that was given stays as it is:
 * panels compare frames by identity.
 */
export class StreamRows {
  private frame: DataFrame | undefined;
  private places = new Map<string, number>();
  private sequence = 0;
  private trouble: string | undefined;

  /** @returns False if a message is missing, and with it what the rows are. */
  take(message: StreamMessage): boolean {
    if (message.type === 'full') {
      this.start(dataFrameFromJSON(message.frame));
    } else {
      if (!this.frame || message.seq > this.sequence + 1) return false;
      // A subscriber is told what the others know, and may then hear the same again.
      if (message.seq <= this.sequence) return true;
      if (message.type === 'diff') this.change(message);
    }
    this.trouble = message.type === 'error' ? message.message : undefined;
    this.sequence = message.seq;
    return true;
  }

  /** The rows as they are now; undefined before the first message. */
  current(): DataFrame | undefined {
    if (!this.frame || this.trouble === undefined) return this.frame;
    const notice: QueryResultMetaNotice = { severity: 'error', text: this.trouble };
    return { ...this.frame, meta: { ...this.frame.meta, notices: [...(this.frame.meta?.notices ?? []), notice] } };
  }

  private start(frame: DataFrame): void {
    this.frame = frame;
    const ids = frame.fields.find((f) => f.name === 'id')?.values ?? [];
    this.places = placesOf(ids);
  }

  private change(diff: Extract<StreamMessage, { type: 'diff' }>): void {
    const before = this.frame!;
    const removed = new Set(diff.removed);
    const columns = new Map(before.fields.map((f) => [f.name, this.without(f.values, removed)]));
    if (removed.size > 0) this.places = placesOf(columns.get('id')!);
    for (const row of diff.added) this.add(columns, row);
    for (const row of diff.changed) this.set(columns, row);
    this.frame = {
      ...before,
      meta: { ...before.meta, custom: diff.about },
      fields: before.fields.map((f) => ({ ...f, values: columns.get(f.name)!, state: undefined })),
      length: this.places.size,
    };
  }

  /** A copy of a column, without the rows that went. */
  private without(values: unknown[], removed: Set<string>): unknown[] {
    if (removed.size === 0) return values.slice();
    const gone = new Set([...removed].map((id) => this.places.get(id)));
    return values.filter((_, place) => !gone.has(place));
  }

  private add(columns: Map<string, unknown[]>, row: Row): void {
    this.places.set(row.id, columns.get('id')!.length);
    for (const [name, values] of columns) values.push(row[name] ?? null);
  }

  private set(columns: Map<string, unknown[]>, row: Row): void {
    const place = this.places.get(row.id);
    if (place === undefined) return;
    for (const [name, value] of Object.entries(row)) {
      const values = columns.get(name);
      if (values) values[place] = value;
    }
  }
}

/** Where the row of each id is. */
function placesOf(ids: unknown[]): Map<string, number> {
  return new Map(ids.map((id, place) => [id as string, place]));
}
