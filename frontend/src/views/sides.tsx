// Texts and media of compared runs: what differs between two of them, pictures in columns, lines that hold the same words.
import { useMemo } from "preact/hooks";
import type { Detail, Run } from "../data";
import { unified } from "../diff";
import { laid, lineWords, look, nameOf } from "../state";
import { DrawnAs, Histograms } from "./histograms";
import { Tile, upTo, useDetails, useStep } from "./media";
import { LaidChoice, Overlay, pairOf, PairChoice } from "./overlay";

const FOUND = 200;
const SHOWN = 1000;

export function Sides({ runs }: { runs: Run[] }) {
  const ids = new Set(runs.map((r) => r.run_id));
  const details = useDetails().filter(([id]) => ids.has(id));
  const pair = pairOf(runs);
  const both = useDetails(pair.map((r) => r.run_id));
  return (
    <>
      <h2>Two of them</h2>
      <PairChoice runs={runs} />
      <TextDiffs runs={pair} details={both} />
      <Pictures details={details} pair={pair} both={both} />
      <Together details={details} />
    </>
  );
}

interface Pair {
  title: string;
  before: string;
  after: string;
}

/** Command (an argument a line), notes, and of each tag that both have the last text. */
function pairs([a, b]: Run[], details: [string, Detail][]): Pair[] {
  const said = (r: Run, k: string) => (typeof r[k] === "string" ? (r[k] as string) : "");
  const own = [
    { title: "command", before: said(a!, "command").split(/\s+/).join("\n"), after: said(b!, "command").split(/\s+/).join("\n") },
    { title: "notes", before: said(a!, "notes"), after: said(b!, "notes") },
  ];
  const texts = [a!, b!].map((r) => new Map(details.find(([id]) => id === r.run_id)?.[1].texts.map((t) => [t.tag, t.text])));
  const shared = [...texts[0]!.keys()].filter((tag) => texts[1]!.has(tag));
  return [...own, ...shared.map((tag) => ({ title: tag, before: texts[0]!.get(tag)!, after: texts[1]!.get(tag)! }))].filter((p) => p.before || p.after);
}

function TextDiffs({ runs, details }: { runs: Run[]; details: [string, Detail][] }) {
  const found = useMemo(() => pairs(runs, details), [runs.map((r) => r.run_id).join(), details.map(([id]) => id).join()]);
  if (!found.length) return <p class="note">They have no text in common.</p>;
  return <>{found.map((p) => <TextDiff key={p.title} {...p} />)}</>;
}

function TextDiff({ title, before, after }: Pair) {
  const u = useMemo(() => unified(before, after), [before, after]);
  const says = u.gone + u.come ? `${u.gone.toLocaleString("en")} lines less, ${u.come.toLocaleString("en")} more` : "the same";
  if (!u.pieces.length) return <p class="same"><strong>{title}</strong> <span class="soft">{says}</span></p>;
  return (
    <details class="text" open={u.pieces.length < 40}>
      <summary><strong>{title}</strong> <span class="soft">{says}</span></summary>
      <pre tabIndex={0} class="diff" data-testid="diff">
        {u.pieces.slice(0, SHOWN).map((p, i) => (p.kind === "@" ? <span key={i} class="where">{p.text}{"\n"}</span> : <span key={i} class={p.kind === "-" ? "gone" : p.kind === "+" ? "come" : ""}>{p.kind} {p.text}{"\n"}</span>))}
      </pre>
      {u.pieces.length > SHOWN && <p class="note">{(u.pieces.length - SHOWN).toLocaleString("en")} more lines.</p>}
      {u.cut && <p class="note">The first 5,000 lines of each were compared.</p>}
    </details>
  );
}

/** A row a tag, a column a run, all at the step of one slider. */
function Pictures({ details, pair, both }: { details: [string, Detail][]; pair: [Run, Run]; both: [string, Detail][] }) {
  const { step, slider } = useStep(details);
  const tags = [...new Set(details.flatMap(([, d]) => d.media.map((m) => m.tag)))].sort();
  const histograms = [...new Set(details.flatMap(([, d]) => d.histograms.map((h) => h.tag)))].sort();
  if (!tags.length && !histograms.length) return null;
  const having = details.filter(([, d]) => d.media.length || d.histograms.length);
  const images = (id: string) => new Set(both.find(([i]) => i === id)?.[1].media.flatMap((m) => (m.kind === "image" ? [m.tag] : [])));
  const shared = [...images(pair[0].run_id)].filter((tag) => images(pair[1].run_id).has(tag)).sort();
  return (
    <>
      <h2>Media side by side</h2>
      <div class="bar-row">{slider}{shared.length > 0 && <LaidChoice />}{histograms.length > 0 && <DrawnAs />}</div>
      {laid.value && shared.map((tag) => <div key={tag} class="tag"><h3>{tag}</h3><Overlay pair={pair} details={both} tag={tag} step={step} /></div>)}
      <div class="scroll" tabIndex={0} role="region" aria-label="Media side by side">
        <table class="answer sides" data-testid="sides">
          <thead><tr><th scope="col">tag</th>{having.map(([id]) => <th scope="col" key={id}><i class="dot" style={{ background: look(id).color }} /> {nameOf(id)}</th>)}</tr></thead>
          <tbody>
            {tags.map((tag) => (
              <tr key={tag}>
                <th scope="row">{tag}</th>
                {having.map(([id, d]) => {
                  const shown = upTo(d.media.filter((m) => m.tag === tag), step);
                  return <td key={id}>{shown.length ? <div class="tiles">{shown.map((m) => <Tile key={m.sha256 + m.step} id={id} medium={m} />)}</div> : <span class="soft">{"\u2013"}</span>}</td>;
                })}
              </tr>
            ))}
            {histograms.map((tag) => (
              <tr key={tag}>
                <th scope="row">{tag}</th>
                {having.map(([id, d]) => <td key={id}><Histograms id={id} rows={d.histograms.filter((h) => h.tag === tag)} /></td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** Lines of all texts that hold the words: the first of each run beside the first of the others, and so on. */
function Together({ details }: { details: [string, Detail][] }) {
  const wanted = lineWords.value;
  const having = details.filter(([, d]) => d.texts.length);
  const found = useMemo(() => {
    const words = wanted.toLowerCase();
    return having.map(([, d]) => (words.length < 2 ? [] : d.texts.flatMap((t) => t.text.split("\n").flatMap((line, i) => (line.toLowerCase().includes(words) ? [`${t.tag}:${i + 1}  ${line}`] : [])))));
  }, [wanted, having.map(([id]) => id).join()]);
  if (having.length < 2) return null;
  const most = Math.max(...found.map((f) => f.length));
  return (
    <>
      <h2>Lines with the same words</h2>
      <label>find <input value={wanted} onInput={(e) => (lineWords.value = e.currentTarget.value)} placeholder="epoch 3, warning ..." data-testid="together" /></label>
      {wanted.length > 1 && (
        <div class="scroll tall" tabIndex={0} role="region" aria-label="Lines with the same words">
          <table class="answer lines">
            <thead><tr>{having.map(([id], i) => <th scope="col" key={id}><i class="dot" style={{ background: look(id).color }} /> {nameOf(id)}, {found[i]!.length.toLocaleString("en")} lines</th>)}</tr></thead>
            <tbody>
              {Array.from({ length: Math.min(FOUND, most) }, (_, n) => <tr key={n}>{found.map((f, i) => <td key={i}><code>{f[n] ?? ""}</code></td>)}</tr>)}
            </tbody>
          </table>
          {most > FOUND && <p class="note">{(most - FOUND).toLocaleString("en")} more.</p>}
        </div>
      )}
    </>
  );
}
