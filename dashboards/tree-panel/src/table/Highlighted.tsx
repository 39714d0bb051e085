import * as React from 'react';
import { occurrences } from '../../../../tree-api/web/model/occurrences.js';

interface Props {
  text: string;
  /** In lower case. */
  words: readonly string[];
  className: string;
}

/** A text with every occurrence of a word marked. */
export function Highlighted({ text, words, className }: Props) {
  const ranges = words.length === 0 ? [] : occurrences(text, words);
  if (ranges.length === 0) return <>{text}</>;
  const parts: React.ReactNode[] = [];
  let end = 0;
  for (const [from, to] of ranges) {
    parts.push(text.slice(end, from), <mark key={from} className={className}>{text.slice(from, to)}</mark>);
    end = to;
  }
  return <>{parts}{text.slice(end)}</>;
}
