// Values as people read them, and the columns that a table of runs may have.
import type { Overview, Run } from "./data";

export interface Column {
  id: string;
  title: string;
  group: "run" | "setting" | "metric";
  /** Shown only where it is asked for. */
  extra?: boolean;
  /** The metric whose series is drawn in the cells. */
  spark?: string;
}

const FIRST: [string, string][] = [["name", "run"], ["status", "status"], ["started_at", "started (UTC)"], ["duration_s", "lasted"]];
const OWN: [string, string][] = [
  ["project", "project"], ["group_name", "group"], ["notes", "notes"], ["framework", "framework"], ["host", "host"], ["user_name", "user"], ["git_commit", "commit"],
  ["command", "command"], ["tags", "tags"], ["formats", "read from"], ["source", "source"], ["run_id", "id"],
];
const PLACES = ["last", "min", "max", "mean", , , , "tail"];
const WORDS: Record<string, string> = { min: "min", max: "max", mean: "mean", tail: "mean of last 10%" };

/** All columns: the run's own, a column a setting, and of each metric its best (or last) value. */
export function columnsOf(overview: Overview): Column[] {
  const own = (pairs: [string, string][]) => pairs.map(([id, title]) => ({ id, title, group: "run" as const }));
  const settings = overview.params.map((p) => ({ id: `p:${p.key}`, title: p.key, group: "setting" as const }));
  const ranked = [...overview.metrics].sort((a, b) => Number(b.goal !== "unknown") - Number(a.goal !== "unknown"));
  const placesOf = (m: Overview["metrics"][0]): Column[] => {
    const best = m.goal === "unknown" || m.most === 1 ? [] : [m.goal];
    const own = ["last", ...best].map((w): Column => ({ id: `m:${w}:${m.name}`, title: w === "last" ? m.name : `${m.name} (best)`, group: "metric", ...(w === "last" && m.most > 1 ? { spark: m.name } : {}) }));
    const extra = m.most === 1 ? [] : Object.keys(WORDS).filter((w) => w !== m.goal);
    return [...own, ...extra.map((w): Column => ({ id: `m:${w}:${m.name}`, title: `${m.name} (${WORDS[w]})`, group: "metric", extra: true }))];
  };
  const told = Math.min(8, overview.metrics.filter((m) => m.goal !== "unknown").length);
  return [...own(FIRST), ...ranked.slice(0, told).flatMap(placesOf), ...settings, ...own(OWN), ...ranked.slice(told).flatMap(placesOf)];
}

/** Columns in the order that they were moved to, each move (COLUMN, the one it stands before) after the other; the name and those
 *  that are pinned stand first. */
export function arranged(columns: Column[], moved: string[][], pinned: Set<string>): Column[] {
  const list = [...columns];
  for (const [id, before] of moved) {
    const from = list.findIndex((c) => c.id === id);
    if (from < 0) continue;
    const [column] = list.splice(from, 1);
    const to = list.findIndex((c) => c.id === before);
    list.splice(to < 0 ? list.length : to, 0, column!);
  }
  const rank = (c: Column) => (c.id === "name" ? 0 : pinned.has(c.id) ? 1 : 2);
  return list.sort((a, b) => rank(a) - rank(b));
}

/** A run's value in a column: name, p:KEY, or m:last|min|max|mean|tail:METRIC. */
export function valueOf(run: Run, column: string): unknown {
  if (column.startsWith("p:")) return run.p[column.slice(2)];
  if (column.startsWith("m:")) {
    const [, which, ...name] = column.split(":");
    return run.m[name.join(":")]?.[PLACES.indexOf(which ?? "last")];
  }
  return run[column];
}

export function shown(value: unknown, column = ""): string {
  if (value === null || value === undefined) return "";
  if (column === "duration_s" && typeof value === "number") return lasted(value);
  if (column === "started_at") return String(value).slice(0, 16).replace("T", " ");
  if (typeof value === "number") return short(value);
  return Array.isArray(value) ? value.join(", ") : String(value);
}

export function short(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return value.toLocaleString("en");
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e6) ? value.toExponential(3) : String(Number(value.toPrecision(5)));
}

/** How much a number is more or less than another, with its sign; nothing for what is equal or no number. */
export function delta(base: unknown, value: unknown): string {
  if (typeof base !== "number" || typeof value !== "number" || base === value) return "";
  const by = Number((value - base).toPrecision(3));
  return Number.isFinite(by) && by !== 0 ? `${by > 0 ? "+" : ""}${short(by)}` : "";
}

export function lasted(s: number): string {
  if (s < 60) return `${s.toFixed(s < 10 ? 1 : 0)} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${String(Math.floor(s % 60)).padStart(2, "0")} s`;
  return `${Math.floor(s / 3600)} h ${String(Math.floor((s % 3600) / 60)).padStart(2, "0")} min`;
}
