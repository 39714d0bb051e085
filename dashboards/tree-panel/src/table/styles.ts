import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import type { Widths } from './widths.ts';

/** The height of the headings, in pixels. */
export const HEADER_HEIGHT = 32;

/** The width of one level, in pixels. */
export const INDENT = 16;

const oneLine = { whiteSpace: 'nowrap', overflow: 'clip', textOverflow: 'ellipsis' } as const;

/**
 * The widths of the cells in all rows. Boxes of a fixed flex are laid out in less time than
 * those of a grid, and each update lays out every row. Rows are named by their classes: an
 * attribute that changes would have the browser match the rules of all cells again.
 */
export function widthStyles({ flex, least }: Widths, { header, row }: Pick<TableStyles, 'header' | 'row'>): string {
  return css({
    minWidth: least,
    ...Object.fromEntries(flex.map((one, i) => [`& .${header} > :nth-child(${i + 1}), & .${row} > :nth-child(${i + 1})`, { flex: one }])),
  });
}

/**
 * The height of a row, and how many levels are indented, come as CSS variables of the table:
 * --row-height and --levels.
 */
export function getTableStyles(theme: GrafanaTheme2) {
  const { colors, typography } = theme;
  const ground = colors.background.primary;
  const over = (color: string) => `linear-gradient(${color}, ${color}), ${ground}`;
  return {
    table: css({
      position: 'relative',
      flex: '1 1 0',
      minHeight: 0,
      overflow: 'auto',
      fontSize: typography.bodySmall.fontSize,
      fontVariantNumeric: 'tabular-nums',
      // Grafana lets everything inherit this. Then a row that moves has all its cells' styles computed again.
      '&, & *, & *::before': { boxSizing: 'border-box' },
      '&:focus-visible': { outline: `2px solid ${colors.primary.border}`, outlineOffset: -2 },
    }),
    inner: css({ position: 'relative' }),
    nothing: css({ position: 'absolute', insetInline: 0, bottom: '40%', pointerEvents: 'none' }),
    headers: css({ position: 'sticky', top: 0, zIndex: 4 }),
    header: css({
      display: 'flex',
      height: HEADER_HEIGHT,
      borderBottom: `1px solid ${colors.border.medium}`,
      background: ground,
    }),
    heading: css({
      position: 'relative',
      minWidth: 0,
      '&[data-number]': { textAlign: 'right' },
      '&:first-child': { position: 'sticky', left: 0, zIndex: 1, background: ground },
    }),
    sort: css({
      ...oneLine,
      width: '100%',
      height: '100%',
      padding: '0 8px',
      border: 0,
      background: 'none',
      color: colors.text.secondary,
      fontSize: 'inherit',
      fontWeight: typography.fontWeightMedium,
      textAlign: 'inherit',
      '&:hover, [aria-sort=ascending] > &, [aria-sort=descending] > &': { color: colors.text.primary },
      '[aria-sort=ascending] > &::after': { content: '" ↑"' },
      '[aria-sort=descending] > &::after': { content: '" ↓"' },
    }),
    handle: css({
      position: 'absolute',
      insetBlock: 0,
      right: 0,
      zIndex: 2,
      width: 9,
      cursor: 'col-resize',
      touchAction: 'none',
      '&::after': { content: '""', position: 'absolute', insetBlock: 7, right: 0, width: 1, background: colors.border.medium },
      '&:hover::after': { insetBlock: 0, width: 2, background: colors.primary.border },
    }),
    sticky: css({ position: 'sticky', top: HEADER_HEIGHT, zIndex: 3, height: 0 }),
    row: css({
      position: 'absolute',
      top: 0,
      left: 0,
      right: 0,
      display: 'flex',
      height: 'var(--row-height)',
      borderBottom: `1px solid ${colors.border.weak}`,
      contain: 'strict',
      lineHeight: 'calc(var(--row-height) - 1px)',
      '&[data-branch]': { background: colors.background.secondary, fontWeight: theme.typography.fontWeightMedium },
      '[data-wide] &[data-branch] > :first-child': { background: colors.background.secondary },
      '&:hover': { background: colors.action.hover },
      '[data-wide] &:hover > :first-child': { background: over(colors.action.hover) },
      '&[aria-selected=true]': { background: colors.action.selected, boxShadow: `inset 2px 0 ${colors.primary.border}` },
      '[data-wide] &[aria-selected=true] > :first-child': { background: over(colors.action.selected), boxShadow: `inset 2px 0 ${colors.primary.border}` },
      '&[data-context] > *': { color: colors.text.disabled },
      '&[data-spare]': { contentVisibility: 'hidden' },
    }),
    stuck: css({ background: ground, cursor: 'pointer', '&[data-last]': { borderBottomColor: colors.border.strong, boxShadow: theme.shadows.z1, contain: 'none' } }),
    cell: css({
      minWidth: 0,
      padding: '0 8px',
      whiteSpace: 'nowrap',
      // Each clip costs time in every frame: only texts can be too long.
      '&:not([data-number])': oneLine,
      color: colors.text.primary,
      '&[data-number]': { textAlign: 'right' },
      '&[data-faint]': { color: colors.text.disabled },
    }),
    label: css({
      display: 'flex',
      paddingLeft: 4,
      // Only where there is something to scroll to: each of these costs a layer.
      '[data-wide] &': { position: 'sticky', left: 0, zIndex: 1, background: ground },
    }),
    indent: css({
      flex: 'none',
      width: `calc(min(var(--depth), var(--levels)) * ${INDENT}px)`,
      background: `repeating-linear-gradient(to right, transparent 0 8px, ${colors.border.weak} 8px 9px, transparent 9px ${INDENT}px)`,
    }),
    level: css({ flex: 'none', padding: '0 2px', color: colors.text.disabled, fontSize: 10 }),
    twist: css({
      flex: 'none',
      width: 20,
      height: '100%',
      display: 'grid',
      placeItems: 'center',
      color: colors.text.secondary,
      '[aria-expanded] > * > &': { cursor: 'pointer' },
      '[aria-expanded] > * > &::before': {
        content: '""',
        width: 6,
        height: 6,
        border: 'solid currentcolor',
        borderWidth: '0 1.5px 1.5px 0',
        transform: 'translateX(-1px) rotate(-45deg)',
      },
      '[aria-expanded=true] > * > &::before': { transform: 'translateY(-2px) rotate(45deg)' },
    }),
    text: css({ ...oneLine, minWidth: 0, color: 'inherit' }),
    link: css({ cursor: 'pointer', '&:hover': { color: colors.text.link, textDecoration: 'underline' } }),
    badge: css({
      flex: 'none',
      alignSelf: 'center',
      marginLeft: 6,
      padding: '0 6px',
      borderRadius: theme.shape.radius.pill,
      background: colors.background.secondary,
      color: colors.text.secondary,
      fontSize: 11,
      lineHeight: '16px',
    }),
    gauge: css({ display: 'grid', gridTemplateColumns: '1fr auto', alignItems: 'center', gap: 6 }),
    bar: css({ height: '45%', minWidth: 8, borderRadius: theme.shape.radius.default, background: colors.background.secondary, '& > span': { display: 'block', height: '100%', borderRadius: 'inherit' } }),
    mark: css({ borderRadius: 2, background: colors.warning.transparent, boxShadow: `inset 0 -1px ${colors.warning.border}`, color: 'inherit', padding: 0 }),
  };
}

export type TableStyles = ReturnType<typeof getTableStyles>;
