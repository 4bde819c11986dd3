// Texts and consoles of the chosen runs, with search, and what was lost, repaired or chosen when they were read.
import { useMemo } from "preact/hooks";
import { chosen, nameOf, words } from "../state";
import { Coverage } from "./coverage";
import { useDetails } from "./media";

const LINES = 2000;

export function Texts() {
  const details = useDetails();
  const wanted = words.value;
  const texts = details.flatMap(([id, d]) => d.texts.map((t) => ({ id, ...t })));
  if (!chosen.value.length) return <section class="view"><p class="empty">Choose runs in the table of runs.</p></section>;
  return (
    <section class="view" aria-label="Text">
      <div class="bar-row">
        <label>find <input value={wanted} onInput={(e) => (words.value = e.currentTarget.value)} placeholder="words in the texts" /></label>
      </div>
      {!texts.length && <p class="empty">The chosen runs hold no texts.</p>}
      {texts.map((t, i) => <Text key={i} title={`${nameOf(t.id)}, ${t.tag}${t.step === null ? "" : `, step ${t.step}`}`} text={t.text} length={t.length} wanted={wanted} />)}
    </section>
  );
}

function Text({ title, text, length, wanted }: { title: string; text: string; length: number; wanted: string }) {
  const lines = useMemo(() => text.split("\n"), [text]);
  const found = wanted ? lines.map((l, i) => [i, l] as const).filter(([, l]) => l.toLowerCase().includes(wanted.toLowerCase())) : lines.map((l, i) => [i, l] as const);
  if (wanted && !found.length) return null;
  return (
    <details class="text" open={Boolean(wanted) || lines.length < 40}>
      <summary>{title} <span class="soft">{lines.length === 1 ? "1 line" : `${lines.length.toLocaleString("en")} lines`}{wanted && `, ${found.length} with the words`}</span></summary>
      <pre tabIndex={0}>{found.slice(0, LINES).map(([i, l]) => `${String(i + 1).padStart(5)}  ${l}\n`).join("")}</pre>
      {found.length > LINES && <p class="note">{(found.length - LINES).toLocaleString("en")} more lines.</p>}
      {length > text.length && <p class="note">The first {text.length.toLocaleString("en")} of {length.toLocaleString("en")} characters.</p>}
    </details>
  );
}

export function Losses() {
  const details = useDetails();
  const counts = ["total", "used", "ignored", "unrecognised", "damaged", "unfinished"];
  return (
    <section class="view wide" aria-label="What was read">
      <Coverage />
      <h2>Ledger: where every line, row and byte went</h2>
      {!chosen.value.length && <p class="note">Choose runs in the table of runs to see what was read of them, and what was not.</p>}
      <div class="scroll" tabIndex={0}>
        <table class="answer">
          <thead><tr><th scope="col">run</th><th scope="col">source</th><th scope="col">read as</th>{counts.map((c) => <th scope="col" key={c}>{c}</th>)}<th scope="col">of</th></tr></thead>
          <tbody>
            {details.flatMap(([id, d]) => d.sources.map((s, i) => (
              <tr key={id + i}>
                <th scope="row">{nameOf(id)}</th>
                <td title={String(s.path)}>{String(s.path)}</td>
                <td>{String(s.format ?? "nothing")}</td>
                {counts.map((c) => <td class={`number ${Number(s[c]) > 0 && ["unrecognised", "damaged", "unfinished"].includes(c) ? "odd" : ""}`} key={c}>{Number(s[c] ?? 0).toLocaleString("en")}</td>)}
                <td>{String(s.unit ?? "")}</td>
              </tr>
            )))}
          </tbody>
        </table>
      </div>
      <h2>Issues</h2>
      {details.every(([, d]) => !d.issues.length) && <p class="note">None.</p>}
      {details.flatMap(([id, d]) => d.issues.map((issue, i) => (
        <article key={id + i} class={`issue ${issue.severity}`}>
          <h3>{issue.severity}: {issue.message}</h3>
          <p>{issue.done} {issue.help}</p>
          <p class="soft">{nameOf(id)}, {issue.code}, {issue.count.toLocaleString("en")} times, <code>{issue.source}</code> at {issue.position}</p>
        </article>
      )))}
    </section>
  );
}
