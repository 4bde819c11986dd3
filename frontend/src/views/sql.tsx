// The app's workbench: one SELECT over the store, its answer as a table, its plan, a copy as CSV.
import { useState } from "preact/hooks";
import { download } from "../chart";
import { shown } from "../format";
import { ask } from "../http";
import { query } from "../state";
import { csvCell } from "./runs";

interface Answer {
  columns: string[];
  rows: unknown[][];
  total: number;
  seconds: number;
}

const FIRST = "SELECT r.name, m.metric, m.last, m.min, m.max\nFROM metrics m JOIN runs r USING (run_id)\nORDER BY m.metric, m.last\nLIMIT 100";

export function Sql() {
  const asked = query.value || FIRST;
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const run = async (explain = false) => {
    setBusy(true);
    setError("");
    try {
      setAnswer(await (await ask("sql", {}, { query: asked, explain })).json());
    } catch (e) {
      setError((e as Error).message);
    }
    setBusy(false);
  };
  return (
    <section class="view wide" aria-label="SQL">
      <label for="query">One SELECT over <code>runs params points history metrics texts histograms media sources issues</code></label>
      <textarea id="query" class="query" rows={8} spellcheck={false} value={asked} onInput={(e) => (query.value = e.currentTarget.value)} onKeyDown={(e) => (e.ctrlKey || e.metaKey) && e.key === "Enter" && void run()} />
      <div class="bar-row">
        <button onClick={() => void run()} disabled={busy}>Run (Ctrl+Enter)</button>
        <button class="plain" onClick={() => void run(true)} disabled={busy}>Plan</button>
        {answer && <button class="plain" onClick={() => download("answer.csv", new Blob([[answer.columns, ...answer.rows].map((r) => r.map(csvCell).join(",")).join("\r\n")], { type: "text/csv" }))}>CSV</button>}
        <span role="status">{busy ? "Running ..." : answer ? `${answer.total.toLocaleString("en")} rows in ${answer.seconds.toFixed(3)} s${answer.rows.length < answer.total ? `, ${answer.rows.length} shown` : ""}` : ""}</span>
      </div>
      {error && <p class="error" role="alert">{error}</p>}
      {answer && (
        <div class="scroll tall" tabIndex={0}>
          <table class="answer" data-testid="answer">
            <thead><tr>{answer.columns.map((c, i) => <th scope="col" key={i}>{c}</th>)}</tr></thead>
            <tbody>{answer.rows.map((r, i) => <tr key={i}>{r.map((v, k) => <td key={k} class={typeof v === "number" ? "number" : ""}>{shown(v)}</td>)}</tr>)}</tbody>
          </table>
        </div>
      )}
    </section>
  );
}
