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
  popup: css({ display: 'flex', flexDirection: 'column', alignItems: 'flex-start', gap: theme.spacing(1), maxHeight: 340, overflow: 'auto', minWidth: 180 }),
  list: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(0.5), '& label': { whiteSpace: 'nowrap' } }),
  group: css({ alignSelf: 'stretch', margin: 0 }),
  title: css({ marginBottom: theme.spacing(0.5), fontWeight: theme.typography.fontWeightMedium }),
  choices: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(0.5), maxHeight: 148, overflow: 'auto' }),
  count: css({ color: theme.colors.text.secondary, marginLeft: theme.spacing(0.5) }),
});
