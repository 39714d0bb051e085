import * as React from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, type IconName, Toggletip } from '@grafana/ui';

interface Props {
  icon: IconName;
  label: string;
  /** How many choices are made in it; 0 is not shown. */
  count?: number;
  /** Whether there is room for the icon alone. */
  isNarrow: boolean;
  children: React.ReactElement;
}

/** A button of the toolbar which opens a list of choices. */
export function Popup({ icon, label, count = 0, isNarrow, children }: Props) {
  const name = count > 0 ? `${label} (${count})` : label;
  return (
    <Toggletip content={children} placement="bottom-end" fitContent closeButton={false}>
      <Button size="sm" variant={count > 0 ? 'primary' : 'secondary'} fill={count > 0 ? 'outline' : 'text'} icon={icon} aria-label={name} tooltip={isNarrow ? name : undefined}>
        {isNarrow ? undefined : name}
      </Button>
    </Toggletip>
  );
}

export const getPopupStyles = (theme: GrafanaTheme2) => ({
  popup: css({ display: 'flex', flexDirection: 'column', alignItems: 'flex-start', gap: theme.spacing(1), maxHeight: 380, overflow: 'auto', minWidth: 180, padding: 2, textAlign: 'left' }),
  list: css({ display: 'flex', flexDirection: 'column', alignItems: 'flex-start', gap: theme.spacing(0.5), whiteSpace: 'nowrap' }),
  groups: css({ display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(190px, 1fr))', gap: theme.spacing(1.5), width: 'min(440px, 78vw)' }),
  title: css({ marginBottom: theme.spacing(0.5), fontWeight: theme.typography.fontWeightMedium }),
  choices: css({ display: 'flex', flexDirection: 'column', alignItems: 'flex-start', gap: theme.spacing(0.5), maxHeight: 140, overflow: 'auto', whiteSpace: 'nowrap' }),
  figures: css({ display: 'grid', gridTemplateColumns: 'auto minmax(90px, 1fr)', alignItems: 'center', gap: theme.spacing(0.5, 1), alignSelf: 'start', '& > label': { display: 'contents' } }),
});
