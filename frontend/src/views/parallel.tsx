// Parallel coordinates: a line a run over its settings to its result; ranges of axes are kept by dragging.
import { useEffect, useMemo, useRef } from "preact/hooks";
import { axis, between, span } from "../axes";
import type { Run } from "../data";
import { short, shown } from "../format";
import { best, brushes, chosen, linesOf, overview, withLine } from "../state";

/** Place of an axis -> the range that is kept of it. */
function kept(said: string, ids: string[]): Record<number, [number, number]> {
  const found = linesOf(said).map(([id, low, high]) => [ids.indexOf(id ?? ""), [Number(low), Number(high)] as [number, number]] as const);
  return Object.fromEntries(found.filter(([i, [low, high]]) => i >= 0 && Number.isFinite(low) && Number.isFinite(high)));
}

export function Parallel({ runs, name, drivers }: { runs: Run[]; name: string; drivers: string[] }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const start = useRef<{ axis: number; y: number } | null>(null);
  const axes = useMemo(() => {
    // A setting that most of the runs lack would only lead their lines past it.
    const had = (key: string) => runs.filter((r) => r.p[key] !== undefined).length;
    const keys = overview.value.params.map((p) => p.key).filter((k) => 2 * had(k) >= runs.length && new Set(runs.map((r) => shown(r.p[k]))).size > 1);
    const order = [...drivers.filter((d) => keys.includes(d)), ...keys.filter((k) => !drivers.includes(k))].slice(0, 7);
    const columns = [...order.map((k) => [`p:${k}`, k, (r: Run): unknown => r.p[k]] as const), ["m", name, (r: Run): unknown => best(r, name)] as const];
    return columns.map(([id, title, raw]) => ({ id, ...axis(title, runs, raw) }));
  }, [runs, name, drivers.join()]);
  const brush = useMemo(() => kept(brushes.value, axes.map((a) => a.id)), [brushes.value, axes]);
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
    const ends = [value(my), value(from.y)].sort((a, b) => a - b).map((v) => Number(v.toPrecision(6)));
    brushes.value = withLine(brushes.value, axes[i]!.id, Math.abs(my - from.y) < 4 ? null : ends);
  };
  return (
    <>
      <div class="scroll" tabIndex={0}>
        <canvas ref={canvas} class="parallel" style={{ width: "100%", minWidth: "700px", maxWidth: "1320px", aspectRatio: `${W} / ${H}` }} role="img" aria-label={`${runs.length} runs over ${axes.map((a) => a.title).join(", ")}`}
          onPointerDown={(e) => { const w = where(e); if (w.i >= 0) start.current = { axis: w.i, y: w.my }; }} onPointerUp={end} />
      </div>
      <p class="note">
        Drag along an axis to keep a range, click it to let go. <span data-testid="kept">{inside.length} of {runs.length} runs are kept.</span>{" "}
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
