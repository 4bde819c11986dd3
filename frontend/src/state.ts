// What is looked at, and the address that says so: every choice stands in the URL's hash, so that it can be sent.
import { computed, effect, signal } from "@preact/signals";
import { num, type Overview, type Provider, type Run } from "./data";

export type X = "step" | "epoch" | "relative" | "wall";
export const VIEWS = ["story", "runs", "charts", "compare", "explore", "media", "tables", "text", "losses", "sql"] as const;
export type View = (typeof VIEWS)[number];

export const provider = signal<Provider>(null as unknown as Provider);
export const overview = signal<Overview>(null as unknown as Overview);
export const view = signal<View>("runs");
export const filter = signal("");
export const sort = signal("started_at");
export const down = signal(true);
export const chosen = signal<string[]>([]);
export const chosenRuns = signal<Run[]>([]);
export const smooth = signal(0.6);
export const x = signal<X>("step");
export const log = signal(false);
export const grouped = signal(false);
export const calm = signal(true);
export const groupBy = signal("");
export const search = signal("");
export const onlyDiffering = signal(true);
export const metric = signal("");
export const failure = signal("");
/** Columns that were asked for (+ID) or put away (-ID), a line each; the others come and go by what they say. */
export const picked = signal("");
/** The run that cells of the table are held against. */
export const baseline = signal("");
/** The table of items: which kind, grouped and sorted by what, holding which words. */
export const itemKind = signal("");
export const itemGroup = signal("tag");
export const itemSort = signal("");
export const itemWords = signal("");
/** What stands in the workbench. */
export const query = signal("");
/** Ranges kept on axes of parallel coordinates, a line each: COLUMN, low, high, with tabs between. */
export const brushes = signal("");
/** What the scatter is over; the two settings of the heatmap. */
export const over = signal("");
export const across = signal("");
export const along = signal("");
/** The step of the sliders of media; the last where it is empty. */
export const mediaStep = signal("");
/** Words that are sought in texts, and in lines side by side. */
export const words = signal("");
export const lineWords = signal("");
/** A closer look at charts, a line each: METRIC, from, to, with tabs between. */
export const zooms = signal("");
/** The metrics whose chart is shown as a table too, a line each. */
export const tabled = signal("");
/** The run whose card is open. */
export const open = signal("");
/** The two runs whose texts and pictures are held against each other; the first two where they are empty. */
export const left = signal("");
export const right = signal("");
/** How pictures of those two are shown, and how much of the second is seen through the first. */
export const laid = signal("");
export const veil = signal("0.5");
/** How histograms are drawn over steps. */
export const drawnAs = signal("");
/** Columns that were moved, a line each: COLUMN, the one that it stands before, with a tab between. */
export const moves = signal("");
export const sparks = signal(true);

const PALETTE = ["#2563eb", "#d97706", "#059669", "#db2777", "#7c3aed", "#0e7490", "#b91c1c", "#4d7c0f", "#64748b", "#a16207"];
const DASHES: number[][] = [[], [6, 4], [2, 3]];

/** Each chosen run keeps its colour and dash while it is chosen, whatever else is added or taken away; those that are not placed yet
 *  are placed in the order that they were chosen in, so that an address gives the same colours whichever view it opens. */
const places = new Map<string, number>();
export function look(run: string): { color: string; dash: number[] } {
  if (!places.has(run)) for (const id of chosen.value.includes(run) ? chosen.value : [run]) place(id);
  const i = places.get(run)!;
  return { color: PALETTE[i % PALETTE.length]!, dash: DASHES[Math.floor(i / PALETTE.length) % DASHES.length]! };
}

function place(run: string): void {
  if (places.has(run)) return;
  const taken = new Set([...places].filter(([id]) => chosen.value.includes(id)).map(([, i]) => i));
  let free = 0;
  while (taken.has(free)) free++;
  places.set(run, free);
}

export const goalOf = (name: string) => overview.value.metrics.find((m) => m.name === name)?.goal ?? "unknown";
export const nameOf = (id: string) => chosenRuns.value.find((r) => r.run_id === id)?.name ?? id.slice(0, 8);
export const mainMetric = computed(() => metric.value || (overview.value?.metrics.find((m) => m.goal !== "unknown") ?? overview.value?.metrics[0])?.name || "");

/** The value of a metric that counts for a run: its best, or its last where it is not known which way it is better. */
export function best(run: Run, name: string): number {
  const values = run.m[name];
  const goal = goalOf(name);
  return values ? num(values[goal === "min" ? 1 : goal === "max" ? 2 : 0]) : NaN;
}

export function toggle(id: string): void {
  chosen.value = chosen.value.includes(id) ? chosen.value.filter((r) => r !== id) : [...chosen.value, id];
}

const FIELDS = {
  v: view, f: filter, s: sort, m: metric, x, g: groupBy, q: search, c: picked, b: baseline, k: itemKind, kg: itemGroup, ks: itemSort, kw: itemWords,
  sql: query, br: brushes, ov: over, hx: across, hy: along, st: mediaStep, w: words, lw: lineWords, z: zooms, tb: tabled, o: open,
  pa: left, pb: right, pm: laid, po: veil, hm: drawnAs, co: moves,
} as const;
const FLAGS = { d: down, log, grouped, calm, diff: onlyDiffering, sp: sparks } as const;

/** Lines of a field, each split at its tabs. */
export const linesOf = (field: string): string[][] => field.split("\n").filter(Boolean).map((l) => l.split("\t"));

/** A field of lines with the line of a name put last, or taken away where there are no values. */
export function withLine(field: string, name: string, values: (string | number)[] | null): string {
  const others = field.split("\n").filter((l) => l && l.split("\t")[0] !== name);
  return [...others, ...(values ? [[name, ...values].join("\t")] : [])].join("\n");
}

const STARTS = Object.fromEntries([...Object.entries(FIELDS), ...Object.entries(FLAGS)].map(([key, field]) => [key, field.value]));

/** Takes what the address says; of what it does not name, the start (an empty filter is not named), but for chosen runs. */
export function readAddress(): void {
  const said = new URLSearchParams(location.hash.slice(1));
  for (const [key, field] of Object.entries(FIELDS)) (field as { value: string }).value = said.get(key) ?? (STARTS[key] as string);
  for (const [key, flag] of Object.entries(FLAGS)) {
    const value = said.get(key);
    flag.value = value === null ? (STARTS[key] as boolean) : value === "1";
  }
  if (said.has("r")) chosen.value = [...new Set(said.get("r")!.split(",").filter(Boolean))];
  if (said.has("smooth")) smooth.value = Math.min(0.99, Math.max(0, Number(said.get("smooth")) || 0));
  if (!VIEWS.includes(view.value)) view.value = "runs";
}

/** The hash that says all that is looked at. */
export function address(): string {
  const said = new URLSearchParams();
  for (const [key, field] of Object.entries(FIELDS)) if (field.value !== STARTS[key]) said.set(key, field.value);
  for (const [key, flag] of Object.entries(FLAGS)) if (flag.value !== STARTS[key]) said.set(key, flag.value ? "1" : "0");
  said.set("v", view.value);
  said.set("r", chosen.value.join(","));
  said.set("smooth", String(smooth.value));
  return `#${said}`;
}

/** Browsers refuse an address that changes more often than some twenty times a second, as under a slider. */
const REST_MS = 120;

export function keepAddress(): void {
  let next = "";
  let waits = 0;
  const write = () => {
    if (next && next !== location.hash) history.replaceState(null, "", next);
    next = "";
  };
  effect(() => {
    next = address();
    if (waits) return;
    write();
    waits = window.setTimeout(() => ((waits = 0), write()), REST_MS);
  });
  addEventListener("pagehide", write);
  addEventListener("hashchange", readAddress);
}

export function keepRuns(): void {
  effect(() => {
    const ids = chosen.value;
    void provider.value.some(ids).then((runs) => {
      if (ids === chosen.value) chosenRuns.value = runs;
    }, fail);
  });
}

export function fail(error: unknown): void {
  failure.value = error instanceof Error ? error.message : String(error);
}
