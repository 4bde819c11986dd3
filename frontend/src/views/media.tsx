// Images, sounds and histograms of the chosen runs, by tag, with one slider of steps for all.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Detail, Medium } from "../data";
import { chosen, fail, look, mediaStep, nameOf, provider } from "../state";
import { DrawnAs, Histograms } from "./histograms";
import { Sound } from "./sound";

const MOST = 8;

/** What runs hold besides numbers: of those that are named, else of the first that are chosen. */
export function useDetails(named?: string[]): [string, Detail][] {
  const [details, setDetails] = useState<[string, Detail][]>([]);
  const ids = (named ?? chosen.value.slice(0, MOST)).join();
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
      {histograms.length > 0 && <div class="bar-row"><DrawnAs /></div>}
      {histograms.map((tag) => (
        <div key={tag} class="tag">
          <h2>{tag}</h2>
          <div class="tiles">{details.map(([id, d]) => <Histograms key={id} id={id} rows={d.histograms.filter((h) => h.tag === tag)} />)}</div>
        </div>
      ))}
    </section>
  );
}

/** One slider of steps for all media of some runs; it stands at the last step until it is moved. */
export function useStep(details: [string, Detail][]): { step: number; slider: JSX.Element | null } {
  const steps = [...new Set(details.flatMap(([, d]) => d.media.map((m) => m.step ?? 0)))].sort((a, b) => a - b);
  const wanted = mediaStep.value === "" ? Infinity : Number(mediaStep.value);
  const place = Math.max(0, steps.filter((s) => s <= wanted).length - 1);
  const step = steps[place] ?? 0;
  const slider = steps.length < 2 ? null : (
    <div class="bar-row">
      <label>step <input type="range" min={0} max={steps.length - 1} value={place} onInput={(e) => (mediaStep.value = String(steps[Number(e.currentTarget.value)] ?? ""))} data-testid="step" /> <output>{step.toLocaleString("en")}</output></label>
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
      {!url ? <p class="note">{provider.value.live ? "cannot be shown" : "not in this page"}</p> : medium.kind === "audio" ? <Sound url={url} label={`${medium.tag} of ${nameOf(id)}`} color={look(id).color} /> : <img src={url} alt={medium.caption ?? `${medium.tag} of ${nameOf(id)}`} loading="lazy" />}
      <figcaption>{nameOf(id)} <span class="soft">step {(medium.step ?? 0).toLocaleString("en")}</span></figcaption>
    </figure>
  );
}
