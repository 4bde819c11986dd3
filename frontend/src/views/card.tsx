// A run on a card: what it was started with, what came of it, where it was read. The address names the run.
import { useEffect, useRef, useState } from "preact/hooks";
import { num, type Detail, type Run } from "../data";
import { short, shown } from "../format";
import { best, chosen, fail, goalOf, open, provider, toggle } from "../state";

const OWN = ["status", "started_at", "duration_s", "project", "framework", "host", "user_name", "command", "git_commit", "tags", "notes", "run_id"];

export function Card() {
  const [found, setFound] = useState<{ run: Run; detail: Detail } | null>(null);
  const id = open.value;
  useEffect(() => {
    setFound(null);
    if (!id) return;
    const asked = Promise.all([provider.value.some([id]), provider.value.detail(id)]);
    asked.then(([[run], detail]) => id === open.value && (run ? setFound({ run, detail }) : (open.value = "")), (e: unknown) => ((open.value = ""), fail(e)));
  }, [id]);
  return found && <Shown key={id} {...found} />;
}

function Shown({ run, detail }: { run: Run; detail: Detail }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const name = run.name ?? run.run_id;
  const own = OWN.filter((k) => shown(run[k]) !== "");
  const metrics = Object.keys(run.m).sort();
  return (
    <dialog ref={dialog} class="card" onClose={() => (open.value = "")} aria-label={name} data-testid="card">
      <h3>{name}</h3>
      <div class="cards" tabIndex={0} role="region" aria-label={`What is known of ${name}`}>
        <Facts title="Run" rows={own.map((k) => [k, shown(run[k], k)])} />
        <Facts title="Metrics, last (best)" rows={metrics.map((m) => [m, `${shown(run.m[m]![0])}${goalOf(m) === "unknown" || Number.isNaN(num(run.m[m]![1])) ? "" : ` (${short(best(run, m))})`}`])} />
        <Facts title="Settings" rows={Object.entries(run.p).map(([k, v]) => [k, shown(v)])} />
        <Facts title="Read from" rows={detail.sources.map((s) => [String(s.format ?? "nothing"), String(s.path)])} />
      </div>
      <form method="dialog" class="bar-row">
        <button autofocus>Close</button>
        <button type="button" onClick={() => toggle(run.run_id)}>{chosen.value.includes(run.run_id) ? "Do not choose it" : "Choose it"}</button>
        {detail.issues.length > 0 && <span class="note">{detail.issues.length === 1 ? "1 issue" : `${detail.issues.length} issues`}: see What was read.</span>}
      </form>
    </dialog>
  );
}

function Facts({ title, rows }: { title: string; rows: string[][] }) {
  if (!rows.length) return null;
  return (
    <section>
      <h4>{title}</h4>
      <table class="answer"><tbody>{rows.map(([k, v], i) => <tr key={i}><th scope="row">{k}</th><td>{v}</td></tr>)}</tbody></table>
    </section>
  );
}
