// Chosen runs side by side: settings that differ, metrics with deltas, the difference of two as a curve, their texts.
import { useEffect, useMemo, useState } from "preact/hooks";
import { Chart, type Curve } from "../chart";
import { num, type Line, type Run } from "../data";
import { delta, short, shown } from "../format";
import { difference } from "../series";
import { treeOf } from "../diff";
import { chosenRuns, fail, goalOf, look, mainMetric, metric, onlyDiffering, overview, provider } from "../state";
import { Sides } from "./sides";

export function Compare() {
  const runs = chosenRuns.value.slice(0, 12);
  if (runs.length < 2) return <section class="view"><p class="empty">Choose two runs or more in the table of runs.</p></section>;
  return (
    <section class="view wide" aria-label="Compare">
      <div class="bar-row">
        <label class="check"><input type="checkbox" checked={onlyDiffering.value} onChange={(e) => (onlyDiffering.value = e.currentTarget.checked)} /> only what differs</label>
        <span class="note">The first chosen run is what the others are held against{chosenRuns.value.length > 12 ? "; showing 12" : ""}.</span>
      </div>
      <h2>Settings</h2>
      <Settings runs={runs} />
      <h2>Metrics</h2>
      <Metrics runs={runs} />
      <Difference runs={runs} />
      <Sides runs={runs} />
    </section>
  );
}

function Heads({ runs }: { runs: Run[] }) {
  return <>{runs.map((r) => <th scope="col" key={r.run_id}><i class="dot" style={{ background: look(r.run_id).color }} /> {r.name ?? r.run_id}</th>)}</>;
}

/** The runs' own columns, then their settings as the tree that dotted keys make; numbers with what they are more or less. */
function Settings({ runs }: { runs: Run[] }) {
  const own = ["status", "started_at", "duration_s", "framework", "host", "git_commit"];
  const differs = (values: unknown[]) => new Set(values.map((v) => shown(v))).size > 1;
  const kept = (values: unknown[]) => values.some((v) => shown(v) !== "") && (!onlyDiffering.value || differs(values));
  const keys = [...new Set(runs.flatMap((r) => Object.keys(r.p)))].filter((k) => kept(runs.map((r) => r.p[k])));
  const firsts = own.filter((k) => kept(runs.map((r) => r[k])));
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Settings side by side">
      <table class="answer settings" data-testid="settings">
        <thead><tr><th scope="col">setting</th><Heads runs={runs} /></tr></thead>
        <tbody>
          {firsts.map((k) => <SettingRow key={k} label={k} depth={0} values={runs.map((r) => r[k])} column={k} />)}
          {treeOf(keys).map((b, i) =>
            b.key === null ? (
              <tr key={i} class="branch"><th scope="row" colSpan={runs.length + 1} style={{ paddingLeft: `${10 + 16 * b.depth}px` }}>{b.label}</th></tr>
            ) : (
              <SettingRow key={i} label={b.label} depth={b.depth} title={b.key} values={runs.map((r) => r.p[b.key!])} />
            ),
          )}
          {!keys.length && !firsts.length && <tr><td colSpan={runs.length + 1} class="note">No setting differs.</td></tr>}
        </tbody>
      </table>
    </div>
  );
}

function SettingRow({ label, depth, values, column = "", title = label }: { label: string; depth: number; values: unknown[]; column?: string; title?: string }) {
  const texts = values.map((v) => shown(v, column));
  return (
    <tr>
      <th scope="row" title={title} style={{ paddingLeft: `${10 + 16 * depth}px` }}>{label}</th>
      {texts.map((v, i) => (
        <td key={i} class={v && v !== texts[0] ? "differs" : v ? "" : "soft"}>
          {v || "\u2013"}
          {i > 0 && <small class="delta"> {delta(values[0], values[i])}</small>}
        </td>
      ))}
    </tr>
  );
}

function Metrics({ runs }: { runs: Run[] }) {
  const names = overview.value.metrics.map((m) => m.name).filter((n) => runs.some((r) => r.m[n]));
  return (
    <div class="scroll" tabIndex={0}>
      <table class="answer" data-testid="metrics">
        <thead><tr><th scope="col">metric, last (best)</th><Heads runs={runs} /></tr></thead>
        <tbody>
          {names.map((name) => {
            const goal = goalOf(name);
            const lasts = runs.map((r) => num(r.m[name]?.[0]));
            const bests = runs.map((r) => (goal === "unknown" ? NaN : num(r.m[name]?.[goal === "min" ? 1 : 2])));
            const good = bests.filter(Number.isFinite);
            const top = goal === "min" ? Math.min(...good) : Math.max(...good);
            return (
              <tr key={name}>
                <th scope="row"><button class="plain" onClick={() => (metric.value = name)}>{name}</button></th>
                {runs.map((r, i) => (
                  <td key={r.run_id} class={`number ${good.length > 1 && bests[i] === top ? "top" : ""}`}>
                    {r.m[name] ? short(lasts[i]!) : <span class="soft">{"\u2013"}</span>} {Number.isFinite(bests[i]) && <span class="soft">({short(bests[i]!)})</span>}
                    {i > 0 && <small class="delta"> {delta(lasts[0], lasts[i])}</small>}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Difference({ runs }: { runs: Run[] }) {
  const [lines, setLines] = useState<Line[]>([]);
  const shared = overview.value.metrics.filter((m) => m.most > 1 && runs.slice(0, 2).every((r) => r.m[m.name]));
  const name = shared.some((m) => m.name === mainMetric.value) ? mainMetric.value : shared[0]?.name ?? "";
  const ids = runs.map((r) => r.run_id).join();
  useEffect(() => {
    if (name) void provider.value.lines(name, ids.split(",")).then(setLines, fail);
  }, [name, ids]);
  const curves = useMemo((): Curve[] => {
    const base = lines.find((l) => l.run === runs[0]!.run_id);
    return base ? lines.filter((l) => l !== base).map((l) => ({ id: l.run, label: runs.find((r) => r.run_id === l.run)?.name ?? l.run, ...look(l.run), ...difference(base, l) })) : [];
  }, [lines]);
  const parts = curves.map((c) => ({ c, i: Array.from(c.y).findIndex((v) => v !== 0) }));
  if (!name) return <p class="note">The first two runs have no metric in common.</p>;
  return (
    <>
      <h2>Difference</h2>
      <label>
        metric{" "}
        <select value={name} onChange={(e) => (metric.value = e.currentTarget.value)}>
          {shared.map((m) => <option key={m.name}>{m.name}</option>)}
        </select>
      </label>
      <Chart title={`${name} less that of ${runs[0]!.name ?? runs[0]!.run_id}`} curves={curves} xLabel="step" height={260} />
      <ul class="note">
        {parts.map(({ c, i }) => <li key={c.id}>{c.label}: {i < 0 ? "never differs" : `first differs at ${short(c.x[i]!)}`}</li>)}
      </ul>
    </>
  );
}
