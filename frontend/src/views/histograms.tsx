// Histograms of a run over its steps: as ridges, as a heatmap, or as bands of quantiles.
import { useEffect, useMemo, useRef } from "preact/hooks";
import { num, type Detail } from "../data";
import { short } from "../format";
import { quantiles } from "../series";
import { drawnAs, look, nameOf } from "../state";

type Rows = Detail["histograms"];
interface Drawn {
  id: string;
  rows: Rows;
}

export function DrawnAs() {
  return (
    <label>
      histograms as{" "}
      <select value={drawnAs.value} onChange={(e) => (drawnAs.value = e.currentTarget.value)} data-testid="drawn-as">
        <option value="">ridges</option>
        <option value="heat">heatmap over steps</option>
        <option value="bands">quantiles over steps</option>
      </select>
    </label>
  );
}

export function Histograms({ id, rows: all }: Drawn) {
  const rows = useMemo(() => all.filter((r) => r.count.some((c) => num(c) > 0)), [all]);
  if (!rows.length) return all.length ? <p class="note">{nameOf(id)}: empty</p> : null;
  return drawnAs.value === "heat" ? <HeatOver id={id} rows={rows} /> : drawnAs.value === "bands" ? <Bands id={id} rows={rows} /> : <Ridges id={id} rows={rows} />;
}

/** Boxes of a histogram that hold something: from, to, count; the outermost of some writers reach beyond all numbers. */
const boxes = (r: Rows[0]) => r.count.map((c, i) => [num(r.left[i]!), num(r.right[i]!), num(c)] as const).filter(([a, b, n]) => n > 0 && Math.abs(a) < 1e30 && Math.abs(b) < 1e30);

function ends(rows: Rows): [number, number] {
  const edges = rows.flatMap((r) => boxes(r).flatMap(([a, b]) => [a, b]));
  return [edges.reduce((a, b) => Math.min(a, b), Infinity), edges.reduce((a, b) => Math.max(a, b), -Infinity)];
}

const label = (id: string, rows: Rows) => `Histograms of ${nameOf(id)}, steps ${rows[0]!.step} to ${rows[rows.length - 1]!.step}`;
const [W, H, LEFT, FOOT] = [320, 220, 52, 24];

/** The frame of the two drawings whose x is the step: the ends of both axes. */
function Frame({ rows, low, high }: { rows: Rows; low: number; high: number }) {
  // What is next to nothing beside the range is nothing.
  const end = (v: number) => short(Math.abs(v) < 1e-9 * (high - low) ? 0 : Number(v.toPrecision(3)));
  return (
    <>
      <text x={LEFT - 4} y={12} text-anchor="end">{end(high)}</text>
      <text x={LEFT - 4} y={H - FOOT} text-anchor="end">{end(low)}</text>
      <text x={LEFT} y={H - 6}>{rows[0]!.step?.toLocaleString("en")}</text>
      {rows.length > 1 && <text x={W - 2} y={H - 6} text-anchor="end">{rows[rows.length - 1]!.step?.toLocaleString("en")}</text>}
    </>
  );
}

const BINS = 40;

/** A column a step, a row a stretch of values; the darker, the more of that step's values lie there. */
function HeatOver({ id, rows }: Drawn) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [low, high] = ends(rows);
  const color = look(id).color;
  useEffect(() => {
    const ctx = canvas.current!.getContext("2d")!;
    canvas.current!.width = rows.length;
    canvas.current!.height = BINS;
    ctx.fillStyle = color;
    const wide = (high - low || 1) / BINS;
    rows.forEach((r, x) => {
      const held = new Float64Array(BINS);
      for (const [a, b, n] of boxes(r)) {
        const [from, to] = [Math.floor((a - low) / wide), Math.floor((b - low) / wide)];
        for (let k = Math.max(0, from); k <= Math.min(BINS - 1, to); k++) {
          const shared = Math.min(b, low + (k + 1) * wide) - Math.max(a, low + k * wide);
          held[k]! += b > a ? (n * Math.max(0, shared)) / (b - a) : k === Math.min(BINS - 1, from) ? n : 0;
        }
      }
      const most = Math.max(...held, 1e-30);
      held.forEach((n, k) => {
        ctx.globalAlpha = Math.sqrt(n / most);
        if (n > 0) ctx.fillRect(x, BINS - 1 - k, 1, 1);
      });
    });
  }, [rows, low, high, color]);
  return (
    <figure class="tile" style={{ borderTopColor: color }}>
      <div class="layers">
        <canvas ref={canvas} role="img" aria-label={`${label(id, rows)}, as a heatmap`} data-testid="heat-over" />
        <svg viewBox={`0 0 ${W} ${H}`} aria-hidden="true"><Frame {...{ rows, low, high }} /></svg>
      </div>
      <figcaption>{nameOf(id)}</figcaption>
    </figure>
  );
}

const QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95];

function Bands({ id, rows }: Drawn) {
  const found = useMemo(() => rows.map((r) => quantiles(boxes(r), QUANTILES)), [rows]);
  const all = found.flat().filter(Number.isFinite);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const steps = rows.map((r, i) => r.step ?? i);
  const px = (i: number) => LEFT + ((steps[i]! - steps[0]!) / (steps[steps.length - 1]! - steps[0]! || 1)) * (W - LEFT - 2);
  const py = (v: number) => H - FOOT - 4 - ((v - low) / (high - low || 1)) * (H - FOOT - 10);
  const line = (q: number) => found.map((f, i) => `${px(i).toFixed(1)} ${py(f[q]!).toFixed(1)}`);
  const band = (a: number, b: number) => `M${line(a).join("L")}L${line(b).reverse().join("L")}Z`;
  const color = look(id).color;
  return (
    <figure class="tile" style={{ borderTopColor: color }}>
      <svg viewBox={`0 0 ${W} ${H}`} role="img" aria-label={`${label(id, rows)}, as quantiles`} data-testid="bands">
        <path d={band(0, 4)} fill={color} fill-opacity="0.18" />
        <path d={band(1, 3)} fill={color} fill-opacity="0.3" />
        <path d={`M${line(2).join("L")}`} fill="none" stroke={color} stroke-width="1.6" />
        {rows.length === 1 && QUANTILES.map((q, k) => <text key={q} x={W / 2} y={py(found[0]![k]!) + 4} text-anchor="middle">{`${100 * q}%: ${short(found[0]![k]!)}`}</text>)}
        <Frame {...{ rows, low, high }} />
      </svg>
      <figcaption>{nameOf(id)} <span class="soft">{"median, 25\u201375%, 5\u201395%"}</span></figcaption>
    </figure>
  );
}

/** Histograms over steps as ridges, the latest in front. */
function Ridges({ id, rows }: Drawn) {
  const shownRows = useMemo(() => {
    const stride = Math.max(1, Math.ceil(rows.length / 24));
    return rows.filter((_, i) => (rows.length - 1 - i) % stride === 0);
  }, [rows]);
  const LIFT = shownRows.length > 1 ? 56 : H - 60;
  const [low, high] = ends(shownRows);
  const px = (v: number) => 8 + ((Math.min(high, Math.max(low, v)) - low) / (high - low || 1)) * (W - 56);
  const color = look(id).color;
  return (
    <figure class="tile" style={{ borderTopColor: color }}>
      <svg viewBox={`0 0 ${W} ${H}`} role="img" aria-label={`Histograms of ${nameOf(id)}, steps ${rows[0]!.step} to ${rows[rows.length - 1]!.step}`}>
        {shownRows.map((r, k) => {
          const base = shownRows.length > 1 ? 62 + (k * (H - 92)) / (shownRows.length - 1) : H - 30;
          const density = r.count.map((c, i) => num(c) / Math.max(1e-30, num(r.right[i]!) - num(r.left[i]!)));
          const most = Math.max(...density.filter(Number.isFinite), 1e-30);
          const d = r.count.map((_, i) => `L${px(num(r.left[i]!)).toFixed(1)} ${(base - (density[i]! / most) * LIFT || base).toFixed(1)}L${px(num(r.right[i]!)).toFixed(1)} ${(base - (density[i]! / most) * LIFT || base).toFixed(1)}`).join("");
          return (
            <g key={k}>
              <path d={`M${px(low)} ${base}${d}L${px(high)} ${base}Z`} fill={color} fill-opacity={0.25 + (0.5 * k) / shownRows.length} stroke={color} stroke-width="0.8" />
              {(k === 0 || k === shownRows.length - 1) && <text x={W - 4} y={base} text-anchor="end">{r.step}</text>}
            </g>
          );
        })}
        <text x={8} y={H - 6}>{short(low)}</text>
        <text x={W - 48} y={H - 6} text-anchor="end">{short(high)}</text>
      </svg>
      <figcaption>{nameOf(id)}</figcaption>
    </figure>
  );
}
