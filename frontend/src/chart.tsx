// A line chart: smoothed lines over a faint raw band, a table of values, zoom by dragging, moving along, an SVG and PNG copy.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { short } from "./format";
import { indexes, moved, pan, type Span } from "./pan";
import { tabled, withLine } from "./state";

export interface Curve {
  id: string;
  label: string;
  color: string;
  dash: number[];
  x: ArrayLike<number>;
  y: ArrayLike<number>;
  /** Drawn faint behind: raw values, or the band from low to high. */
  raw?: ArrayLike<number> | undefined;
  low?: ArrayLike<number> | undefined;
  high?: ArrayLike<number> | undefined;
}

interface Props {
  title: string;
  curves: Curve[];
  log?: boolean;
  busy?: boolean;
  calm?: boolean;
  xLabel: string;
  time?: boolean;
  height?: number;
  note?: string;
  /** The stretch of x that is shown; the curves may go beyond it. */
  range?: Span | null;
  onPick?: (curve: Curve, x: number) => void;
  onZoom?: (span: Span | null) => void;
}

const FAINT = "40";
const BAND = "26";

interface Drawn {
  data: uPlot.AlignedData;
  series: uPlot.Series[];
  bands: uPlot.Band[];
  owner: number[];
}

/** Columns that uPlot draws: behind each line its band and its raw values. */
function drawn(curves: Curve[], log: boolean): Drawn {
  const tables: uPlot.AlignedData[] = [];
  const series: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  const owner: number[] = [-1];
  const fit = (values: ArrayLike<number>) => Array.from(values, (v) => (Number.isFinite(v) && (!log || v > 0) ? v : null));
  curves.forEach((c, i) => {
    const x = Array.from(c.x);
    const columns: (number | null)[][] = [];
    if (c.low && c.high) {
      const at = series.length;
      columns.push(fit(c.high), fit(c.low));
      series.push({ show: true, stroke: "transparent", points: { show: false } }, { show: true, stroke: "transparent", points: { show: false } });
      owner.push(-1, -1);
      bands.push({ series: [at, at + 1], fill: c.color + BAND });
    } else if (c.raw) {
      columns.push(fit(c.raw));
      series.push({ stroke: c.color + FAINT, width: 1, points: { show: false }, spanGaps: true });
      owner.push(-1);
    }
    columns.push(fit(c.y));
    series.push({ label: c.label, stroke: c.color, width: 1.75, dash: c.dash, spanGaps: true, points: { show: x.length < 2, size: 6, fill: c.color } });
    owner.push(i);
    tables.push([x, ...columns] as uPlot.AlignedData);
  });
  const data = tables.length ? (tables.length > 1 ? uPlot.join(tables) : tables[0]!) : ([[]] as uPlot.AlignedData);
  return { data, series, bands, owner };
}

function ink(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

export function Chart(props: Props) {
  const { title, curves, log = false, calm = false, xLabel, time = false, height = 260, range = null } = props;
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [over, setOver] = useState<{ curve: number; x: number; y: number } | null>(null);
  const table = tabled.value.split("\n").includes(title);
  const setTable = (yes: boolean) => (tabled.value = withLine(tabled.value, title, yes ? [] : null));
  const made = useMemo(() => drawn(curves, log), [curves, log]);
  const shown = useMemo(() => (range ? curves.map((c) => within(c, range)) : curves), [curves, range]);
  const bounds = useMemo(() => (calm && !log ? calmRange(shown) : null), [shown, calm, log]);
  const pick = useRef(props.onPick);
  const zoom = useRef(props.onZoom);
  pick.current = props.onPick;
  zoom.current = props.onZoom;

  useEffect(() => {
    const host = box.current;
    if (!host || !curves.length) return;
    const axis = { stroke: ink("--soft"), grid: { stroke: ink("--rule"), width: 1 }, ticks: { stroke: ink("--rule"), width: 1 }, font: "11px system-ui, sans-serif" };
    let near: { curve: number; x: number; y: number } | null = null;
    const options: uPlot.Options = {
      width: host.clientWidth || 480,
      height,
      padding: [8, 12, 0, 0],
      legend: { show: false },
      focus: { alpha: 0.25 },
      cursor: {
        focus: { prox: 24 },
        drag: { x: true, y: false },
        points: { size: 7 },
        bind: { mousedown: (self, _target, handle) => (e) => (range && e.shiftKey ? (pan(self, e, (s) => zoom.current?.(s)), null) : handle(e)) },
      },
      scales: { x: range ? { time, auto: false, min: range[0], max: range[1] } : { time }, y: bounds ? { distr: 1, range: bounds } : { distr: log ? 3 : 1 } },
      series: made.series,
      bands: made.bands,
      axes: [
        { ...axis, size: time ? 44 : 32, ...(time ? {} : { values: (_u: uPlot, ticks: number[]) => ticks.map(tick) }) },
        { ...axis, size: 58, values: (_u: uPlot, ticks: number[]) => ticks.map((t) => (t === null ? "" : tick(t))) },
      ],
      hooks: {
        setCursor: [
          (u) => {
            near = nearest(u, made.owner);
            setOver(near);
          },
        ],
        setSelect: [
          (u) => {
            if (u.select.width > 4) zoom.current?.([u.posToVal(u.select.left, "x"), u.posToVal(u.select.left + u.select.width, "x")]);
          },
        ],
        ready: [
          (u) => {
            u.over.addEventListener("click", () => near && u.select.width < 4 && pick.current?.(curves[near.curve]!, near.x));
            u.over.addEventListener("dblclick", () => zoom.current?.(null));
          },
        ],
      },
    };
    const u = new uPlot(options, made.data, host);
    plot.current = u;
    const watch = new ResizeObserver(() => u.setSize({ width: host.clientWidth, height }));
    watch.observe(host);
    return () => {
      watch.disconnect();
      u.destroy();
      plot.current = null;
    };
  }, [made, bounds, height, time, range]);

  const hovered = over && curves[over.curve];
  return (
    <figure class="chart" data-testid="chart" data-metric={title}>
      <figcaption>
        <strong title={title}>{title}</strong>
        <span class="tools">
          {range && (
            <>
              <button class="plain" aria-label="earlier" title="earlier; or shift and drag" onClick={() => zoom.current?.(moved(range, -0.5))}>◂</button>
              <button class="plain" aria-label="later" title="later; or shift and drag" onClick={() => zoom.current?.(moved(range, 0.5))}>▸</button>
              <button class="plain" onClick={() => zoom.current?.(null)}>whole</button>
            </>
          )}
          <button class="plain" aria-pressed={table} onClick={() => setTable(!table)}>table</button>
          <button class="plain" onClick={() => save(plot.current, title)} disabled={!curves.length}>PNG</button>
          <button class="plain" onClick={() => saveSvg(shown, title, log)} disabled={!curves.length}>SVG</button>
        </span>
      </figcaption>
      {!curves.length && props.busy && <p class="empty">Asking ...</p>}
      {!curves.length && !props.busy && <p class="empty">No points to draw{xLabel ? ` over ${xLabel}` : ""}.</p>}
      <div ref={box} class="plot" role="img" aria-label={`${title}: ${curves.length} lines over ${xLabel}`} />
      <p class="hover" aria-hidden="true">
        {hovered && over ? (
          <>
            <i style={{ background: hovered.color }} />
            <b>{hovered.label}</b> {xLabel} {time ? new Date(over.x * 1000).toISOString().slice(0, 19).replace("T", " ") : short(over.x)}: {short(over.y)}
          </>
        ) : (
          [bounds ? "extremes lie outside" : "", props.note || xLabel].filter(Boolean).join("; ")
        )}
      </p>
      {table && <Values curves={shown} xLabel={xLabel} />}
    </figure>
  );
}

/** The part of a curve in a stretch. */
function within(c: Curve, range: Span): Curve {
  const [a, b] = indexes(c.x, range);
  const cut = (v: ArrayLike<number>) => Array.prototype.slice.call(v, a, b) as number[];
  return { ...c, x: cut(c.x), y: cut(c.y), raw: c.raw && cut(c.raw), low: c.low && cut(c.low), high: c.high && cut(c.high) };
}

/** The range of most values of most lines, where a wild value or a run that diverged would flatten all the others. */
function calmRange(curves: Curve[]): [number, number] | null {
  const ends = curves.flatMap((c) => {
    const y = Float64Array.from(Array.from(c.y).filter(Number.isFinite)).sort();
    const at = (share: number) => y[Math.round(share * (y.length - 1))]!;
    return y.length ? [{ low: at(0.02), high: at(0.98), least: y[0]!, most: y[y.length - 1]! }] : [];
  });
  if (ends.length === 0) return null;
  const highs = ends.map((e) => e.high).sort((a, b) => a - b);
  const lows = ends.map((e) => e.low).sort((a, b) => a - b);
  const middle = (highs[highs.length >> 1]! - lows[lows.length >> 1]!) || highs[highs.length >> 1]! || 1;
  const kept = ends.filter((e) => e.high - e.low <= 20 * Math.abs(middle));
  const [low, high] = [Math.min(...kept.map((e) => e.low)), Math.max(...kept.map((e) => e.high))];
  const whole = Math.max(...ends.map((e) => e.most)) - Math.min(...ends.map((e) => e.least));
  const pad = (high - low) * 0.08;
  return high > low && whole > 20 * (high - low) ? [low - pad, high + pad] : null;
}

function tick(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e9 || (size < 1e-3 && size > 0)) return value.toExponential(0);
  if (size >= 1e6) return `${+(value / 1e6).toPrecision(4)}M`;
  return size >= 1e4 ? `${+(value / 1e3).toPrecision(4)}k` : String(+value.toPrecision(5));
}

/** The line that is nearest to the cursor, with the point of its own that is nearest in x. */
function nearest(u: uPlot, owner: number[]): { curve: number; x: number; y: number } | null {
  const { left, top, idx } = u.cursor;
  if (idx === null || idx === undefined || left === undefined || top === undefined || left < 0) return null;
  let best: { curve: number; x: number; y: number } | null = null;
  let least = 40;
  for (let s = 1; s < owner.length; s++) {
    if (owner[s]! < 0) continue;
    const column = u.data[s]!;
    for (let k = 0; k < 60; k++) {
      const i = column[idx - k] != null ? idx - k : column[idx + k] != null ? idx + k : -1;
      if (i < 0) continue;
      const gap = Math.abs(u.valToPos(column[i]!, "y") - top) + Math.abs(u.valToPos(u.data[0]![i]!, "x") - left) / 4;
      if (gap < least) {
        least = gap;
        best = { curve: owner[s]!, x: u.data[0]![i]!, y: column[i]! };
      }
      break;
    }
  }
  return best;
}

/** The same numbers for those who read them: the first, middle and last points of each line. */
function Values({ curves, xLabel }: { curves: Curve[]; xLabel: string }) {
  return (
    <div class="scroll" tabIndex={0}>
      <table class="answer">
        <thead>
          <tr>
            <th scope="col">line</th>
            <th scope="col">points</th>
            <th scope="col">first {xLabel}</th>
            <th scope="col">first</th>
            <th scope="col">last {xLabel}</th>
            <th scope="col">last</th>
          </tr>
        </thead>
        <tbody>
          {curves.map((c) => (
            <tr key={c.id}>
              <th scope="row">{c.label}</th>
              <td>{c.x.length}</td>
              <td>{short(c.x[0] ?? NaN)}</td>
              <td>{short(c.y[0] ?? NaN)}</td>
              <td>{short(c.x[c.x.length - 1] ?? NaN)}</td>
              <td>{short(c.y[c.y.length - 1] ?? NaN)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function download(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function save(u: uPlot | null, title: string): void {
  u?.ctx.canvas.toBlob((b) => b && download(`${title.replace(/[^\w.-]+/g, "_")}.png`, b));
}

/** A plain drawing of the lines, for a paper. */
function saveSvg(curves: Curve[], title: string, log: boolean): void {
  const [w, h, left, bottom] = [640, 400, 64, 36];
  const fit = (v: number) => (log ? Math.log10(v) : v);
  const good = curves.flatMap((c) => Array.from(c.y, fit).filter(Number.isFinite));
  const all = curves.flatMap((c) => Array.from(c.x));
  const [x0, x1, y0, y1] = [all.reduce((a, b) => Math.min(a, b), Infinity), all.reduce((a, b) => Math.max(a, b), -Infinity), good.reduce((a, b) => Math.min(a, b), Infinity), good.reduce((a, b) => Math.max(a, b), -Infinity)];
  const px = (v: number) => left + ((v - x0) / (x1 - x0 || 1)) * (w - left - 12);
  const py = (v: number) => h - bottom - ((v - y0) / (y1 - y0 || 1)) * (h - bottom - 32);
  const safe = (t: string) => t.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
  const text = (x: number, y: number, t: string, anchor = "middle") => `<text x="${x}" y="${y}" text-anchor="${anchor}" font-size="12" fill="#334155">${safe(t)}</text>`;
  const paths = curves.map((c) => {
    const d = Array.from(c.x, (x, i) => [px(x), py(fit(c.y[i]!))] as const).filter(([, y]) => Number.isFinite(y));
    return `<polyline fill="none" stroke="${c.color}" stroke-width="1.6" stroke-dasharray="${c.dash.join(" ")}" points="${d.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ")}"><title>${safe(c.label)}</title></polyline>`;
  });
  const ends = [text(left, h - 14, short(x0)), text(w - 24, h - 14, short(x1)), text(left - 6, h - bottom, short(log ? 10 ** y0 : y0), "end"), text(left - 6, 36, short(log ? 10 ** y1 : y1), "end")];
  const frame = `<path d="M${left} 28V${h - bottom}H${w - 12}" fill="none" stroke="#94a3b8"/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" font-family="sans-serif">${frame}${text(w / 2, 18, title)}${ends.join("")}${paths.join("")}</svg>`;
  download(`${title.replace(/[^\w.-]+/g, "_")}.svg`, new Blob([svg], { type: "image/svg+xml" }));
}
