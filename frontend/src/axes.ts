// Axes of values that runs have: numbers as they are or on a log scale, words in order; colours between two ends.
import type { Run } from "./data";
import { shown } from "./format";

export interface Axis {
  title: string;
  value: (r: Run) => number;
  words: string[];
}

/** An axis of numbers as they are, or of words in order; numbers over two decades on a log scale. */
export function axis(title: string, runs: Run[], raw: (r: Run) => unknown): Axis {
  const values = runs.map(raw);
  if (values.every((v) => v === undefined || (typeof v === "number" && Number.isFinite(v)))) {
    const numbers = values.filter((v): v is number => typeof v === "number");
    const wide = numbers.every((v) => v > 0) && Math.max(...numbers) / Math.min(...numbers) >= 99;
    return { title: wide ? `${title} (log)` : title, value: (r) => (wide ? Math.log10(raw(r) as number) : ((raw(r) as number | undefined) ?? NaN)), words: [] };
  }
  const words = [...new Set(values.map((v) => shown(v)))].filter(Boolean).sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
  const place = (r: Run) => words.indexOf(shown(raw(r)));
  return { title, value: (r) => (place(r) < 0 ? NaN : place(r)), words };
}

/** From blue (least) over grey to orange (most): told apart by those who see no red or green as well. */
export function between(share: number): number[] {
  const [a, b] = share < 0.5 ? [[37, 99, 235], [148, 163, 184]] : [[148, 163, 184], [217, 119, 6]];
  const part = Math.min(1, Math.max(0, share < 0.5 ? 2 * share : 2 * share - 1)) || 0;
  return a!.map((v, i) => Math.round(v + (b![i]! - v) * part));
}

export function span(values: number[]): [number, number] {
  const good = values.filter(Number.isFinite);
  return good.length ? [Math.min(...good), Math.max(...good)] : [0, 1];
}
