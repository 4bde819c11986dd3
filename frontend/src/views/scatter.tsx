// A result over a setting or another result, a dot a run, with the runs that none other beats on both.
import { axis, span } from "../axes";
import type { Run } from "../data";
import { short, shown } from "../format";
import { best, chosen, goalOf, look, over, overview } from "../state";

export function Scatter({ runs, name, drivers }: { runs: Run[]; name: string; drivers: string[] }) {
  const choices = [...drivers.map((d) => `p:${d}`), ...overview.value.params.map((p) => `p:${p.key}`).filter((p) => !drivers.includes(p.slice(2))), ...overview.value.metrics.map((m) => `m:${m.name}`)];
  const varies = (c: string) => new Set(runs.map((r) => shown(read(r, c)))).size > 1;
  const other = choices.find((c) => c === over.value) || choices.find((c) => varies(c) && c !== `m:${name}`) || choices[0] || "";
  const a = axis(other.slice(2), runs, (r) => read(r, other));
  const points = runs.map((r) => ({ r, x: a.value(r), y: best(r, name) })).filter((p) => Number.isFinite(p.x) && Number.isFinite(p.y));
  // Chosen runs lie on top of the others.
  points.sort((p, q) => Number(chosen.value.includes(p.r.run_id)) - Number(chosen.value.includes(q.r.run_id)));
  const [sx, sy] = [span(points.map((p) => p.x)), span(points.map((p) => p.y))];
  const [W, H] = [720, 340];
  const px = (v: number) => 70 + ((v - sx[0]) / (sx[1] - sx[0] || 1)) * (W - 100);
  const py = (v: number) => H - 40 - ((v - sy[0]) / (sy[1] - sy[0] || 1)) * (H - 70);
  const both = other.startsWith("m:") && goalOf(other.slice(2)) !== "unknown" && goalOf(name) !== "unknown";
  const front = both ? pareto(points.map((p) => [goalOf(other.slice(2)) === "min" ? p.x : -p.x, goalOf(name) === "min" ? p.y : -p.y])) : [];
  return (
    <>
      <label>
        over{" "}
        <select value={other} data-testid="over" onChange={(e) => (over.value = e.currentTarget.value)}>
          {choices.map((c) => <option key={c} value={c}>{c.slice(2)}</option>)}
        </select>
      </label>
      <div class="scroll" tabIndex={0}>
        <svg viewBox={`0 0 ${W} ${H}`} class="scatter" role="img" aria-label={`${name} over ${other.slice(2)}, ${points.length} runs`}>
          <path d={`M70 20V${H - 40}H${W - 20}`} class="frame" />
          {[0, 0.5, 1].map((s) => (
            <g key={s}>
              <text x={64} y={py(sy[0] + s * (sy[1] - sy[0])) + 4} text-anchor="end">{short(sy[0] + s * (sy[1] - sy[0]))}</text>
              {!a.words.length && <text x={px(sx[0] + s * (sx[1] - sx[0]))} y={H - 22} text-anchor="middle">{short(a.title.endsWith("(log)") ? 10 ** (sx[0] + s * (sx[1] - sx[0])) : sx[0] + s * (sx[1] - sx[0]))}</text>}
            </g>
          ))}
          {a.words.slice(0, 12).map((w, i) => <text key={w} x={px(i)} y={H - 22} text-anchor="middle">{w.slice(0, 14)}</text>)}
          <text x={W / 2} y={H - 5} text-anchor="middle" class="title">{a.title}</text>
          <text x={12} y={14} class="title">{name}</text>
          {points.map((p, i) => (
            <circle key={p.r.run_id} cx={px(p.x)} cy={py(p.y)} r={front[i] ? 6 : 4.5} class={`${front[i] ? "front" : ""} ${chosen.value.includes(p.r.run_id) ? "on" : ""}`} style={chosen.value.includes(p.r.run_id) ? { fill: look(p.r.run_id).color } : {}}>
              <title>{`${p.r.name ?? p.r.run_id}: ${short(p.y)}`}</title>
            </circle>
          ))}
        </svg>
      </div>
      {both && <p class="note">Ringed: runs that no other run beats on both.</p>}
    </>
  );
}

function read(run: Run, choice: string): unknown {
  return choice.startsWith("p:") ? run.p[choice.slice(2)] : best(run, choice.slice(2));
}

function pareto(costs: number[][]): boolean[] {
  return costs.map(([a, b], i) => !costs.some(([c, d], j) => j !== i && c! <= a! && d! <= b! && (c! < a! || d! < b!)));
}
