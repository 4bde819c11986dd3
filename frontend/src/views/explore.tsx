// Which settings matter: importance, parallel coordinates with brushes, a scatter with its Pareto front.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { num, type ImportanceAnswer, type Run } from "../data";
import { short, shown } from "../format";
import { chosen, fail, filter, goalOf, mainMetric, metric, overview, provider } from "../state";
import { allRuns } from "../table";

const MOST = 2000;

export function Explore() {
  const [runs, setRuns] = useState<Run[]>([]);
  const [found, setFound] = useState<ImportanceAnswer | null>(null);
  const name = mainMetric.value;
  useEffect(() => void allRuns(MOST).then(setRuns), [filter.value]);
  useEffect(() => {
    setFound(null);
    if (goalOf(name) !== "unknown") void provider.value.importance(name, filter.value).then(setFound, fail);
  }, [name, filter.value]);
  const scored = runs.filter((r) => Number.isFinite(best(r, name)));
  return (
    <section class="view wide" aria-label="Explore">
      <div class="bar-row">
        <label>
          metric{" "}
          <select value={name} onChange={(e) => (metric.value = e.currentTarget.value)}>
            {overview.value.metrics.map((m) => <option key={m.name}>{m.name}</option>)}
          </select>
        </label>
        <span class="note">{scored.length} runs have it{goalOf(name) === "unknown" ? "; which way it is better is not known, so last values are shown" : ""}.</span>
      </div>
      <h2>What drives it</h2>
      <Drivers found={found} known={goalOf(name) !== "unknown"} />
      <h2>Settings and result</h2>
      <Parallel runs={scored} name={name} drivers={found?.drivers.map((d) => d.param) ?? []} />
      <h2>Two values</h2>
      <Scatter runs={scored} name={name} />
    </section>
  );
}

export function best(run: Run, name: string): number {
  const values = run.m[name];
  const goal = goalOf(name);
  return values ? num(values[goal === "min" ? 1 : goal === "max" ? 2 : 0]) : NaN;
}

function Drivers({ found, known }: { found: ImportanceAnswer | null; known: boolean }) {
  if (!known) return <p class="note">Choose a metric whose name says which way it is better.</p>;
  if (!found) return <p class="note">Asking ...</p>;
  if (!found.drivers.length) return <p class="note">{found.silent}</p>;
  const most = Math.max(...found.drivers.map((d) => d.high), 1e-9);
  return (
    <div class="scroll" tabIndex={0}><table class="answer drivers">
      <thead><tr><th scope="col">setting</th><th scope="col">importance (95% interval)</th><th scope="col">rank correlation</th><th scope="col">changes with</th></tr></thead>
      <tbody>
        {found.drivers.slice(0, 12).map((d) => (
          <tr key={d.param}>
            <th scope="row">{d.param}</th>
            <td><i class="bar" style={{ width: `${Math.max(0, (100 * d.importance) / most)}%` }} /><span>{short(d.importance)} ({short(d.low)} to {short(d.high)})</span></td>
            <td class="number">{d.correlation === null ? "" : d.correlation.toFixed(2)}</td>
            <td>{d.same_as.join(", ")}</td>
          </tr>
        ))}
      </tbody>
    </table></div>
  );
}

interface Axis {
  title: string;
  value: (r: Run) => number;
  words: string[];
}

/** An axis of numbers as they are, or of words in order of appearance; numbers over three decades on a log scale. */
function axis(title: string, runs: Run[], raw: (r: Run) => unknown): Axis {
  const values = runs.map(raw);
  if (values.every((v) => v === undefined || (typeof v === "number" && Number.isFinite(v)))) {
    const numbers = values.filter((v): v is number => typeof v === "number");
    const wide = numbers.every((v) => v > 0) && Math.max(...numbers) / Math.min(...numbers) > 1000;
    return { title: wide ? `${title} (log)` : title, value: (r) => (wide ? Math.log10(raw(r) as number) : ((raw(r) as number | undefined) ?? NaN)), words: [] };
  }
  const words = [...new Set(values.map((v) => shown(v)))].sort();
  return { title, value: (r) => words.indexOf(shown(raw(r))), words };
}

/** From blue (least) over grey to orange (most): told apart by those who see no red or green as well. */
function between(share: number): number[] {
  const [a, b] = share < 0.5 ? [[37, 99, 235], [148, 163, 184]] : [[148, 163, 184], [217, 119, 6]];
  const part = Math.min(1, Math.max(0, share < 0.5 ? 2 * share : 2 * share - 1)) || 0;
  return a!.map((v, i) => Math.round(v + (b![i]! - v) * part));
}

function Parallel({ runs, name, drivers }: { runs: Run[]; name: string; drivers: string[] }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [brush, setBrush] = useState<Record<number, [number, number]>>({});
  const start = useRef<{ axis: number; y: number } | null>(null);
  const axes = useMemo(() => {
    const keys = overview.value.params.filter((p) => new Set(runs.map((r) => shown(r.p[p.key]))).size > 1).map((p) => p.key);
    const order = [...drivers.filter((d) => keys.includes(d)), ...keys.filter((k) => !drivers.includes(k))].slice(0, 7);
    return [...order.map((k) => axis(k, runs, (r) => r.p[k])), axis(name, runs, (r) => best(r, name))];
  }, [runs, name, drivers.join()]);
  const spans = axes.map((a) => span(runs.map(a.value)));
  const inside = runs.filter((r) => Object.entries(brush).every(([i, [low, high]]) => {
    const v = axes[Number(i)]?.value(r) ?? NaN;
    return v >= low && v <= high;
  }));
  const [W, H, TOP, BOTTOM] = [1100, 320, 34, 22];
  const px = (i: number) => 70 + (i * (W - 160)) / Math.max(1, axes.length - 1);
  const py = (i: number, v: number) => H - BOTTOM - ((v - spans[i]![0]) / (spans[i]![1] - spans[i]![0] || 1)) * (H - TOP - BOTTOM);
  useEffect(() => {
    const ctx = canvas.current?.getContext("2d");
    if (!ctx) return;
    const ratio = (devicePixelRatio || 1) * Math.max(1, canvas.current!.clientWidth / W);
    canvas.current!.width = W * ratio;
    canvas.current!.height = H * ratio;
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    const css = getComputedStyle(document.documentElement);
    const last = axes.length - 1;
    const shownRuns = new Set(inside);
    for (const pass of [false, true]) {
      for (const r of runs) {
        if (shownRuns.has(r) !== pass) continue;
        const at = axes.map((a, i) => py(i, a.value(r)));
        const share = (axes[last]!.value(r) - spans[last]![0]) / (spans[last]![1] - spans[last]![0] || 1);
        ctx.strokeStyle = pass ? `rgb(${between(share).join(" ")} / ${runs.length > 300 ? 0.35 : 0.75})` : "rgb(148 163 184 / 0.15)";
        ctx.lineWidth = chosen.value.includes(r.run_id) ? 3 : 1.25;
        ctx.beginPath();
        at.forEach((y, i) => Number.isFinite(y) && ctx.lineTo(px(i), y));
        ctx.stroke();
      }
    }
    ctx.font = "12px system-ui, sans-serif";
    axes.forEach((a, i) => {
      ctx.strokeStyle = css.getPropertyValue("--soft");
      ctx.lineWidth = 1;
      ctx.strokeRect(px(i), TOP, 0, H - TOP - BOTTOM);
      ctx.fillStyle = css.getPropertyValue("--ink");
      ctx.textAlign = "center";
      const room = Math.max(60, (W - 160) / axes.length - 10);
      ctx.fillText(fitted(ctx, a.title, room), px(i), 14);
      ctx.fillStyle = css.getPropertyValue("--soft");
      const ends = a.words.length ? a.words.map((w, k) => [w, k] as const) : spans[i]!.map((v) => [short(a.title.endsWith("(log)") ? 10 ** v : v), v] as const);
      ctx.textAlign = "right";
      // Lines pass behind the words: the paper's colour round them keeps them apart.
      ctx.strokeStyle = css.getPropertyValue("--paper");
      ctx.lineWidth = 4;
      ctx.lineJoin = "round";
      ends.slice(0, 9).forEach(([text, v]) => {
        const word = fitted(ctx, text, 62);
        ctx.strokeText(word, px(i) - 6, py(i, v) + 4);
        ctx.fillText(word, px(i) - 6, py(i, v) + 4);
      });
      const b = brush[i];
      if (b) {
        ctx.fillStyle = "rgb(37 99 235 / 0.25)";
        ctx.fillRect(px(i) - 7, py(i, b[1]), 14, py(i, b[0]) - py(i, b[1]));
      }
    });
  }, [runs, axes, brush, chosen.value]);
  const where = (e: PointerEvent) => {
    const box = canvas.current!.getBoundingClientRect();
    const [mx, my] = [((e.clientX - box.left) / box.width) * W, ((e.clientY - box.top) / box.height) * H];
    const i = axes.findIndex((_, k) => Math.abs(px(k) - mx) < 30);
    const value = (y: number) => spans[i]![0] + ((H - BOTTOM - y) / (H - TOP - BOTTOM)) * (spans[i]![1] - spans[i]![0]);
    return { i, my, value };
  };
  const end = (e: PointerEvent) => {
    const from = start.current;
    start.current = null;
    const { i, my, value } = where(e);
    if (!from || i !== from.axis) return;
    const next = { ...brush };
    if (Math.abs(my - from.y) < 4) delete next[i];
    else next[i] = [Math.min(value(my), value(from.y)), Math.max(value(my), value(from.y))];
    setBrush(next);
  };
  return (
    <>
      <div class="scroll" tabIndex={0}>
        <canvas ref={canvas} class="parallel" style={{ width: "100%", minWidth: "700px", maxWidth: "1320px", aspectRatio: `${W} / ${H}` }} role="img" aria-label={`${runs.length} runs over ${axes.map((a) => a.title).join(", ")}`}
          onPointerDown={(e) => { const w = where(e); if (w.i >= 0) start.current = { axis: w.i, y: w.my }; }} onPointerUp={end} />
      </div>
      <p class="note">
        Drag along an axis to keep a range, click it to let go. {inside.length} of {runs.length} runs are kept.{" "}
        <button class="plain" disabled={!inside.length} onClick={() => (chosen.value = inside.slice(0, 50).map((r) => r.run_id))}>choose them</button>
      </p>
    </>
  );
}

function fitted(ctx: CanvasRenderingContext2D, text: string, room: number): string {
  let shownText = text;
  while (shownText.length > 2 && ctx.measureText(shownText).width > room) shownText = `${shownText.slice(0, -2)}\u2026`;
  return shownText;
}

function span(values: number[]): [number, number] {
  const good = values.filter(Number.isFinite);
  return good.length ? [Math.min(...good), Math.max(...good)] : [0, 1];
}

function Scatter({ runs, name }: { runs: Run[]; name: string }) {
  const choices = [...overview.value.params.map((p) => `p:${p.key}`), ...overview.value.metrics.map((m) => `m:${m.name}`)];
  const varies = (c: string) => new Set(runs.map((r) => shown(read(r, c)))).size > 1;
  const [picked, setPicked] = useState("");
  const other = picked || choices.find((c) => varies(c) && c !== `m:${name}`) || choices[0] || "";
  const a = axis(other.slice(2), runs, (r) => read(r, other));
  const points = runs.map((r) => ({ r, x: a.value(r), y: best(r, name) })).filter((p) => Number.isFinite(p.x) && Number.isFinite(p.y));
  const [sx, sy] = [span(points.map((p) => p.x)), span(points.map((p) => p.y))];
  const [W, H] = [720, 340];
  const px = (v: number) => 70 + ((v - sx[0]) / (sx[1] - sx[0] || 1)) * (W - 100);
  const py = (v: number) => H - 40 - ((v - sy[0]) / (sy[1] - sy[0] || 1)) * (H - 70);
  const both = other.startsWith("m:") && goalOf(other.slice(2)) !== "unknown" && goalOf(name) !== "unknown";
  const front = both ? pareto(points.map((p) => [goalOf(other.slice(2)) === "min" ? p.x : -p.x, goalOf(name) === "min" ? p.y : -p.y])) : [];
  return (
    <>
      <label>
        over{" "}
        <select value={other} onChange={(e) => setPicked(e.currentTarget.value)}>
          {choices.map((c) => <option key={c} value={c}>{c.slice(2)}</option>)}
        </select>
      </label>
      <div class="scroll" tabIndex={0}>
        <svg viewBox={`0 0 ${W} ${H}`} class="scatter" role="img" aria-label={`${name} over ${other.slice(2)}, ${points.length} runs`}>
          <path d={`M70 20V${H - 40}H${W - 20}`} class="frame" />
          {[0, 0.5, 1].map((s) => (
            <g key={s}>
              <text x={64} y={py(sy[0] + s * (sy[1] - sy[0])) + 4} text-anchor="end">{short(sy[0] + s * (sy[1] - sy[0]))}</text>
              {!a.words.length && <text x={px(sx[0] + s * (sx[1] - sx[0]))} y={H - 22} text-anchor="middle">{short(a.title.endsWith("(log)") ? 10 ** (sx[0] + s * (sx[1] - sx[0])) : sx[0] + s * (sx[1] - sx[0]))}</text>}
            </g>
          ))}
          {a.words.slice(0, 12).map((w, i) => <text key={w} x={px(i)} y={H - 22} text-anchor="middle">{w.slice(0, 14)}</text>)}
          <text x={W / 2} y={H - 5} text-anchor="middle" class="title">{a.title}</text>
          <text x={12} y={14} class="title">{name}</text>
          {points.map((p, i) => (
            <circle key={p.r.run_id} cx={px(p.x)} cy={py(p.y)} r={front[i] ? 6 : 4.5} class={`${front[i] ? "front" : ""} ${chosen.value.includes(p.r.run_id) ? "on" : ""}`}>
              <title>{`${p.r.name ?? p.r.run_id}: ${short(p.y)}`}</title>
            </circle>
          ))}
        </svg>
      </div>
      {both && <p class="note">Ringed: runs that no other run beats on both.</p>}
    </>
  );
}

function read(run: Run, choice: string): unknown {
  return choice.startsWith("p:") ? run.p[choice.slice(2)] : best(run, choice.slice(2));
}

function pareto(costs: number[][]): boolean[] {
  return costs.map(([a, b], i) => !costs.some(([c, d], j) => j !== i && c! <= a! && d! <= b! && (c! < a! || d! < b!)));
}
