import { type Field, FieldColorModeId, type GrafanaTheme2, colorManipulator } from '@grafana/data';
import type { Column } from '../frame/columns.ts';

const LEVELS = 10;
const STRONGEST = 0.5;

/** The backgrounds of one colour, from weak to strong. */
export type Palette = readonly string[];

/** @param color A colour of the theme's visualization palette, or of CSS. */
export function paletteOf(theme: GrafanaTheme2, color: string): Palette {
  const full = theme.visualization.getColorByName(color);
  return Array.from({ length: LEVELS }, (_, i) => colorManipulator.alpha(full, (STRONGEST * (i + 1)) / LEVELS));
}

/**
 * The background of a value, undefined for none. Small values are many and large ones
 * few, so that the root of the share decides: it tells the small ones apart.
 */
export function heatOf(palette: Palette, value: number, full: number): string | undefined {
  if (!(value > 0) || !(full > 0)) return undefined;
  return palette[Math.min(LEVELS, Math.ceil(Math.sqrt(value / full) * LEVELS)) - 1];
}

/** The value with the full heat: what the field's config says, else what is known of it, else the largest there is. */
export function fullHeat({ field, heat }: Column, values: Float64Array): number {
  return field.config.max ?? heat.heatFull ?? largest(values);
}

function largest(values: Float64Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) if (values[i] > most) most = values[i];
  return most;
}

/**
 * Whether a person chose how the field is coloured. Grafana gives every field thresholds of
 * green and of red from 80 on, which mean nothing for most values: these do not count.
 */
export function hasOwnColors({ config }: Field): boolean {
  const mode = config.color?.mode ?? FieldColorModeId.Thresholds;
  if (mode !== FieldColorModeId.Thresholds) return mode !== FieldColorModeId.PaletteClassic && mode !== FieldColorModeId.PaletteClassicByName;
  const steps = config.thresholds?.steps ?? [];
  const isStock = steps.length === 2 && steps[0].color === 'green' && steps[1].color === 'red' && steps[1].value === 80;
  return steps.length > 1 && !isStock;
}
