// What the page knows of a store, and where it comes from: data in the page itself (report) or a local server (app).

/** last, min, max, mean, last step, points, points that are not finite, and where it was asked for the mean of the last tenth;
 *  numbers that are not finite come as words. */
export type MetricValues = [Num, Num, Num, Num, number | null, number, number, Num?];
export type Num = number | "nan" | "inf" | "-inf" | null;
export type Cell = string | number | string[] | null | undefined;

export interface Run {
  run_id: string;
  name?: string;
  p: Record<string, string | number>;
  m: Record<string, MetricValues>;
  [column: string]: unknown;
}

export interface Metric {
  name: string;
  runs: number;
  points: number;
  most: number;
  goal: "min" | "max" | "unknown";
  step_kind: string;
}

export interface Overview {
  counts: { runs: number; points: number; sources: number; losses: number; read_at: string | null };
  metrics: Metric[];
  params: { key: string; runs: number; distinct_values: number }[];
  kinds: Record<string, number>;
  /** Name -> the metric that it was confirmed to mean. */
  aliases: Record<string, string>;
}

/** One run's series: x rising, NaN where a bucket has no finite value. */
export interface Line {
  run: string;
  source: string;
  kind: string;
  points: number;
  odd: number;
  x: Float64Array;
  epoch: Float32Array;
  wall: Float64Array;
  low: Float32Array;
  high: Float32Array;
  mean: Float32Array;
  last: Float32Array;
  position: Float64Array;
}

export interface GroupAnswer {
  metric: string;
  by: string[];
  seeds: string[];
  groups: { label: string; run_ids: string[]; step: number[]; n: number[]; mean: Num[]; half: Num[]; final: Num[] }[];
}

export interface ImportanceAnswer {
  silent?: string;
  r2?: number | null;
  runs?: number;
  drivers: { param: string; importance: number; low: number; high: number; correlation: number | null; same_as: string[] }[];
}

export interface Medium {
  tag: string;
  step: number | null;
  kind: string;
  mime: string;
  caption: string | null;
  sha256: string;
  bytes: number;
  data?: string;
}

export interface Detail {
  sources: Record<string, Cell>[];
  issues: { severity: string; code: string; message: string; done: string; help: string; count: number; source: string; position: number }[];
  texts: { tag: string; step: number | null; text: string; length: number; source: string; position: number }[];
  media: Medium[];
  histograms: { tag: string; step: number | null; left: Num[]; right: Num[]; count: Num[] }[];
  curves: { tag: string; step: number | null; kind: string; columns: string[]; values: Num[] }[];
  tensors: { tag: string; step: number | null; plugin: string; dtype: string; shape: number[]; bytes: number }[];
}

export const KINDS = ["media", "histograms", "texts", "curves", "tensors"] as const;
export type Kind = (typeof KINDS)[number];
/** One thing that a run logged besides numbers. */
export type Item = { run_id: string; name: string; tag: string; step: number | null } & Partial<Omit<Medium, "tag" | "step"> & Omit<Detail["texts"][0], "tag" | "step"> & Omit<Detail["histograms"][0], "tag" | "step"> & Omit<Detail["curves"][0], "tag" | "step" | "kind"> & Omit<Detail["tensors"][0], "tag" | "step" | "bytes">>;

export interface Trace {
  source: string;
  position: number;
  text: string | null;
}

export interface Page {
  runs: Run[];
  total: number;
  sql?: string;
}

export interface Query {
  filter: string;
  sort: string;
  down: boolean;
  offset: number;
  limit: number;
  /** The metrics of which the mean of the last tenth is wanted. */
  tails?: string[];
}

export interface Provider {
  live: boolean;
  title: string;
  notes: string[];
  footer: string;
  overview(): Promise<Overview>;
  runs(query: Query): Promise<Page>;
  some(ids: string[], tails?: string[]): Promise<Run[]>;
  /** A few means of each run's series, for a small drawing. */
  sparks(metric: string, ids: string[]): Promise<Map<string, number[]>>;
  lines(metric: string, ids: string[], span?: [number, number]): Promise<Line[]>;
  detail(id: string): Promise<Detail>;
  items(kind: Kind, filter: string, words: string): Promise<{ rows: Item[]; total: number }>;
  groups(metric: string, by: string[], filter: string): Promise<GroupAnswer>;
  importance(metric: string, filter: string): Promise<ImportanceAnswer>;
  trace(run: string, metric: string, line: Line, at: number): Promise<Trace | null>;
  mediaUrl(medium: Medium): string | null;
}

/** What may be shown as an image or a sound; the server gives out nothing else. */
export const SAFE = /^(image\/(png|jpeg|gif|webp|svg\+xml)|audio\/(wav|x-wav|mpeg|ogg))$/;

export function num(value: Num | undefined): number {
  if (typeof value === "number") return value;
  return value === "inf" ? Infinity : value === "-inf" ? -Infinity : NaN;
}

/** Reads a block as runlift/report/blocks.py writes it. */
export function readBlock(bytes: Uint8Array): Line[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = view.getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + size)));
  const total = head.lines.reduce((n: number, l: { k: number }) => n + l.k, 0);
  const exact = new Float64Array(bytes.slice(4 + size, 4 + size + 16 * total).buffer);
  const values = floats(bytes.slice(4 + size + 16 * total), head.shuffle);
  let done = 0;
  let at = 0;
  return head.lines.map((l: Record<string, never> & { k: number; x0: number; shape: string }) => {
    const next = () => values.subarray(at, (at += l.k));
    const x = Float64Array.from(next(), (v) => v + l.x0);
    const epoch = next();
    const columns = l.shape === "raw" ? [next()] : l.shape === "band" ? [next(), next(), next(), next()] : [next(), next()];
    const last = columns[columns.length - 1]!;
    const mean = columns[columns.length - 2] ?? last;
    const position = exact.subarray(done, done + l.k);
    const wall = exact.subarray(total + done, total + done + l.k);
    done += l.k;
    return { ...l, x, epoch, wall, position, last, mean, low: columns.length > 2 ? columns[0] : mean, high: columns.length > 2 ? columns[1] : mean };
  });
}

function floats(bytes: Uint8Array, shuffled: boolean): Float32Array {
  if (!shuffled) return new Float32Array(bytes.buffer);
  const n = bytes.length / 4;
  const out = new Uint8Array(bytes.length);
  for (let b = 0; b < 4; b++) for (let i = 0; i < n; i++) out[4 * i + b] = bytes[b * n + i]!;
  return new Float32Array(out.buffer);
}
