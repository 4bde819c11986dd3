// Pure arithmetic of curves: smoothing, other axes, differences.
import type { Line } from "./data";
import type { X } from "./state";

/** Exponential mean without the bias of its start; what is not finite is passed over. */
export function smoothed(values: ArrayLike<number>, weight: number): Float64Array {
  const out = new Float64Array(values.length);
  let sum = 0;
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    const v = values[i]!;
    if (Number.isFinite(v)) {
      sum = sum * weight + v * (1 - weight);
      total = total * weight + (1 - weight);
    }
    out[i] = Number.isFinite(v) && total > 0 ? sum / total : NaN;
  }
  return out;
}

/** A line's x in another unit: steps, epochs, hours since its first time, or Unix seconds; null where it has none. */
export function xs(line: Line, x: X): Float64Array | null {
  if (x === "step") return line.x;
  if (x === "epoch") return line.kind === "epoch" ? line.x : has(line.epoch) ? Float64Array.from(line.epoch) : null;
  if (!has(line.wall)) return null;
  if (x === "wall") return line.wall;
  const first = line.wall.find((w) => Number.isFinite(w)) ?? 0;
  return line.wall.map((w) => w - first);
}

const has = (values: ArrayLike<number>) => values.length > 0 && Number.isFinite(values[0]);

/** What is drawn at an x that only one of two lines has: the straight line between its neighbours, NaN outside. */
export function at(line: { x: ArrayLike<number>; y: ArrayLike<number> }, x: number): number {
  const n = line.x.length;
  if (n === 0 || x < line.x[0]! || x > line.x[n - 1]!) return NaN;
  let low = 0;
  let high = n - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (line.x[middle]! < x) low = middle + 1;
    else high = middle;
  }
  if (line.x[low] === x || low === 0) return line.y[low]!;
  const a = line.x[low - 1]!;
  const share = (x - a) / (line.x[low]! - a);
  return line.y[low - 1]! * (1 - share) + line.y[low]! * share;
}

/** Second less first where both are drawn, on the x of both. */
export function difference(a: Line, b: Line): { x: number[]; y: number[] } {
  const [p, q] = [{ x: a.x, y: a.mean }, { x: b.x, y: b.mean }];
  const shared = [...new Set([...a.x, ...b.x])].sort((m, n) => m - n);
  const found = shared.map((x) => [x, at(q, x) - at(p, x)] as const).filter(([, y]) => Number.isFinite(y));
  return { x: found.map(([x]) => x), y: found.map(([, y]) => y) };
}

/** A few means of a long series. */
export function coarse(values: ArrayLike<number>, most = 48): number[] {
  const n = Math.min(most, values.length);
  return Array.from({ length: n }, (_, k) => {
    const [from, to] = [Math.floor((k * values.length) / n), Math.floor(((k + 1) * values.length) / n)];
    const good = Array.from({ length: to - from }, (_, i) => values[from + i]!).filter(Number.isFinite);
    return good.length ? good.reduce((a, b) => a + b, 0) / good.length : NaN;
  });
}

/** Values below which shares of a histogram lie; of boxes (from, to, count) in order, each taken as even. */
export function quantiles(boxes: (readonly [number, number, number])[], shares: number[]): number[] {
  const total = boxes.reduce((n, [, , c]) => n + c, 0);
  return shares.map((share) => {
    let left = share * total;
    for (const [a, b, n] of boxes) {
      if (left <= n) return a + ((b - a) * left) / n;
      left -= n;
    }
    return boxes[boxes.length - 1]?.[1] ?? NaN;
  });
}
