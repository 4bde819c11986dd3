// Which runs have which metrics: runs that have the same ones share a row, so that those that lack some stand out.
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Run } from "../data";
import { chosen, filter, overview } from "../state";
import { allRuns } from "../table";

const [METRICS, ROWS, NAMES] = [40, 60, 3];

interface Alike {
  runs: Run[];
  points: Map<string, [number, number]>;
}

/** Runs with the same metrics, the largest group first; of each metric the fewest and most points. */
function alike(runs: Run[]): Alike[] {
  const groups = new Map<string, Run[]>();
  for (const r of runs) {
    const key = Object.keys(r.m).sort().join("\n");
    groups.set(key, [...(groups.get(key) ?? []), r]);
  }
  return [...groups.values()].sort((a, b) => b.length - a.length).map((group) => ({
    runs: group,
    points: new Map(Object.keys(group[0]!.m).map((m) => {
      const counts = group.map((r) => r.m[m]![5]);
      return [m, [Math.min(...counts), Math.max(...counts)]];
    })),
  }));
}

export function Coverage() {
  const [runs, setRuns] = useState<Run[]>([]);
  useEffect(() => void allRuns().then(setRuns), [filter.value, overview.value]);
  const groups = useMemo(() => alike(runs), [runs]);
  const seen = new Set(groups.flatMap((g) => [...g.points.keys()]));
  const metrics = overview.value.metrics.map((m) => m.name).filter((m) => seen.has(m));
  if (!groups.length || !metrics.length) return null;
  const most = Math.max(...groups.flatMap((g) => [...g.points.values()].map(([, high]) => high)));
  const says = ([low, high]: [number, number]) => (low === high ? low.toLocaleString("en") : `${low.toLocaleString("en")} to ${high.toLocaleString("en")}`);
  const size = (n: number) => `${Math.round(6 + (8 * Math.log1p(n)) / Math.log1p(most))}px`;
  return (
    <>
      <h2>Coverage: which runs have which metrics</h2>
      <p class="note">
        {runs.length.toLocaleString("en")} runs{filter.value ? " that fit the filter" : ""}; those with the same metrics share a row; a larger square is more points.
        {metrics.length > METRICS && ` ${metrics.length - METRICS} metrics of fewest runs are not shown.`}
        {groups.length > ROWS && ` ${groups.length - ROWS} rows of fewest runs are not shown.`}
      </p>
      <div class="scroll tall" tabIndex={0} role="region" aria-label="Coverage">
        <table class="answer coverage" data-testid="coverage">
          <thead><tr><th scope="col">runs</th>{metrics.slice(0, METRICS).map((m) => <th scope="col" key={m} title={m}><span>{m}</span></th>)}</tr></thead>
          <tbody>
            {groups.slice(0, ROWS).map((g) => (
              <tr key={g.runs[0]!.run_id}>
                <th scope="row">
                  <button class="plain" onClick={() => (chosen.value = g.runs.slice(0, 50).map((r) => r.run_id))} title="choose them">{g.runs.length.toLocaleString("en")}</button>{" "}
                  <span class="soft">{g.runs.slice(0, NAMES).map((r) => r.name ?? r.run_id).join(", ")}{g.runs.length > NAMES ? " ..." : ""}</span>
                </th>
                {metrics.slice(0, METRICS).map((m) => {
                  const n = g.points.get(m);
                  return <td key={m} title={n ? `${m}: ${says(n)} points` : `no ${m}`}>{n ? <><i style={{ width: size(n[1]), height: size(n[1]) }} /><span class="hidden">{says(n)}</span></> : <span class="hidden">none</span>}</td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
