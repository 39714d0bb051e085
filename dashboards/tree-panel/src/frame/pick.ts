import type { DataFrame } from '@grafana/data';
import type { PanelOptions } from '../options.ts';
import { type Problem, type TreeFields, findFields } from './fields.ts';

/** The frame to show, with its fields, and those that could be shown in its place. */
export interface Picked {
  frame: DataFrame;
  fields: TreeFields;
  /** The names of all frames that are trees, the picked one included. */
  names: string[];
  name: string;
}

/** A name for each frame, unique among them. */
export function frameNames(frames: readonly DataFrame[]): string[] {
  const names = frames.map(({ name, refId }, i) => name || refId || `Frame ${i + 1}`);
  return names.map((name, i) => (names.indexOf(name) === names.lastIndexOf(name) ? name : `${name} (${frames[i].refId ?? ''}${i + 1})`));
}

/**
 * Picks the frame by its name, else the first that is a tree. Frames are not put together:
 * the same ID may mean different things in two of them.
 * @returns The problem of the first frame when no frame is a tree; undefined when there is none.
 */
export function pickFrame(frames: readonly DataFrame[], wanted: string | undefined, options: PanelOptions): Picked | Problem | undefined {
  const names = frameNames(frames);
  const found = frames.map((frame, i) => ({ frame, name: names[i], fields: findFields(frame, options) }));
  const trees = found.flatMap(({ fields, ...rest }) => ('problem' in fields ? [] : [{ ...rest, fields }]));
  const picked = trees.find(({ name }) => name === wanted) ?? trees[0];
  if (picked) return { ...picked, names: trees.map(({ name }) => name) };
  return found.find(({ frame }) => frame.fields.length > 0)?.fields as Problem | undefined;
}
