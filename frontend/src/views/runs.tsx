// Home: the table of runs, its filter, which columns are shown, grouping, and copies of what is seen.
import { useEffect, useState } from "preact/hooks";
import { download } from "../chart";
import type { Run } from "../data";
import { columnsOf, shown, valueOf, type Column } from "../format";
import { chosen, down, filter, groupBy, onlyDiffering, overview, provider, sort } from "../state";
import { allRuns, RunsTable } from "../table";

const MOST = 40;

/** The columns that say something: what is the same for all runs in sight is left out, if that is wanted. */
function useColumns(): { columns: Column[]; hidden: number; more: number } {
  const [sample, setSample] = useState<Run[]>([]);
  useEffect(() => void allRuns(500).then(setSample), [filter.value, provider.value]);
  const all = columnsOf(overview.value);
  const kept = all.filter((c) => {
    if (c.id === "name" || c.id === groupBy.value || c.id === sort.value) return true;
    const values = new Set(sample.map((r) => shown(valueOf(r, c.id))));
    if (values.size === 1 && values.has("")) return false;
    return !onlyDiffering.value || sample.length < 2 || values.size > 1;
  });
  return { columns: kept.slice(0, MOST), hidden: all.length - kept.length, more: Math.max(0, kept.length - MOST) };
}

export function Runs() {
  const { columns, hidden, more } = useColumns();
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
        </form>
        <label>
          group by{" "}
          <select value={groupBy.value} onChange={(e) => group(e.currentTarget.value)}>
            <option value="">nothing</option>
            {overview.value.params.map((p) => <option key={p.key} value={`p:${p.key}`}>{p.key}</option>)}
          </select>
        </label>
        <label class="check"><input type="checkbox" checked={onlyDiffering.value} onChange={(e) => (onlyDiffering.value = e.currentTarget.checked)} /> hide constant columns</label>
        <button onClick={() => void allRuns(10).then((r) => (chosen.value = r.map((run) => run.run_id)))}>choose first 10</button>
        <button class="plain" disabled={!chosen.value.length} onClick={() => (chosen.value = [])}>choose none</button>
        <button class="plain" onClick={() => void saveCsv(columns)}>CSV</button>
      </div>
      <RunsTable columns={columns} groupKey={groupBy.value} />
      {(hidden > 0 || more > 0) && (
        <p class="note">
          {hidden > 0 && `${hidden} columns are empty${onlyDiffering.value ? " or the same for all runs" : ""} and hidden. `}
          {more > 0 && `${more} more columns are in the CSV.`}
        </p>
      )}
    </section>
  );
}

/** A text that a spreadsheet would take for a formula gets an apostrophe, as in every CSV of runlift. */
export function csvCell(value: unknown): string {
  const text = Array.isArray(value) ? value.join(", ") : value === null || value === undefined ? "" : String(value);
  const safe = typeof value !== "number" && /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

async function saveCsv(columns: Column[]): Promise<void> {
  const rows = (await allRuns(100_000)).map((r) => columns.map((c) => csvCell(valueOf(r, c.id))).join(","));
  const head = columns.map((c) => csvCell(c.title)).join(",");
  download("runs.csv", new Blob([[head, ...rows, ""].join("\r\n")], { type: "text/csv" }));
}
