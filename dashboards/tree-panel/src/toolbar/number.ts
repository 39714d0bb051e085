const PREFIXES: Record<string, number> = { k: 1e3, m: 1e6, g: 1e9, t: 1e12, ki: 2 ** 10, mi: 2 ** 20, gi: 2 ** 30, ti: 2 ** 40 };

/**
 * Reads a value as a person writes it: 0.5, 20M, 1.5 GiB, 10%.
 * @returns undefined for what is no value.
 */
export function parseNumber(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d*)?|\.\d+)\s*(?:([kmgt]i?)?b?(?:\/s)?|(%))\s*$/i.exec(text);
  if (!match) return undefined;
  const [, digits, prefix, percent] = match;
  return Number(digits) * (prefix ? PREFIXES[prefix.toLowerCase()] : 1) / (percent ? 100 : 1);
}
