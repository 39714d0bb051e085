import * as React from 'react';
import type { By } from '../../../tree-api/web/model/branches.js';
import type { Expansion } from '../../../tree-api/web/model/folding.js';
import type { Filter } from '../../../tree-api/web/model/filter.js';
import type { Sort } from '../../../tree-api/web/model/order.js';

/** What a person has changed while looking; what is absent is as the options say. */
export interface ViewState {
  filter: Filter;
  sort?: Sort;
  shape?: 'tree' | 'list';
  /** What the rows of a tree stand below. */
  nesting?: By;
  expansion?: Expansion;
  /** Keys of the columns that were chosen. */
  columns?: string[];
  /** The widths that columns were dragged to, by key, in pixels. */
  widths?: Record<string, number>;
  /** The name of the frame that was picked of several. */
  frame?: string;
  /** The panel's own time, in Unix milliseconds, and the range of the dashboard that it is in: in another one it is forgotten. */
  moment?: { at?: number; base?: number; range: string };
  /** Whether the controls of the time are shown. */
  isTimeOpen?: boolean;
  /** The ID of the row with the cursor. */
  cursor?: string;
}

/** The view, how to change it, and how far the table is scrolled: scrolling draws nothing again. */
export interface KeptView {
  view: ViewState;
  setView: SetViewState;
  /** In pixels. */
  top: React.MutableRefObject<number>;
}

export type SetViewState = (change: Partial<ViewState>) => void;

/** More folded branches than this are forgotten when the page is reloaded. */
const MAX_EXCEPTIONS = 2000;
const SAVE_AFTER_MS = 300;

/** The key under which the view of a panel is kept: the dashboard's address and the panel. */
export const storageKey = (panel: number): string => `proctree-tree-panel:${location.pathname}:${panel}`;

/**
 * The view, kept by the browser tab: it survives new data, a look into the panel's editor
 * and a reload, and ends with the tab.
 */
export function useViewState(key: string): KeptView {
  const [stored] = React.useState(() => load(key));
  const [view, setState] = React.useState<ViewState>(stored.view);
  const top = React.useRef(stored.top);
  const setView = React.useCallback((part: Partial<ViewState>) => setState((old) => ({ ...old, ...part })), []);
  const last = React.useRef(view);
  last.current = view;
  React.useEffect(() => {
    const timer = setTimeout(() => save(key, { view, top: top.current }), SAVE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [key, view, top]);
  React.useEffect(() => {
    const saveNow = () => save(key, { view: last.current, top: top.current });
    window.addEventListener('pagehide', saveNow);
    return () => {
      window.removeEventListener('pagehide', saveNow);
      saveNow();
    };
  }, [key, top]);
  return { view, setView, top };
}

interface Stored {
  view: ViewState;
  top: number;
}

function load(key: string): Stored {
  try {
    const { view, top } = JSON.parse(sessionStorage.getItem(key) ?? '{}') as Partial<Stored>;
    return { view: { filter: {}, ...view }, top: Number(top ?? 0) };
  } catch {
    return { view: { filter: {} }, top: 0 };
  }
}

/** A browser that stores nothing loses no more than the view. */
function save(key: string, { view, top }: Stored): void {
  const few = (view.expansion?.except.length ?? 0) <= MAX_EXCEPTIONS;
  try {
    sessionStorage.setItem(key, JSON.stringify({ view: few ? view : { ...view, expansion: undefined }, top }));
  } catch {
    // Storage is full or forbidden.
  }
}
