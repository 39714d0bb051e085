import * as React from 'react';
import { useStyles2 } from '@grafana/ui';
import { useVirtualizer } from '@tanstack/react-virtual';
import { NONE } from '../../../../tree-api/web/model/links.js';
import { ROW_HEIGHTS } from '../options.ts';
import { Header } from './Header.tsx';
import { Message } from '../Message.tsx';
import { LinkMenu, type OpenLinks } from './LinkMenu.tsx';
import type { Paint } from './paint.ts';
import { Row } from './Row.tsx';
import { type Look, contentOf, lookOf } from './row-content.ts';
import { Seats } from './seats.ts';
import { stickyAncestors } from './sticky.ts';
import { HEADER_HEIGHT, getTableStyles, widthStyles } from './styles.ts';
import { useKeyboard } from './useKeyboard.ts';
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
  /** The widths that a person gave to columns, by key, in pixels. */
  dragged: Readonly<Record<string, number>> | undefined;
  onCursor: (id: string) => void;
  onExpand: (ids: string[], open: boolean) => void;
  onSort: (key: string) => void;
  onWidth: (key: string, width: number | undefined) => void;
}

/** Rows kept ready above and below what is seen: while it is scrolled more, so that no gap shows. */
const OVERSCAN = { atRest: 1, scrolling: 4 } as const;

/**
 * The tree as a table. Only the rows that can be seen are in the document. The focus is on
 * the table as a whole, and aria-activedescendant names the row with the cursor (WAI-ARIA
 * Authoring Practices, treegrid).
 */
export function TreeTable({ paint, width, cursor, top, panel, dragged, onCursor, onExpand, onSort, onWidth }: Props) {
  const { tree, columns, options } = paint;
  const { model } = tree;
  const rows = model.rows();
  const styles = useStyles2(getTableStyles);
  const scroller = React.useRef<HTMLDivElement>(null);
  const [links, setLinks] = React.useState<OpenLinks>();
  const rowHeight = ROW_HEIGHTS[options.density];
  const [isScrolling, setScrolling] = React.useState(false);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: isScrolling ? OVERSCAN.scrolling : OVERSCAN.atRest,
    onChange: (instance) => setScrolling(instance.isScrolling),
    paddingStart: HEADER_HEIGHT,
    initialOffset: () => top.current,
    useFlushSync: false,
  });
  React.useLayoutEffect(() => virtualizer.measure(), [virtualizer, rowHeight]);

  const keepsAncestors = paint.isTree && options.stickyAncestors;
  const sticky = keepsAncestors ? stickyAncestors(tree, (virtualizer.scrollOffset ?? 0) / rowHeight) : [];
  const elementId = (slot: number) => `tree-${panel}-${model.idOf(slot)}`;
  const cursorRow = cursor === undefined ? NONE : rows.indexOf(model.slotOf(cursor));
  const drawn = virtualizer.getVirtualItems().map(({ index }) => index);

  const { onMove, onKeyDown } = useKeyboard(paint, { scroller, rowHeight, cursorRow, stuck: sticky.length, keepsAncestors, elementId, onCursor, onExpand });
  const events = useRowEvents(paint, { onCursor, onExpand, onMove, onLinks: setLinks });

  const widths = widthsOf(columns, width, dragged);
  const widthClass = React.useMemo(() => widthStyles(widths, styles), [widths.flex.join(), widths.least, styles]);
  const look = React.useRef<Look>(undefined);
  look.current = lookOf(paint, styles, widths.levels, look.current);
  const [seats] = React.useState(() => new Seats());
  const lastRows = React.useRef<React.ReactElement[]>([]);
  const rowOf = (slot: number) => {
    const index = rows.indexOf(slot);
    return { look: look.current!, content: contentOf(paint, slot), slot, index, depth: rows.depths[index], elementId: elementId(slot) };
  };
  return (
    <>
      <div
        ref={scroller}
        className={styles.table}
        style={{ '--row-height': `${rowHeight}px`, '--levels': widths.levels } as React.CSSProperties}
        data-wide={widths.least > width || undefined}
        role="treegrid"
        tabIndex={0}
        aria-label="Tree"
        aria-rowcount={rows.length + 1}
        aria-colcount={columns.length}
        aria-activedescendant={drawn.includes(cursorRow) ? elementId(rows.slots[cursorRow]) : undefined}
        onKeyDown={onKeyDown}
        onScroll={(event) => { top.current = event.currentTarget.scrollTop; }}
        {...events}
      >
        <div className={`${styles.inner} ${widthClass}`} style={{ height: virtualizer.getTotalSize() }}>
          <Header columns={columns} sort={model.sort} styles={styles} onSort={onSort} onWidth={onWidth} />
          <div className={styles.sticky} aria-hidden="true">
            {sticky.map((slot, i) => (
              <Row key={slot} {...rowOf(slot)} top={i * rowHeight} isCursor={false} isSpare={false} stuck={i === sticky.length - 1 ? 'last' : 'stuck'} />
            ))}
          </div>
          <div role="rowgroup">
            {seats.take(drawn.map((index) => rows.slots[index])).map(({ slot, isTaken }, seat) => {
              if (!isTaken) return React.cloneElement(lastRows.current[seat], { isSpare: true });
              const row = rowOf(slot);
              lastRows.current[seat] = <Row key={seat} {...row} top={HEADER_HEIGHT + row.index * rowHeight} isCursor={row.index === cursorRow} isSpare={false} />;
              return lastRows.current[seat];
            })}
          </div>
        </div>
      </div>
      {rows.length === 0 && <div className={styles.nothing}><Message title="Nothing matches the filter" /></div>}
      {links && <LinkMenu {...links} onClose={() => { setLinks(undefined); scroller.current?.focus(); }} />}
    </>
  );
}
