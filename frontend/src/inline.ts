// The report's data: JSON and blocks that stand in the page itself.
import { readBlock, num, SAFE, type Detail, type GroupAnswer, type ImportanceAnswer, type Item, type Line, type Overview, type Provider, type Run, type Trace } from "./data";
import { matches, parseFilter, type Columns } from "./filter";
import { valueOf } from "./format";
import { coarse } from "./series";

interface Study {
  overview: Overview;
  runs: Run[];
  details: Record<string, Detail>;
  groups: Record<string, GroupAnswer>;
  importance: Record<string, ImportanceAnswer>;
  traces: Record<string, Trace>;
  title: string;
  notes: string[];
  digest: string;
  written_at: string;
}

const MOST = 1000;

async function unpack(text: string): Promise<Line[]> {
  const packed = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return readBlock(new Uint8Array(await new Response(stream).arrayBuffer()));
}

export function inlineProvider(): Provider | null {
  const element = document.getElementById("study");
  if (!element) return null;
  const study = JSON.parse(element.textContent ?? "") as Study;
  const byId = new Map(study.runs.map((r) => [r.run_id, r]));
  const known: Columns = {
    params: new Set(study.overview.params.map((p) => p.key)),
    metrics: new Set(study.overview.metrics.map((m) => m.name)),
  };
  const blocks = new Map<string, Promise<Line[]>>();
  const block = (metric: string) => {
    if (!blocks.has(metric)) {
      const found = [...document.querySelectorAll<HTMLScriptElement>("script.block")].find((s) => s.dataset.metric === metric);
      blocks.set(metric, found ? unpack(found.textContent ?? "") : Promise.resolve([]));
    }
    return blocks.get(metric)!;
  };
  return {
    live: false,
    title: study.title,
    notes: study.notes,
    footer: `${study.overview.counts.read_at ?? ""} read, ${study.written_at} written, data ${study.digest}`,
    overview: async () => study.overview,
    async runs({ filter, sort, down, offset, limit }) {
      const tree = parseFilter(filter, known);
      const found = study.runs.filter((r) => matches(tree, r));
      if (sort) found.sort(order(sort, down));
      return { runs: found.slice(offset, offset + limit), total: found.length };
    },
    some: async (ids) => ids.flatMap((id) => byId.get(id) ?? []),
    async lines(metric, ids) {
      const wanted = new Map(ids.map((id, i) => [id, i]));
      return (await block(metric)).filter((l) => wanted.has(l.run)).sort((a, b) => wanted.get(a.run)! - wanted.get(b.run)!);
    },
    async sparks(metric, ids) {
      const wanted = new Set(ids);
      return new Map((await block(metric)).filter((l) => wanted.has(l.run)).map((l) => [l.run, coarse(l.mean)]));
    },
    detail: async (id) => study.details[id] ?? { sources: [], issues: [], texts: [], media: [], histograms: [], curves: [], tensors: [] },
    async items(kind, filter, words) {
      const tree = parseFilter(filter, known);
      const wanted = words.toLowerCase();
      const rows = study.runs.filter((r) => matches(tree, r)).flatMap((r) => {
        const name = r.name ?? r.run_id;
        const mine = study.details[r.run_id]?.[kind] ?? [];
        return mine.filter((i) => `${i.tag}\n${name}`.toLowerCase().includes(wanted)).map((i) => ({ ...i, run_id: r.run_id, name }) as Item);
      });
      rows.sort((a, b) => (a.tag < b.tag ? -1 : a.tag > b.tag ? 1 : a.name < b.name ? -1 : a.name > b.name ? 1 : (a.step ?? 0) - (b.step ?? 0)));
      return { rows: rows.slice(0, MOST), total: rows.length };
    },
    groups: async (metric) => study.groups[metric] ?? { metric, by: [], seeds: [], groups: [] },
    importance: async (metric) => study.importance[metric] ?? { drivers: [], silent: "This page holds it for the metrics of most runs alone: runlift importance METRIC, or the app, answers it." },
    async trace(run, metric, line, at) {
      const last = study.traces[`${run} ${metric}`];
      const position = line.position[at] ?? 0;
      return last && last.position === position ? last : { source: line.source, position, text: null };
    },
    mediaUrl: (m) => (m.data && SAFE.test(m.mime) ? `data:${m.mime};base64,${m.data}` : null),
  };
}

/** Compares two runs by a column: numbers before words, what is missing last, whichever way it is sorted. */
export function order(column: string, down: boolean): (a: Run, b: Run) => number {
  const sign = down ? -1 : 1;
  return (a, b) => {
    const x = sortable(valueOf(a, column));
    const y = sortable(valueOf(b, column));
    if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1;
    if (typeof x === "number" && typeof y === "number") return sign * (x - y);
    if (typeof x === typeof y) return sign * String(x).localeCompare(String(y), undefined, { numeric: true });
    return typeof x === "number" ? -1 : 1;
  };
}

function sortable(value: unknown): number | string | null {
  if (value === null || value === undefined || value === "") return null;
  if (typeof value === "number") return value;
  if (value === "nan") return null;
  if (value === "inf" || value === "-inf") return num(value);
  return Array.isArray(value) ? value.join(" ") : String(value);
}
