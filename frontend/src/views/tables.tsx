// Everything that runs logged besides numbers as one table with rich cells: pictures, sounds, drawings of histograms and curves.
import { useEffect, useMemo, useState } from "preact/hooks";
import { KINDS, num, type Item, type Kind, type Medium, type Num } from "../data";
import { short } from "../format";
import { fail, filter, itemGroup, itemKind, itemSort, itemWords, look, overview, provider, toggle, chosen } from "../state";

const FIRST = 100;
const [W, H] = [160, 40];
/** A chosen run's own colour; the others have none of their own. */
const ink = (run: string) => (chosen.value.includes(run) ? look(run).color : "#64748b");
const HEADS = ["run", "tag", "step", "content", "about"] as const;

interface Answer {
  rows: Item[];
  total: number;
  kind: Kind;
}

export function Tables() {
  const kinds = KINDS.filter((k) => overview.value.kinds[k]);
  const kind = kinds.find((k) => k === itemKind.value) ?? kinds[0] ?? "media";
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [most, setMost] = useState(FIRST);
  useEffect(() => {
    let gone = false;
    setMost(FIRST);
    provider.value.items(kind, filter.value, itemWords.value).then((a) => !gone && setAnswer({ ...a, kind }), (e) => (setAnswer({ rows: [], total: 0, kind }), fail(e)));
    return () => void (gone = true);
  }, [kind, filter.value, itemWords.value]);
  const heads = HEADS.filter((h) => h !== "tag" || itemGroup.value !== "tag");
  const rows = useMemo(() => sorted(answer?.kind === kind ? answer.rows : [], kind), [answer, kind, itemSort.value, itemGroup.value]);
  return (
    <section class="view wide" aria-label="Tables">
      <div class="bar-row">
        <label>
          show{" "}
          <select value={kind} onChange={(e) => (itemKind.value = e.currentTarget.value)} data-testid="kind">
            {kinds.map((k) => <option key={k} value={k}>{k} ({overview.value.kinds[k]!.toLocaleString("en")})</option>)}
          </select>
        </label>
        <label>find <input value={itemWords.value} onChange={(e) => (itemWords.value = e.currentTarget.value)} placeholder="tag or run" size={18} /></label>
        <label>
          group by{" "}
          <select value={itemGroup.value} onChange={(e) => (itemGroup.value = e.currentTarget.value)} data-testid="group">
            <option value="tag">tag</option>
            <option value="run">run</option>
            <option value="none">nothing</option>
          </select>
        </label>
        <span role="status" class="soft" data-testid="items-count">{says(answer)}</span>
      </div>
      {filter.value && <p class="note">Of the runs that fit <code>{filter.value}</code>.</p>}
      <div class="scroll" tabIndex={0} role="region" aria-label={`Table of ${kind}`}>
        <table class="answer items" data-testid="items">
          <thead><tr>{heads.map((h) => <Head key={h} name={h} />)}</tr></thead>
          <tbody>
            {rows.slice(0, most).map((item, i) => {
              const group = groupOf(item);
              const opens = group !== null && (i === 0 || groupOf(rows[i - 1]!) !== group);
              return (
                <>
                  {opens && <tr key={`g${i}`} class="group"><th scope="colgroup" colSpan={heads.length}>{group} <span class="count">{rows.filter((r) => groupOf(r) === group).length.toLocaleString("en")}</span></th></tr>}
                  <tr key={i}>
                    <th scope="row"><RunName item={item} /></th>
                    {heads.includes("tag") && <td>{item.tag}</td>}
                    <td class="number">{item.step === null ? "" : item.step.toLocaleString("en")}</td>
                    <td><Content kind={kind} item={item} /></td>
                    <td class="soft">{about(kind, item)}</td>
                  </tr>
                </>
              );
            })}
          </tbody>
        </table>
      </div>
      {rows.length > most && <p><button onClick={() => setMost(most + 200)}>Show 200 more of {rows.length.toLocaleString("en")}</button></p>}
    </section>
  );
}

function says(answer: Answer | null): string {
  if (!answer) return "Asking ...";
  const all = answer.total.toLocaleString("en");
  return answer.rows.length < answer.total ? `the first ${answer.rows.length.toLocaleString("en")} of ${all}; a filter narrows them down` : `${all} rows`;
}

const groupOf = (item: Item): string | null => (itemGroup.value === "tag" ? item.tag : itemGroup.value === "run" ? `${item.name} ${item.run_id}` : null);

/** By group first, then by the chosen column ("-" in front: falling), then as they came. */
function sorted(rows: Item[], kind: Kind): Item[] {
  const falls = itemSort.value.startsWith("-");
  const by = itemSort.value.replace("-", "");
  const sign = falls ? -1 : 1;
  const value = (i: Item): number | string => (by === "run" ? i.name : by === "tag" ? i.tag : by === "step" ? i.step ?? -1 : by === "about" || by === "content" ? size(kind, i) : 0);
  const held = (a: number | string, b: number | string) => (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), undefined, { numeric: true }));
  return [...rows].sort((a, b) => held(groupOf(a) ?? "", groupOf(b) ?? "") || sign * held(value(a), value(b)));
}

function Head({ name }: { name: (typeof HEADS)[number] }) {
  const mine = itemSort.value.replace("-", "") === name;
  const falls = itemSort.value.startsWith("-");
  return (
    <th scope="col" aria-sort={mine ? (falls ? "descending" : "ascending") : "none"}>
      <button class="plain" onClick={() => (itemSort.value = mine && !falls ? `-${name}` : name)}>{name}{mine && <span aria-hidden="true">{falls ? " \u2193" : " \u2191"}</span>}</button>
    </th>
  );
}

function RunName({ item }: { item: Item }) {
  const on = chosen.value.includes(item.run_id);
  return (
    <label class="check">
      <input type="checkbox" checked={on} onChange={() => toggle(item.run_id)} aria-label={`choose ${item.name}`} style={on ? { accentColor: look(item.run_id).color } : {}} /> {item.name}
    </label>
  );
}

function Content({ kind, item }: { kind: Kind; item: Item }) {
  if (kind === "media") {
    const url = provider.value.mediaUrl(item as unknown as Medium);
    if (!url) return <span class="note">{provider.value.live ? "cannot be shown" : "not in this page"}</span>;
    return item.kind === "audio" ? <audio controls src={url} preload="none" aria-label={`${item.tag} of ${item.name}`} /> : <img src={url} alt={item.caption ?? `${item.tag} of ${item.name}`} loading="lazy" />;
  }
  if (kind === "histograms") return <Bars item={item} />;
  if (kind === "curves") return <Trail item={item} />;
  if (kind === "texts") return <div class="words">{(item.text ?? "").slice(0, 300)}</div>;
  return <code>{item.dtype}[{item.shape?.join(" \u00d7 ")}]</code>;
}

/** A histogram's density as steps. */
function Bars({ item }: { item: Item }) {
  const boxes = (item.count ?? []).map((c, i) => ({ a: num(item.left![i]), b: num(item.right![i]), n: num(c) })).filter((b) => b.n > 0 && Math.abs(b.a) < 1e30 && Math.abs(b.b) < 1e30);
  if (!boxes.length) return <span class="soft">empty</span>;
  const [low, high] = [Math.min(...boxes.map((b) => b.a)), Math.max(...boxes.map((b) => b.b))];
  const tall = boxes.map((b) => b.n / Math.max(1e-30, b.b - b.a));
  const top = Math.max(...tall);
  const px = (v: number) => ((v - low) / (high - low || 1)) * W;
  return (
    <svg viewBox={`0 0 ${W} ${H}`} role="img" preserveAspectRatio="none" aria-label={`histogram of ${item.tag}, ${short(low)} to ${short(high)}`}>
      {boxes.map((b, i) => <rect key={i} x={px(b.a).toFixed(1)} y={(H - (tall[i]! / top) * H).toFixed(1)} width={Math.max(0.8, px(b.b) - px(b.a)).toFixed(1)} height={((tall[i]! / top) * H).toFixed(1)} fill={ink(item.run_id)} />)}
    </svg>
  );
}

function columnsOf(item: Item): number[][] {
  const wide = item.columns?.length ?? 0;
  const values = (item.values ?? []).map((v: Num) => num(v));
  const long = wide ? Math.floor(values.length / wide) : 0;
  return Array.from({ length: wide }, (_, i) => values.slice(i * long, (i + 1) * long));
}

/** Which columns are drawn: recall and precision, or false and true positive rate, where they are named so; else the first two. */
function axes(item: Item): [number, number] {
  const at = (word: string) => (item.columns ?? []).findIndex((c) => c.toLowerCase() === word);
  if (at("recall") >= 0 && at("precision") >= 0) return [at("recall"), at("precision")];
  if (at("fpr") >= 0 && at("tpr") >= 0) return [at("fpr"), at("tpr")];
  return [0, 1];
}

function Trail({ item }: { item: Item }) {
  const columns = columnsOf(item);
  const [i, j] = axes(item);
  const points = (columns[i] ?? []).map((x, n) => [x, columns[j]?.[n] ?? NaN] as const).filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
  if (points.length < 2) return <span class="soft">empty</span>;
  const span = (k: 0 | 1) => [Math.min(...points.map((p) => p[k])), Math.max(...points.map((p) => p[k]))] as const;
  const [[a, b], [c, d]] = [span(0), span(1)];
  const path = points.map(([x, y]) => `${(((x - a) / (b - a || 1)) * (W - 4) + 2).toFixed(1)},${(H - 2 - ((y - c) / (d - c || 1)) * (H - 4)).toFixed(1)}`).join(" ");
  return (
    <svg viewBox={`0 0 ${W} ${H}`} role="img" aria-label={`${item.columns![j]} over ${item.columns![i]} of ${item.tag}`}>
      <polyline points={path} fill="none" stroke={ink(item.run_id)} stroke-width="1.5" />
    </svg>
  );
}

function size(kind: Kind, item: Item): number {
  if (kind === "texts") return item.length ?? 0;
  if (kind === "histograms") return (item.count ?? []).reduce<number>((n, c) => n + num(c), 0);
  if (kind === "curves") return item.values?.length ?? 0;
  return item.bytes ?? 0;
}

function about(kind: Kind, item: Item): string {
  const n = size(kind, item).toLocaleString("en");
  if (kind === "media") return [item.caption, item.mime, `${n} bytes`].filter(Boolean).join(", ");
  if (kind === "histograms") return `${short(size(kind, item))} values`;
  if (kind === "texts") return `${n} letters`;
  if (kind === "curves") return `${item.columns![axes(item)[1]] ?? ""} over ${item.columns![axes(item)[0]] ?? ""}`;
  return `${item.plugin}, ${n} bytes`;
}
