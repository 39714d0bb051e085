import * as React from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, type IconName, LoadingPlaceholder, useStyles2 } from '@grafana/ui';

interface Props {
  /** Of a message that is to be noticed. */
  icon?: IconName;
  title: string;
  /** What a person can do about it. */
  hint?: string;
}

/** What stands in the panel while there are no rows, and why. */
export function Message({ icon, title, hint }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.box} role="status">
      <div>{icon && <Icon name={icon} />} {title}</div>
      {hint && <div className={styles.hint}>{hint}</div>}
    </div>
  );
}

export function Loading() {
  const styles = useStyles2(getStyles);
  return <div className={styles.box}><LoadingPlaceholder text="Loading" /></div>;
}

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({
    flex: 1,
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    justifyContent: 'center',
    gap: theme.spacing(1),
    padding: theme.spacing(2),
    textAlign: 'center',
  }),
  hint: css({ maxWidth: 480, color: theme.colors.text.secondary }),
});
