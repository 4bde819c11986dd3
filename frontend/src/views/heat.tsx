// The best result for each pair of values of two settings, as a table whose cells have colours.
import { between } from "../axes";
import type { Run } from "../data";
import { short, shown } from "../format";
import { across, along, best, goalOf, overview } from "../state";

const MOST = 24;

/** The values of a setting in order: numbers by size, then words. */
function valuesOf(runs: Run[], key: string): (string | number)[] {
  const found = [...new Set(runs.flatMap((r) => r.p[key] ?? []))];
  return found.sort((a, b) => (typeof a === "number" && typeof b === "number" ? a - b : typeof a === typeof b ? String(a).localeCompare(String(b), undefined, { numeric: true }) : typeof a === "number" ? -1 : 1));
}

export function Heat({ runs, name, drivers }: { runs: Run[]; name: string; drivers: string[] }) {
  const keys = overview.value.params.map((p) => p.key).filter((k) => {
    const n = valuesOf(runs, k).length;
    return n > 1 && n <= MOST;
  });
  const ranked = [...drivers.filter((d) => keys.includes(d)), ...keys.filter((k) => !drivers.includes(k))];
  const x = keys.find((k) => k === across.value) ?? ranked.find((k) => k !== along.value);
  const y = keys.find((k) => k === along.value && k !== x) ?? ranked.find((k) => k !== x);
  if (!x || !y) return <p class="note">No two settings here have 2 to {MOST} values each.</p>;
  const goal = goalOf(name);
  const [columns, rows] = [valuesOf(runs, x), valuesOf(runs, y)];
  const cell = (a: string | number, b: string | number) => {
    const values = runs.filter((r) => r.p[x] === a && r.p[y] === b).map((r) => best(r, name));
    const value = goal === "min" ? Math.min(...values) : goal === "max" ? Math.max(...values) : values.reduce((s, v) => s + v, 0) / values.length;
    return { n: values.length, value };
  };
  const cells = rows.map((b) => columns.map((a) => cell(a, b)));
  const good = cells.flat().filter((c) => c.n).map((c) => c.value);
  const [low, high] = [Math.min(...good), Math.max(...good)];
  const color = (v: number) => `rgb(${between((v - low) / (high - low || 1)).join(" ")} / 0.35)`;
  const choice = (value: string, other: string, set: (k: string) => void, id: string) => (
    <select value={value} onChange={(e) => set(e.currentTarget.value)} data-testid={id}>{keys.filter((k) => k !== other).map((k) => <option key={k}>{k}</option>)}</select>
  );
  return (
    <>
      <div class="bar-row">
        <label>across {choice(x, y, (k) => (across.value = k), "across")}</label>
        <label>down {choice(y, x, (k) => (along.value = k), "along")}</label>
        <span class="note">{goal === "unknown" ? "The mean of last values" : `The ${goal === "min" ? "least" : "largest"} value`} of the runs that have both; blue is least, orange most.</span>
      </div>
      <div class="scroll" tabIndex={0} role="region" aria-label={`${name} by ${x} and ${y}`}>
        <table class="answer heat" data-testid="heat">
          <thead><tr><th scope="col">{y} {"\u2193"} {x} {"\u2192"}</th>{columns.map((a) => <th scope="col" key={a}>{shown(a)}</th>)}</tr></thead>
          <tbody>
            {rows.map((b, i) => (
              <tr key={b}>
                <th scope="row">{shown(b)}</th>
                {cells[i]!.map((c, k) => (c.n ? <td key={k} style={{ background: color(c.value) }} title={`${c.n} runs`}>{short(c.value)} <small>{c.n}</small></td> : <td key={k} class="soft">{"\u2013"}</td>))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
