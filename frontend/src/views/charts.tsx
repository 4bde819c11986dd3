// All metrics of the chosen runs: a chart each, drawn when it comes into sight.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Chart, type Curve } from "../chart";
import { Names } from "./names";
import { num, type GroupAnswer, type Line, type Metric, type Trace } from "../data";
import { short } from "../format";
import { wide } from "../pan";
import { smoothed, xs } from "../series";
import { calm, chosen, chosenRuns, fail, filter, grouped, groupBy, linesOf, log, look, nameOf, overview, provider, search, smooth, view, withLine, x, zooms, type X } from "../state";

const DRAWN = 50;
const CALM = 12;
const GROUP_COLORS = ["#2563eb", "#d97706", "#059669", "#db2777", "#7c3aed", "#0e7490", "#b91c1c", "#4d7c0f"];

export function Charts() {
  const mine = useMemo(() => {
    const aliases = overview.value.aliases;
    const seen = new Set(chosenRuns.value.flatMap((r) => Object.keys(r.m).map((m) => aliases[m] ?? m)));
    const found = search.value.toLowerCase();
    return overview.value.metrics.filter((m) => (grouped.value || seen.has(m.name)) && (grouped.value || !aliases[m.name]) && m.most > 1 && m.name.toLowerCase().includes(found));
  }, [chosenRuns.value, search.value, grouped.value, overview.value]);
  return (
    <section class="view wide" aria-label="Charts">
      <Controls />
      {provider.value.live && <Names />}
      {!chosen.value.length && !grouped.value && <p class="empty">Choose runs in the table of runs, or show means of groups.</p>}
      {chosen.value.length > DRAWN && !grouped.value && <p class="note">Showing {DRAWN} of {chosen.value.length} chosen runs.</p>}
      <div class="grid">
        {mine.map((m) => <MetricChart key={m.name} metric={m} />)}
      </div>
    </section>
  );
}

export function Controls() {
  return (
    <div class="bar-row">
      <label>find <input value={search.value} onInput={(e) => (search.value = e.currentTarget.value)} placeholder="metric" size={14} /></label>
      <label>
        smooth <input type="range" min="0" max="0.99" step="0.01" value={smooth.value} onInput={(e) => (smooth.value = Number(e.currentTarget.value))} />
        <output>{smooth.value.toFixed(2)}</output>
      </label>
      <label>
        over{" "}
        <select value={x.value} data-testid="axis" onChange={(e) => ((x.value = e.currentTarget.value as X), (zooms.value = ""))}>
          <option value="step">step</option>
          <option value="epoch">epoch</option>
          <option value="relative">time since start</option>
          <option value="wall">date and time</option>
        </select>
      </label>
      <label class="check"><input type="checkbox" checked={log.value} onChange={(e) => (log.value = e.currentTarget.checked)} /> log scale</label>
      <label class="check" title="An axis that a few wild values would flatten shows the others"><input type="checkbox" checked={calm.value} onChange={(e) => (calm.value = e.currentTarget.checked)} /> leave out extremes</label>
      <label class="check"><input type="checkbox" checked={grouped.value} onChange={(e) => (grouped.value = e.currentTarget.checked)} /> means of groups</label>
      {view.value === "charts" && chosen.value.length > 0 && <Legend />}
    </div>
  );
}

export function Legend() {
  return (
    <ul class="legend" aria-label="Chosen runs">
      {chosenRuns.value.slice(0, DRAWN).map((r) => (
        <li key={r.run_id}>
          <i style={{ background: look(r.run_id).color }} /> {r.name ?? r.run_id}
        </li>
      ))}
    </ul>
  );
}

/** Becomes true when the element first comes near the window. */
export function useSeen(ref: { current: HTMLElement | null }): boolean {
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (!ref.current) return;
    const watch = new IntersectionObserver((e) => e.some((v) => v.isIntersecting) && setSeen(true), { rootMargin: "200px" });
    watch.observe(ref.current);
    return () => watch.disconnect();
  }, []);
  return seen;
}

export function MetricChart({ metric, height = 240 }: { metric: Metric; height?: number }) {
  const box = useRef<HTMLDivElement>(null);
  const seen = useSeen(box);
  const [lines, setLines] = useState<Line[]>([]);
  const [busy, setBusy] = useState(true);
  const [means, setMeans] = useState<GroupAnswer | null>(null);
  const [from, to] = (linesOf(zooms.value).find(([name]) => name === metric.name) ?? []).slice(1).map(Number);
  const span = useMemo((): [number, number] | null => (Number.isFinite(from) && Number.isFinite(to) ? [from!, to!] : null), [from, to]);
  const setSpan = (s: [number, number] | null) => (zooms.value = withLine(zooms.value, metric.name, s && s.map((v) => Number(v.toPrecision(12)))));
  // The store is asked for a stretch of steps; over another axis, and in a report, what is there is shown closer.
  const stretch = useMemo(() => (provider.value.live && x.value === "step" && span ? wide(span) : null), [span, x.value]);
  const [picked, setPicked] = useState<{ trace: Trace | null; label: string } | null>(null);
  const ids = chosen.value.slice(0, DRAWN).join();
  const others = Object.entries(overview.value.aliases).flatMap(([name, meant]) => (meant === metric.name ? [name] : []));
  const by = groupBy.value.startsWith("p:") ? groupBy.value.slice(2) : "";
  useEffect(() => {
    if (!seen) return;
    let gone = false;
    if (grouped.value) provider.value.groups(metric.name, by ? [by] : [], filter.value).then((g) => !gone && (setMeans(g), setBusy(false)), fail);
    else provider.value.lines(metric.name, ids ? ids.split(",") : [], stretch ?? undefined).then((l) => !gone && (setLines(l), setBusy(false)), fail);
    return () => void (gone = true);
  }, [seen, ids, grouped.value, by, filter.value, metric.name, stretch, others.join()]);
  const curves = useMemo(
    () => (grouped.value ? groupCurves(means) : lineCurves(lines)),
    [lines, means, smooth.value, x.value, grouped.value, chosenRuns.value],
  );
  const odd = lines.reduce((n, l) => n + l.odd, 0);
  const without = lines.length - curves.length;
  const notes = [others.length && !grouped.value ? `with ${others.join(", ")}` : "", odd ? `${odd} values are not finite` : "", without > 0 && !grouped.value ? `${without} runs have no ${x.value}` : "", span ? "double click: whole range; shift and drag: along it" : ""];
  const pick = async (curve: Curve, at: number) => {
    const line = lines.find((l) => l.run === curve.id);
    const over = line && xs(line, x.value);
    if (!line || !over) return;
    const i = over.findIndex((v) => v >= at);
    setPicked({ trace: await provider.value.trace(line.run, metric.name, line, i < 0 ? over.length - 1 : i).catch(() => null), label: `${nameOf(line.run)}, ${metric.name} at ${short(at)}` });
  };
  return (
    <div ref={box} class="cell" data-seen={seen}>
      <Chart title={metric.name} busy={busy} curves={curves} log={log.value} calm={calm.value} xLabel={grouped.value ? "step" : axisName(lines)} time={x.value === "wall" && !grouped.value} height={height} range={span} note={notes.filter(Boolean).join("; ")} onPick={(c, at) => void pick(c, at)} onZoom={setSpan} />
      {picked && <Provenance {...picked} close={() => setPicked(null)} />}
      {grouped.value && means && <GroupLegend means={means} />}
    </div>
  );
}

function axisName(lines: Line[]): string {
  if (x.value === "step" && lines.length) return lines.every((l) => l.kind === lines[0]!.kind) ? lines[0]!.kind : "step or epoch";
  return { step: "step", epoch: "epoch", relative: "seconds since start", wall: "time (UTC)" }[x.value];
}

export function lineCurves(lines: Line[]): Curve[] {
  const few = lines.length <= CALM;
  return lines.flatMap((l) => {
    const over = xs(l, x.value);
    if (!over || !over.length) return [];
    const y = smooth.value > 0 ? smoothed(l.mean, smooth.value) : l.mean;
    const banded = l.low !== l.mean && few;
    return [{
      id: l.run, label: nameOf(l.run), ...look(l.run), x: over, y,
      low: banded ? l.low : undefined, high: banded ? l.high : undefined,
      raw: few && smooth.value > 0 && !banded ? l.last : undefined,
    }];
  });
}

function groupCurves(means: GroupAnswer | null): Curve[] {
  return (means?.groups ?? []).map((g, i) => {
    const mean = g.mean.map(num);
    const half = g.half.map(num);
    return {
      id: g.label, label: `${g.label} (n=${g.run_ids.length})`, color: GROUP_COLORS[i % GROUP_COLORS.length]!, dash: i < GROUP_COLORS.length ? [] : [5, 4],
      x: g.step, y: mean, low: mean.map((m, k) => m - (half[k] || 0)), high: mean.map((m, k) => m + (half[k] || 0)),
    };
  });
}

function GroupLegend({ means }: { means: GroupAnswer }) {
  return (
    <ul class="legend small">
      {means.groups.map((g, i) => (
        <li key={g.label}>
          <i style={{ background: GROUP_COLORS[i % GROUP_COLORS.length]! }} /> {g.label}: {Math.min(...g.n)} to {Math.max(...g.n)} runs a step
        </li>
      ))}
      {means.seeds.length > 0 && <li class="note">seeds: {means.seeds.join(", ")}</li>}
    </ul>
  );
}

export function Provenance({ trace, label, close }: { trace: Trace | null; label: string; close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} onClose={close} aria-label="Where this was read">
      <h3>{label}</h3>
      {trace ? (
        <>
          <p><code>{trace.source}</code> at {trace.position.toLocaleString("en")}</p>
          {trace.text !== null ? <pre>{trace.text}</pre> : <p class="note">The source's own line is not in this page. <code>runlift trace</code> prints it.</p>}
        </>
      ) : (
        <p class="note">The source cannot be read any more.</p>
      )}
      <form method="dialog"><button>Close</button></form>
    </dialog>
  );
}
