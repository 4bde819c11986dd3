// Home: the table of runs, its filter, which columns are shown, grouping, and copies of what is seen.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { download } from "../chart";
import type { Run } from "../data";
import { arranged, columnsOf, shown, valueOf, type Column } from "../format";
import { baseline, chosen, chosenRuns, down, filter, groupBy, linesOf, moves, onlyDiffering, overview, picked, provider, query, sort, sparks, view, withLine } from "../state";
import { allRuns, RunsTable, tailsOf } from "../table";

const MOST = 40;

/** The columns that say something: what is the same for all runs in sight is left out, if that is wanted. */
function useColumns(): { all: Column[]; columns: Column[]; pinned: Set<string>; hidden: number; more: number } {
  const [sample, setSample] = useState<Run[]>([]);
  useEffect(() => void allRuns(500).then(setSample), [filter.value, provider.value]);
  const all = columnsOf(overview.value);
  const wanted = new Set(picked.value.split("\n"));
  const pinned = new Set([...wanted].flatMap((w) => (w.startsWith("!") ? [w.slice(1)] : [])));
  const asked = (c: Column) => wanted.has(`+${c.id}`) || pinned.has(c.id);
  const kept = all.filter((c) => {
    if (wanted.has(`-${c.id}`)) return false;
    if (asked(c) || c.id === "name" || c.id === groupBy.value || c.id === sort.value) return true;
    if (c.extra) return false;
    const values = new Set(sample.map((r) => shown(valueOf(r, c.id))));
    if (values.size === 1 && values.has("")) return false;
    return !onlyDiffering.value || sample.length < 2 || values.size > 1;
  });
  const first = kept.filter((c, i) => i < MOST || asked(c));
  const columns = arranged(first, linesOf(moves.value), pinned);
  return { all, columns, pinned, hidden: all.filter((c) => !c.extra && !kept.includes(c)).length, more: kept.length - first.length };
}

export function Runs() {
  const { all, columns, pinned, hidden, more } = useColumns();
  const [typed, setTyped] = useState(filter.value);
  useEffect(() => setTyped(filter.value), [filter.value]);
  const group = (id: string) => {
    groupBy.value = id;
    if (id) {
      sort.value = id;
      down.value = false;
    }
  };
  return (
    <section class="view wide" aria-label="Runs">
      <div class="bar-row">
        <form class="filter" onSubmit={(e) => (e.preventDefault(), (filter.value = typed))} role="search">
          <label for="filter" class="hidden">Filter</label>
          <input id="filter" value={typed} onInput={(e) => setTyped(e.currentTarget.value)} placeholder='lr<0.01 and opt=adam run~"resnet"' spellcheck={false} autocomplete="off" />
          <button type="submit">Filter</button>
          {filter.value && <button type="button" class="plain" onClick={() => (filter.value = "")}>all runs</button>}
          {filter.value && provider.value.live && <AsSql />}
        </form>
        <label>
          group by{" "}
          <select value={groupBy.value} onChange={(e) => group(e.currentTarget.value)}>
            <option value="">nothing</option>
            {overview.value.params.map((p) => <option key={p.key} value={`p:${p.key}`}>{p.key}</option>)}
          </select>
        </label>
        <label class="check"><input type="checkbox" checked={onlyDiffering.value} onChange={(e) => (onlyDiffering.value = e.currentTarget.checked)} /> hide constant columns</label>
        <Baseline />
        <ColumnMenu all={all} shown={columns} pinned={pinned} />
        <button onClick={() => void allRuns(10).then((r) => (chosen.value = r.map((run) => run.run_id)))}>choose first 10</button>
        <button class="plain" disabled={!chosen.value.length} onClick={() => (chosen.value = [])}>choose none</button>
        <button class="plain" onClick={() => void saveCsv(columns)}>CSV</button>
      </div>
      <RunsTable columns={columns} groupKey={groupBy.value} pinned={pinned} />
      {(hidden > 0 || more > 0) && (
        <p class="note">
          {hidden > 0 && `${hidden} columns are empty${onlyDiffering.value ? " or the same for all runs" : ""} and hidden. `}
          {more > 0 && `${more} more columns are in the CSV.`}
        </p>
      )}
    </section>
  );
}

/** Which run the numbers of the others are held against: one of those chosen. */
function Baseline() {
  const names = chosenRuns.value.slice(0, 50);
  const base = baseline.value;
  return (
    <label>
      deltas to{" "}
      <select value={base} onChange={(e) => (baseline.value = e.currentTarget.value)} data-testid="baseline">
        <option value="">none</option>
        {base && !names.some((r) => r.run_id === base) && <option value={base}>{base.slice(0, 8)}</option>}
        {names.map((r) => <option key={r.run_id} value={r.run_id}>{r.name ?? r.run_id}</option>)}
      </select>
    </label>
  );
}

/** Which columns are shown, held at the left, and in which order. */
function ColumnMenu({ all, shown: seen, pinned }: { all: Column[]; shown: Column[]; pinned: Set<string> }) {
  const [find, setFind] = useState("");
  const on = new Set(seen.map((c) => c.id));
  const others = (id: string, marks: string) => picked.value.split("\n").filter((p) => p && !(p.slice(1) === id && marks.includes(p[0]!)));
  const set = (id: string, yes: boolean) => (picked.value = [...others(id, "+-!"), `${yes ? "+" : "-"}${id}`].join("\n"));
  const pin = (id: string, yes: boolean) => (picked.value = [...others(id, "!-"), ...(yes ? [`!${id}`] : [])].join("\n"));
  const move = (c: Column, by: 1 | -1) => {
    const mine = seen.filter((o) => o.id !== "name" && pinned.has(o.id) === pinned.has(c.id));
    const at = mine.indexOf(c);
    if (by < 0 && at < 1) return;
    const before = mine[at + (by < 0 ? -1 : 2)];
    moves.value = withLine(moves.value, c.id, [before?.id ?? ""]);
  };
  const sought = find.toLowerCase();
  const found = [...seen, ...all.filter((c) => !on.has(c.id))].filter((c) => c.id !== "name" && c.title.toLowerCase().includes(sought));
  return (
    <details class="menu" onKeyDown={(e) => e.key === "Escape" && e.currentTarget.removeAttribute("open")}>
      <summary>columns</summary>
      <div class="sheet columns">
        <div class="bar-row">
          <label>find <input value={find} size={14} onInput={(e) => setFind(e.currentTarget.value)} /></label>
          <label class="check"><input type="checkbox" checked={sparks.value} onChange={(e) => (sparks.value = e.currentTarget.checked)} /> curves in cells</label>
          <button class="plain" disabled={!picked.value && !moves.value} onClick={() => ((picked.value = ""), (moves.value = ""))}>as it was</button>
        </div>
        <div class="list" tabIndex={0} role="group" aria-label="Columns that are shown">
          {found.slice(0, 300).map((c) => (
            <div key={c.id} class="column">
              <label class="check"><input type="checkbox" checked={on.has(c.id)} onChange={(e) => set(c.id, e.currentTarget.checked)} /> {c.title}</label>
              <span class="tools">
                <small class="soft">{c.group}</small>
                {on.has(c.id) && <button class="plain" aria-label={`move ${c.title} left`} onClick={() => move(c, -1)}>{"\u2190"}</button>}
                {on.has(c.id) && <button class="plain" aria-label={`move ${c.title} right`} onClick={() => move(c, 1)}>{"\u2192"}</button>}
                <button class="plain" aria-label={`pin ${c.title}`} aria-pressed={pinned.has(c.id)} onClick={() => pin(c.id, !pinned.has(c.id))}>{pinned.has(c.id) ? "pinned" : "pin"}</button>
              </span>
            </div>
          ))}
          {found.length > 300 && <p class="note">{found.length - 300} more: find narrows them down.</p>}
        </div>
      </div>
    </details>
  );
}

/** The filter as the store is asked it; the workbench takes it from here. */
function AsSql() {
  const [said, setSaid] = useState("");
  useEffect(() => setSaid(""), [filter.value]);
  const ask = () => provider.value.runs({ filter: filter.value, sort: "", down: false, offset: 0, limit: 1 }).then((p) => setSaid(p.sql ?? ""), (e: Error) => setSaid(e.message));
  return (
    <>
      <button type="button" class="plain" onClick={() => void ask()}>as SQL</button>
      {said && (
        <Dialog title="The filter as SQL" close={() => setSaid("")}>
          <pre data-testid="sql">{said}</pre>
          <button type="button" onClick={() => ((query.value = said), (view.value = "sql"))}>Open in the workbench</button>
        </Dialog>
      )}
    </>
  );
}

function Dialog({ title, close, children }: { title: string; close: () => void; children: ComponentChildren }) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => box.current?.showModal(), []);
  return (
    <dialog ref={box} onClose={close} aria-label={title}>
      <h3>{title}</h3>
      {children}
      <button type="button" onClick={() => box.current?.close()}>Close</button>
    </dialog>
  );
}

/** A text that a spreadsheet would take for a formula gets an apostrophe, as in every CSV of runlift. */
export function csvCell(value: unknown): string {
  const text = Array.isArray(value) ? value.join(", ") : value === null || value === undefined ? "" : String(value);
  const safe = typeof value !== "number" && /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

async function saveCsv(columns: Column[]): Promise<void> {
  const rows = (await allRuns(100_000, tailsOf(columns))).map((r) => columns.map((c) => csvCell(valueOf(r, c.id))).join(","));
  const head = columns.map((c) => csvCell(c.title)).join(",");
  download("runs.csv", new Blob([[head, ...rows, ""].join("\r\n")], { type: "text/csv" }));
}
