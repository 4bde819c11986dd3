// Which settings matter: importance, parallel coordinates, a heatmap of two settings, a scatter with its Pareto front.
import { useEffect, useState } from "preact/hooks";
import type { ImportanceAnswer, Run } from "../data";
import { short } from "../format";
import { best, fail, filter, goalOf, mainMetric, metric, overview, provider } from "../state";
import { allRuns } from "../table";
import { Heat } from "./heat";
import { Parallel } from "./parallel";
import { Scatter } from "./scatter";

const MOST = 2000;

export function Explore() {
  const [runs, setRuns] = useState<Run[] | null>(null);
  const [found, setFound] = useState<ImportanceAnswer | null>(null);
  const name = mainMetric.value;
  useEffect(() => void allRuns(MOST).then(setRuns), [filter.value]);
  useEffect(() => {
    setFound(null);
    if (goalOf(name) !== "unknown") void provider.value.importance(name, filter.value).then(setFound, fail);
  }, [name, filter.value]);
  if (!runs) return <section class="view wide" aria-label="Explore"><p class="empty" role="status">Asking ...</p></section>;
  const scored = runs.filter((r) => Number.isFinite(best(r, name)));
  return (
    <section class="view wide" aria-label="Explore">
      <div class="bar-row">
        <label>
          metric{" "}
          <select value={name} onChange={(e) => (metric.value = e.currentTarget.value)}>
            {overview.value.metrics.map((m) => <option key={m.name}>{m.name}</option>)}
          </select>
        </label>
        <span class="note">{scored.length} runs have it{goalOf(name) === "unknown" ? "; which way it is better is not known, so last values are shown" : ""}.</span>
      </div>
      <h2>What drives it</h2>
      <Drivers found={found} known={goalOf(name) !== "unknown"} />
      <h2>Settings and result</h2>
      <Parallel runs={scored} name={name} drivers={found?.drivers.map((d) => d.param) ?? []} />
      <h2>Two settings</h2>
      <Heat runs={scored} name={name} drivers={found?.drivers.map((d) => d.param) ?? []} />
      <h2>Two values</h2>
      <Scatter runs={scored} name={name} drivers={found?.drivers.map((d) => d.param) ?? []} />
    </section>
  );
}

function Drivers({ found, known }: { found: ImportanceAnswer | null; known: boolean }) {
  if (!known) return <p class="note">Choose a metric whose name says which way it is better.</p>;
  if (!found) return <p class="note">Asking ...</p>;
  if (!found.drivers.length) return <p class="note">{found.silent}</p>;
  const most = Math.max(...found.drivers.map((d) => d.high), 1e-9);
  return (
    <div class="scroll" tabIndex={0}><table class="answer drivers">
      <thead><tr><th scope="col">setting</th><th scope="col">importance (95% interval)</th><th scope="col">rank correlation</th><th scope="col">changes with</th></tr></thead>
      <tbody>
        {found.drivers.slice(0, 12).map((d) => (
          <tr key={d.param}>
            <th scope="row">{d.param}</th>
            <td><i class="bar" style={{ width: `${Math.max(0, (100 * d.importance) / most)}%` }} /><span>{short(d.importance)} ({short(d.low)} to {short(d.high)})</span></td>
            <td class="number">{d.correlation === null ? "" : d.correlation.toFixed(2)}</td>
            <td>{d.same_as.join(", ")}</td>
          </tr>
        ))}
      </tbody>
    </table></div>
  );
}
