// A series as a small line in a cell of the table, asked for when it comes into sight, many at a time.
import { effect } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { chosen, fail, look, overview, provider } from "./state";

const [W, H] = [56, 18];
const REST_MS = 60;
const AT_ONCE = 100;

const known = new Map<string, number[]>();
const waiting = new Map<string, Map<string, ((values: number[]) => void)[]>>();
let timer = 0;
// What was read since is drawn anew.
effect(() => void (overview.value, known.clear()));

function want(metric: string, run: string, take: (values: number[]) => void): void {
  const at = known.get(`${run}\n${metric}`);
  if (at) return take(at);
  const mine = waiting.get(metric) ?? new Map<string, ((values: number[]) => void)[]>();
  waiting.set(metric, mine.set(run, [...(mine.get(run) ?? []), take]));
  timer ||= window.setTimeout(askAll, REST_MS);
}

function askAll(): void {
  timer = 0;
  const asked = [...waiting];
  waiting.clear();
  for (const [metric, runs] of asked) {
    const ids = [...runs.keys()];
    for (let i = 0; i < ids.length; i += AT_ONCE) {
      const some = ids.slice(i, i + AT_ONCE);
      provider.value.sparks(metric, some).then((found) => some.forEach((id) => {
        const values = found.get(id) ?? [];
        known.set(`${id}\n${metric}`, values);
        runs.get(id)!.forEach((take) => take(values));
      }), fail);
    }
  }
}

const seen = new WeakMap<Element, () => void>();
let watch: IntersectionObserver | undefined;
function whenSeen(element: Element, then: () => void): () => void {
  watch ??= new IntersectionObserver((entries) => entries.forEach((e) => {
    if (!e.isIntersecting) return;
    watch!.unobserve(e.target);
    seen.get(e.target)?.();
  }));
  seen.set(element, then);
  watch.observe(element);
  return () => watch!.unobserve(element);
}

export function Spark({ metric, run }: { metric: string; run: string }) {
  const box = useRef<SVGSVGElement>(null);
  const [values, setValues] = useState<number[]>([]);
  useEffect(() => {
    let gone = false;
    const stop = whenSeen(box.current!, () => want(metric, run, (v) => !gone && setValues(v)));
    return () => {
      gone = true;
      stop();
    };
  }, [metric, run, overview.value]);
  const good = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...good), Math.max(...good)];
  const points = values.flatMap((v, i) => (Number.isFinite(v) ? [`${(1 + (i * (W - 2)) / Math.max(1, values.length - 1)).toFixed(1)},${(H - 2 - ((v - low) / (high - low || 1)) * (H - 4)).toFixed(1)}`] : []));
  return (
    <svg ref={box} class="spark" width={W} height={H} viewBox={`0 0 ${W} ${H}`} aria-hidden="true">
      {points.length > 1 && <polyline points={points.join(" ")} fill="none" stroke={chosen.value.includes(run) ? look(run).color : "var(--soft)"} stroke-width="1.25" stroke-linejoin="round" />}
    </svg>
  );
}
