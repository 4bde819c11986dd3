// Images, sounds and histograms of the chosen runs, by tag, with one slider of steps for all.
import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { num, type Detail, type Medium } from "../data";
import { short } from "../format";
import { chosen, fail, look, nameOf, provider } from "../state";

const MOST = 8;

export function useDetails(): [string, Detail][] {
  const [details, setDetails] = useState<[string, Detail][]>([]);
  const ids = chosen.value.slice(0, MOST).join();
  useEffect(() => {
    let gone = false;
    const wanted = ids ? ids.split(",") : [];
    void Promise.all(wanted.map(async (id): Promise<[string, Detail]> => [id, await provider.value.detail(id)])).then((d) => !gone && setDetails(d), fail);
    return () => void (gone = true);
  }, [ids]);
  return details;
}

export function Media() {
  const details = useDetails();
  const tags = [...new Set(details.flatMap(([, d]) => d.media.map((m) => m.tag)))].sort();
  const histograms = [...new Set(details.flatMap(([, d]) => d.histograms.map((h) => h.tag)))].sort();
  const { step, slider } = useStep(details);
  if (!chosen.value.length) return <section class="view"><p class="empty">Choose runs in the table of runs.</p></section>;
  return (
    <section class="view wide" aria-label="Media">
      {chosen.value.length > MOST && <p class="note">Showing {MOST} of {chosen.value.length} chosen runs.</p>}
      {slider}
      {!tags.length && !histograms.length && <p class="empty">The chosen runs hold no images, sounds or histograms.</p>}
      {tags.map((tag) => (
        <div key={tag} class="tag">
          <h2>{tag}</h2>
          <div class="tiles">
            {details.flatMap(([id, d]) => upTo(d.media.filter((m) => m.tag === tag), step).map((m) => <Tile key={id + m.sha256 + m.step} id={id} medium={m} />))}
          </div>
        </div>
      ))}
      {histograms.map((tag) => (
        <div key={tag} class="tag">
          <h2>{tag}</h2>
          <div class="tiles">{details.map(([id, d]) => <Ridges key={id} id={id} rows={d.histograms.filter((h) => h.tag === tag)} />)}</div>
        </div>
      ))}
    </section>
  );
}

/** One slider of steps for all media of some runs; it stands at the last step until it is moved. */
export function useStep(details: [string, Detail][]): { step: number; slider: JSX.Element | null } {
  const [at, setAt] = useState(-1);
  const steps = [...new Set(details.flatMap(([, d]) => d.media.map((m) => m.step ?? 0)))].sort((a, b) => a - b);
  const place = at < 0 ? steps.length - 1 : Math.min(at, steps.length - 1);
  const step = steps[place] ?? 0;
  const slider = steps.length < 2 ? null : (
    <div class="bar-row">
      <label>step <input type="range" min={0} max={steps.length - 1} value={place} onInput={(e) => setAt(Number(e.currentTarget.value))} /> <output>{step.toLocaleString("en")}</output></label>
    </div>
  );
  return { step, slider };
}

/** What was logged at the latest step that is not beyond the chosen one. */
export function upTo(media: Medium[], step: number): Medium[] {
  const steps = media.map((m) => m.step ?? 0).filter((s) => s <= step);
  const last = steps.length ? Math.max(...steps) : null;
  return media.filter((m) => (m.step ?? 0) === last);
}

export function Tile({ id, medium }: { id: string; medium: Medium }) {
  const url = provider.value.mediaUrl(medium);
  return (
    <figure class="tile" style={{ borderTopColor: look(id).color }}>
      {!url ? <p class="note">{provider.value.live ? "cannot be shown" : "not in this page"}</p> : medium.kind === "audio" ? <audio controls src={url} preload="none" /> : <img src={url} alt={medium.caption ?? `${medium.tag} of ${nameOf(id)}`} loading="lazy" />}
      <figcaption>{nameOf(id)} <span class="soft">step {(medium.step ?? 0).toLocaleString("en")}</span></figcaption>
    </figure>
  );
}

/** Histograms over steps as ridges, the latest in front. */
export function Ridges({ id, rows: all }: { id: string; rows: Detail["histograms"] }) {
  const rows = useMemo(() => all.filter((r) => r.count.some((c) => num(c) > 0)), [all]);
  const shownRows = useMemo(() => {
    const stride = Math.max(1, Math.ceil(rows.length / 24));
    return rows.filter((_, i) => (rows.length - 1 - i) % stride === 0);
  }, [rows]);
  if (!rows.length) return all.length ? <p class="note">{nameOf(id)}: empty</p> : null;
  const [W, H, LIFT] = [320, 220, 56];
  const edges = shownRows.flatMap((r) => [...r.left, ...r.right].map(num)).filter((v) => Number.isFinite(v) && Math.abs(v) < 1e30);
  const [low, high] = [edges.reduce((a, b) => Math.min(a, b), Infinity), edges.reduce((a, b) => Math.max(a, b), -Infinity)];
  const px = (v: number) => 8 + ((Math.min(high, Math.max(low, v)) - low) / (high - low || 1)) * (W - 56);
  const color = look(id).color;
  return (
    <figure class="tile" style={{ borderTopColor: color }}>
      <svg viewBox={`0 0 ${W} ${H}`} role="img" aria-label={`Histograms of ${nameOf(id)}, steps ${rows[0]!.step} to ${rows[rows.length - 1]!.step}`}>
        {shownRows.map((r, k) => {
          const base = 50 + (k * (H - 80)) / Math.max(1, shownRows.length - 1);
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
