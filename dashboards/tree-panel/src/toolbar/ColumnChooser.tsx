import * as React from 'react';
import { Button, Checkbox, useStyles2 } from '@grafana/ui';
import type { SetViewState } from '../view-state.ts';
import { Popup, getPopupStyles } from './Popup.tsx';
import { useShown } from './shown.ts';

interface Props {
  /** Whether a person chose columns before. */
  isChosen: boolean;
  isNarrow: boolean;
  setView: SetViewState;
}

/** Lets a person choose the columns. Until then the panel shows those that fit. */
export function ColumnChooser({ isChosen, isNarrow, setView }: Props) {
  return (
    <Popup icon="columns" label="Columns" isNarrow={isNarrow}>
      <Choices {...{ isChosen, setView }} />
    </Popup>
  );
}

function Choices({ isChosen, setView }: Omit<Props, 'isNarrow'>) {
  const { columns, paint } = useShown();
  const styles = useStyles2(getPopupStyles);
  const now = paint.columns.map(({ key }) => key);
  const toggle = (key: string) => {
    const keys = now.includes(key) ? now.filter((k) => k !== key) : [...now, key];
    setView({ columns: columns.map((c) => c.key).filter((k) => keys.includes(k)) });
  };
  return (
    <div className={styles.popup}>
      <div className={styles.list}>
        {columns.map(({ key, title, isLabel }) => (
          <Checkbox key={key} label={title} value={now.includes(key)} disabled={isLabel} onChange={() => toggle(key)} />
        ))}
      </div>
      {isChosen && <Button size="sm" variant="secondary" fill="text" onClick={() => setView({ columns: undefined })}>Default columns</Button>}
    </div>
  );
}
