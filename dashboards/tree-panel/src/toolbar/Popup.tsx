import * as React from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, type IconName, useStyles2 } from '@grafana/ui';

interface Props {
  icon: IconName;
  label: string;
  /** How many choices are made in it; 0 is not shown. */
  count?: number;
  /** Whether there is room for the icon alone. */
  isNarrow: boolean;
  children: React.ReactElement;
}

/** Pixels between the button, its list and the edges of the window. */
const GAP = 4;
/** A list as high as this opens below its button if there is room for it. */
const ENOUGH = 220;

/**
 * A button of the toolbar which opens a list of choices. The list is a popover of the browser:
 * it lies above all else, so that no panel clips it, and closes on Escape and on a click
 * elsewhere.
 */
export function Popup({ icon, label, count = 0, isNarrow, children }: Props) {
  const styles = useStyles2(getPopupStyles);
  const id = React.useId();
  const button = React.useRef<HTMLButtonElement>(null);
  const list = React.useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = React.useState(false);
  // Only what is shown has a size, and only what React has drawn a first field: either may come last.
  const settle = () => {
    if (!list.current?.matches(':popover-open')) return;
    place(list.current, button.current!.getBoundingClientRect());
    list.current.querySelector<HTMLElement>('input:enabled, button')?.focus();
  };
  React.useEffect(() => {
    const element = list.current!;
    const open = (event: Event) => setOpen((event as ToggleEvent).newState === 'open');
    element.addEventListener('beforetoggle', open);
    element.addEventListener('toggle', settle);
    return () => {
      element.removeEventListener('beforetoggle', open);
      element.removeEventListener('toggle', settle);
    };
  }, []);
  React.useLayoutEffect(settle, [isOpen]);
  const name = count > 0 ? `${label} (${count})` : label;
  return (
    <>
      <Button
        ref={button}
        size="sm"
        variant={count > 0 ? 'primary' : 'secondary'}
        fill={count > 0 ? 'outline' : 'text'}
        icon={icon}
        aria-label={name}
        aria-expanded={isOpen}
        tooltip={isNarrow ? name : undefined}
        {...{ popovertarget: id }}
      >
        {isNarrow ? undefined : name}
      </Button>
      <div ref={list} id={id} role="dialog" aria-label={label} className={styles.window} {...{ popover: 'auto' }}>
        {isOpen && children}
      </div>
    </>
  );
}

/** Puts an open list below its button, or above where there is more room. */
function place(list: HTMLElement, at: DOMRect): void {
  const below = window.innerHeight - at.bottom - 2 * GAP;
  const above = at.top - 2 * GAP;
  const isBelow = below >= Math.min(ENOUGH, list.scrollHeight) || below >= above;
  list.style.maxHeight = `${isBelow ? below : above}px`;
  list.style.left = `${Math.max(GAP, Math.min(at.right - list.offsetWidth, window.innerWidth - list.offsetWidth - GAP))}px`;
  list.style.top = isBelow ? `${at.bottom + GAP}px` : `${at.top - GAP - list.offsetHeight}px`;
}

export const getPopupStyles = (theme: GrafanaTheme2) => ({
  window: css({
    position: 'fixed', inset: 'auto', margin: 0, padding: theme.spacing(1), overflow: 'auto', border: `1px solid ${theme.colors.border.weak}`, borderRadius: theme.shape.radius.default,
    background: theme.colors.background.elevated ?? theme.colors.background.primary, boxShadow: theme.shadows.z3, color: theme.colors.text.primary,
  }),
  popup: css({ display: 'flex', flexDirection: 'column', alignItems: 'flex-start', gap: theme.spacing(1), minWidth: 180, padding: 2, textAlign: 'left' }),
  list: css({ display: 'flex', flexDirection: 'column', alignItems: 'flex-start', gap: theme.spacing(0.5), whiteSpace: 'nowrap' }),
  groups: css({ display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(190px, 1fr))', gap: theme.spacing(1.5), width: 'min(440px, 78vw)' }),
  title: css({ marginBottom: theme.spacing(0.5), fontWeight: theme.typography.fontWeightMedium }),
  choices: css({ display: 'flex', flexDirection: 'column', alignItems: 'flex-start', gap: theme.spacing(0.5), maxHeight: 140, overflow: 'auto', whiteSpace: 'nowrap' }),
  figures: css({ display: 'grid', gridTemplateColumns: 'auto minmax(90px, 1fr)', alignItems: 'center', gap: theme.spacing(0.5, 1), alignSelf: 'start', '& > label': { display: 'contents' } }),
});
