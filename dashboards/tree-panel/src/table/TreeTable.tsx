import * as React from 'react';
import { useStyles2 } from '@grafana/ui';
import { useVirtualizer } from '@tanstack/react-virtual';
import { NONE } from '../../../../tree-api/web/model/links.js';
import { ROW_HEIGHTS } from '../options.ts';
import { Header } from './Header.tsx';
import { LinkMenu, type OpenLinks } from './LinkMenu.tsx';
import { type Command, commandOf } from './keys.ts';
import type { Paint } from './paint.ts';
import { bringIntoView } from './pointer.ts';
import { Row } from './Row.tsx';
import { stickyAncestors } from './sticky.ts';
import { HEADER_HEIGHT, getTableStyles, widthStyles } from './styles.ts';
import { useRowEvents } from './useRowEvents.ts';
import { widthsOf } from './widths.ts';

interface Props {
  paint: Paint;
  /** The panel's, in pixels. */
  width: number;
  /** The ID of the row with the cursor. */
  cursor: string | undefined;
  /** How far the table is scrolled, in pixels: where it begins, and where it stands since. */
  top: React.MutableRefObject<number>;
  /** The panel's number, which tells the rows of two tables apart. */
  panel: number;
  onCursor: (id: string) => void;
  onExpand: (ids: string[], open: boolean) => void;
  onSort: (key: string) => void;
}

/** Rows kept ready above and below what is seen, so that a quick scroll shows no gap. */
const OVERSCAN = 4;

/**
 * The tree as a table. Only the rows that can be seen are in the document. The focus is on
 * the table as a whole, and aria-activedescendant names the row with the cursor (WAI-ARIA
 * Authoring Practices, treegrid).
 */
export function TreeTable({ paint, width, cursor, top, panel, onCursor, onExpand, onSort }: Props) {
  const { tree, columns, options } = paint;
  const { model } = tree;
  const rows = model.rows();
  const styles = useStyles2(getTableStyles);
  const scroller = React.useRef<HTMLDivElement>(null);
  const [links, setLinks] = React.useState<OpenLinks>();
  const rowHeight = ROW_HEIGHTS[options.density];
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
    paddingStart: HEADER_HEIGHT,
    initialOffset: () => top.current,
    useFlushSync: false,
  });
  React.useLayoutEffect(() => virtualizer.measure(), [virtualizer, rowHeight]);

  const items = virtualizer.getVirtualItems();
  const keepsAncestors = paint.isTree && options.stickyAncestors;
  const sticky = keepsAncestors ? stickyAncestors(tree, (virtualizer.scrollOffset ?? 0) / rowHeight) : [];
  const elementId = (slot: number) => `tree-${panel}-${model.idOf(slot)}`;
  const cursorRow = cursor === undefined ? NONE : rows.indexOf(model.slotOf(cursor));
  // Elements serve one row after another: to write other texts is cheaper than to move or make elements.
  const pool = Math.ceil(((virtualizer.scrollRect?.height ?? 0) + HEADER_HEIGHT) / rowHeight) + 2 * OVERSCAN + 2;
  const isCursorDrawn = items.some(({ index }) => index === cursorRow);

  const onMove = (wanted: number) => {
    const row = Math.max(0, Math.min(wanted, rows.length - 1));
    onCursor(model.idOf(rows.slots[row]));
    const covered = keepsAncestors ? Math.min(rows.depths[row], sticky.length) : 0;
    bringIntoView(scroller.current!, { top: row * rowHeight, height: rowHeight }, HEADER_HEIGHT, covered);
  };
  const run = (command: Command) => {
    if (command.do === 'move') onMove(command.row);
    else if (command.do === 'expand') onExpand(command.slots.map((slot) => model.idOf(slot)), command.open);
    else document.getElementById(elementId(command.slot))?.querySelector<HTMLElement>('a[data-link]')?.click();
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const seen = (scroller.current!.clientHeight - HEADER_HEIGHT) / rowHeight;
    const command = commandOf(event.key, model, { row: cursorRow, page: Math.max(1, Math.floor(seen) - sticky.length - 1) });
    if (!command) return;
    event.preventDefault();
    event.stopPropagation();
    run(command);
  };
  const events = useRowEvents(paint, { onCursor, onExpand, onMove, onLinks: setLinks });

  const widths = React.useMemo(() => widthsOf(columns, width), [columns, width]);
  const widthClass = React.useMemo(() => widthStyles(widths), [widths]);
  const drawn = (slot: number, index: number) => ({ paint, styles, slot, index, depth: rows.depths[index], elementId: elementId(slot) });
  return (
    <>
      <div
        ref={scroller}
        className={styles.table}
        style={{ '--row-height': `${rowHeight}px` } as React.CSSProperties}
        data-wide={widths.least > width || undefined}
        role="treegrid"
        tabIndex={0}
        aria-label="Tree"
        aria-rowcount={rows.length + 1}
        aria-colcount={columns.length}
        aria-activedescendant={isCursorDrawn ? elementId(rows.slots[cursorRow]) : undefined}
        onKeyDown={onKeyDown}
        onScroll={(event) => { top.current = event.currentTarget.scrollTop; }}
        {...events}
      >
        <div className={`${styles.inner} ${widthClass}`} style={{ height: virtualizer.getTotalSize() }}>
          <Header columns={columns} sort={model.sort} styles={styles} onSort={onSort} />
          <div className={styles.sticky} aria-hidden="true">
            {sticky.map((slot, i) => (
              <Row key={slot} {...drawn(slot, rows.indexOf(slot))} top={i * rowHeight} isCursor={false} stuck={i === sticky.length - 1 ? 'last' : 'stuck'} />
            ))}
          </div>
          <div role="rowgroup">
            {items.map(({ index, start }) => {
              const slot = rows.slots[index];
              return <Row key={index % pool} {...drawn(slot, index)} top={start} isCursor={index === cursorRow} />;
            })}
          </div>
        </div>
      </div>
      {links && <LinkMenu {...links} onClose={() => { setLinks(undefined); scroller.current?.focus(); }} />}
    </>
  );
}
