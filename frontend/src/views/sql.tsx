// The app's workbench: one SELECT over the store, its answer as a table, its plan, a copy as CSV.
import { effect } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { download } from "../chart";
import type { Editor, Schema } from "../editor";
import { shown } from "../format";
import { ask, loadEditor } from "../http";
import { fail, query } from "../state";
import { csvCell } from "./runs";

interface Answer {
  columns: string[];
  rows: unknown[][];
  total: number;
  seconds: number;
}

const FIRST = "SELECT r.name, m.metric, m.last, m.min, m.max\nFROM metrics m JOIN runs r USING (run_id)\nORDER BY m.metric, m.last\nLIMIT 100";

/** The editor where its chunk can be loaded; until then, and where it cannot, a plain field. */
function Question({ run }: { run: () => void }) {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor | null>(null);
  const [schema, setSchema] = useState<Schema>({});
  const [ready, setReady] = useState(false);
  const current = useRef(run);
  current.current = run;
  useEffect(() => void ask("schema").then(async (a) => setSchema(await a.json()), fail), []);
  useEffect(() => {
    let gone = false;
    let follow = () => undefined as void;
    loadEditor().then(({ makeEditor }) => {
      if (gone || !host.current) return;
      const nonce = document.querySelector<HTMLElement>("link[nonce]")?.nonce ?? "";
      const focused = document.activeElement?.id === "query";
      editor.current = makeEditor({ parent: host.current, text: query.value, schema, nonce, onChange: (next) => (query.value = next), onRun: () => current.current() });
      follow = effect(() => editor.current?.set(query.value));
      setReady(true);
      if (focused) host.current.querySelector<HTMLElement>("[contenteditable]")?.focus();
    }, () => undefined);
    return () => {
      gone = true;
      follow();
      editor.current?.end();
      editor.current = null;
    };
  }, []);
  useEffect(() => editor.current?.know(schema), [schema, ready]);
  return (
    <>
      <p class="asks" id="query-label">One SELECT over <code>{Object.keys(schema).join(" ")}</code></p>
      <div ref={host} class="editor" data-testid={ready ? "editor" : undefined} />
      {!ready && <textarea id="query" class="query" rows={8} spellcheck={false} aria-labelledby="query-label" value={query.value} onInput={(e) => (query.value = e.currentTarget.value)} onKeyDown={(e) => (e.ctrlKey || e.metaKey) && e.key === "Enter" && run()} />}
      {ready && <p class="note" id="query-keys">Tab indents; Escape, then Tab leaves the editor. Ctrl+Space completes.</p>}
    </>
  );
}

export function Sql() {
  useEffect(() => void (query.value ||= FIRST), []);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const run = async (explain = false) => {
    setBusy(true);
    setError("");
    try {
      setAnswer(await (await ask("sql", {}, { query: query.value, explain })).json());
    } catch (e) {
      setError((e as Error).message);
    }
    setBusy(false);
  };
  return (
    <section class="view wide" aria-label="SQL">
      <Question run={() => void run()} />
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
            <thead><tr>{answer.columns.map((c, i) => <th scope="col" key={i} class={typeof answer.rows[0]?.[i] === "number" ? "number" : ""}>{c}</th>)}</tr></thead>
            <tbody>{answer.rows.map((r, i) => <tr key={i}>{r.map((v, k) => <td key={k} class={typeof v === "number" ? "number" : ""}>{shown(v)}</td>)}</tr>)}</tbody>
          </table>
        </div>
      )}
    </section>
  );
}
