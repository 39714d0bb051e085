import * as React from 'react';
import { Button, Checkbox, Input, useStyles2 } from '@grafana/ui';
import type { Filter } from '../../../../tree-api/web/model/filter.js';
import { visible } from '../../../../tree-api/web/visible.js';
import type { Column } from '../frame/columns.ts';
import type { SetViewState } from '../view-state.ts';
import { parseNumber } from './number.ts';
import { Popup, getPopupStyles } from './Popup.tsx';
import { useShown } from './shown.ts';

/** A column with more different texts than this is searched, not chosen from. */
const MOST_CHOICES = 60;

interface Props {
  /** How many conditions there are. */
  count: number;
  isNarrow: boolean;
  setView: SetViewState;
}

export const countConditions = ({ oneOf = {}, atLeast = {} }: Filter): number => Object.keys(oneOf).length + Object.keys(atLeast).length;

/** Conditions on columns: which texts, and how much at least. */
export function FilterMenu({ count, isNarrow, setView }: Props) {
  return (
    <Popup icon="filter" label="Filter" count={count} isNarrow={isNarrow}>
      <Conditions setView={setView} />
    </Popup>
  );
}

function Conditions({ setView }: Pick<Props, 'setView'>) {
  const { tree, columns, filter } = useShown();
  const styles = useStyles2(getPopupStyles);
  const set = (change: Partial<Filter>) => setView({ filter: { ...filter, ...change } });
  const { oneOf = {}, atLeast = {} } = filter;
  const figures = columns.filter((c) => c.isSummed);
  return (
    <div className={styles.popup}>
      <div className={styles.groups}>
        {columns.filter((c) => !c.isNumber).map((column) => (
          <OneOf
            key={column.key}
            column={column}
            counts={tree.model.countBy(column.key)}
            chosen={oneOf[column.key] ?? []}
            onChange={(values) => set({ oneOf: without(oneOf, column.key, values.length > 0 ? values : undefined) })}
          />
        ))}
        {figures.length > 0 && (
          <div role="group" aria-label="At least">
            <div className={styles.title}>At least</div>
            <div className={styles.figures}>
              {figures.map((column) => (
                <AtLeast key={column.key} column={column} value={atLeast[column.key]} onChange={(value) => set({ atLeast: without(atLeast, column.key, value) })} />
              ))}
            </div>
          </div>
        )}
      </div>
      {countConditions(filter) > 0 && (
        <Button size="sm" variant="secondary" onClick={() => set({ oneOf: undefined, atLeast: undefined })}>Remove all</Button>
      )}
    </div>
  );
}

/** The conditions with one of them set, or taken away. */
function without<T>(all: Record<string, T>, key: string, value: T | undefined): Record<string, T> {
  const { [key]: _, ...rest } = all;
  return value === undefined ? rest : { ...rest, [key]: value };
}

interface AtLeastProps {
  column: Column;
  value: number | undefined;
  onChange: (value: number | undefined) => void;
}

function AtLeast({ column, value, onChange }: AtLeastProps) {
  const [text, setText] = React.useState(value === undefined ? '' : String(value));
  const isWrong = text.trim() !== '' && parseNumber(text) === undefined;
  return (
    <label>
      <span>{column.title}</span>
      <Input
        value={text}
        invalid={isWrong}
        placeholder="1, 20M"
        title="A value, with k, M, G, Ki, Mi or Gi after it if you like"
        onChange={(event) => {
          setText(event.currentTarget.value);
          onChange(parseNumber(event.currentTarget.value));
        }}
      />
    </label>
  );
}

interface OneOfProps {
  column: Column;
  /** How many rows have each text. */
  counts: Map<string, number>;
  chosen: readonly string[];
  onChange: (values: string[]) => void;
}

function OneOf({ column, counts, chosen, onChange }: OneOfProps) {
  const styles = useStyles2(getPopupStyles);
  if (counts.size > MOST_CHOICES || (counts.size < 2 && chosen.length === 0)) return null;
  const values = [...new Set([...counts.keys(), ...chosen])].sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0) || (a < b ? -1 : 1));
  const toggle = (value: string) => onChange(chosen.includes(value) ? chosen.filter((v) => v !== value) : [...chosen, value]);
  return (
    <div role="group" aria-label={column.title}>
      <div className={styles.title}>{column.title}</div>
      <div className={styles.choices}>
        {values.map((value) => (
          <Checkbox key={value} label={`${visible(value) || '(none)'} (${counts.get(value) ?? 0})`} value={chosen.includes(value)} onChange={() => toggle(value)} />
        ))}
      </div>
    </div>
  );
}
