// The table of runs: only the rows in sight exist; sorting, choosing, groups, bars in cells, constant columns hidden.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Page, Run } from "./data";
import { num, type Num } from "./data";
import { delta, shown, valueOf, type Column } from "./format";
import { baseline, chosen, down, fail, filter, look, moves, open, provider, sort, sparks, toggle, withLine } from "./state";
import { Spark } from "./spark";

const ROW = 30;
const WINDOW = 100;

/** Rows by index, fetched a hundred at a time as they come into sight. */
function useRows(tails: string[]): { total: number; row: (i: number) => Run | undefined; error: string; busy: boolean } {
  const [pages, setPages] = useState<Map<number, Page>>(new Map());
  const [total, setTotal] = useState(0);
  const [error, setError] = useState("");
  const asked = useRef(new Set<number>());
  const key = [filter.value, sort.value, down.value, ...tails].join("\n");
  const current = useRef(key);
  const fetch = (p: number) => {
    if (asked.current.has(p)) return;
    asked.current.add(p);
    provider.value.runs({ filter: filter.value, sort: sort.value, down: down.value, offset: p * WINDOW, limit: WINDOW, tails }).then(
      (page) => {
        if (current.current !== key) return;
        setError("");
        setTotal(page.total);
        setPages((old) => new Map(old).set(p, page));
      },
      (e: Error) => current.current === key && setError(e.message),
    );
  };
  useEffect(() => {
    current.current = key;
    asked.current = new Set();
    setPages(new Map());
    fetch(0);
  }, [key]);
  const row = (i: number) => {
    const p = Math.floor(i / WINDOW);
    if (i < total || p === 0) fetch(p);
    return pages.get(p)?.runs[i % WINDOW];
  };
  return { total, row, error, busy: pages.size === 0 && !error };
}

export function RunsTable({ columns, groupKey, pinned }: { columns: Column[]; groupKey: string; pinned: Set<string> }) {
  const tails = tailsOf(columns);
  const rows = useRows(tails);
  const base = useBaseline(tails);
  const table = useRef<HTMLTableElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  const [at, setAt] = useState(0);
  useEffect(() => {
    const host = box.current;
    if (!host) return;
    const watch = new ResizeObserver(() => setHeight(host.clientHeight));
    watch.observe(host);
    return () => watch.disconnect();
  }, []);
  useLayoutEffect(() => place(table.current));
  const first = Math.max(0, Math.floor(top / ROW) - 8);
  const last = Math.min(rows.total, Math.ceil((top + height) / ROW) + 8);
  const visible: [number, Run | undefined][] = [];
  for (let i = first; i < last; i++) visible.push([i, rows.row(i)]);
  if (rows.total === 0) rows.row(0);
  const bars = useMemo(() => ranges(visible.flatMap(([, r]) => r ?? []), columns), [visible.map(([i, r]) => `${i}${r?.run_id}`).join(), columns]);
  const held = columns.filter((c) => pinned.has(c.id)).map((c) => c.id);
  const pinAt = (c: Column) => held.indexOf(c.id);
  const keys = (e: KeyboardEvent) => {
    const move = e.key === "ArrowDown" || e.key === "j" ? 1 : e.key === "ArrowUp" || e.key === "k" ? -1 : 0;
    if (move) {
      const next = Math.min(rows.total - 1, Math.max(0, at + move));
      setAt(next);
      const host = box.current!;
      if ((next + 2) * ROW > host.scrollTop + host.clientHeight) host.scrollTop = (next + 2) * ROW - host.clientHeight;
      if (next * ROW < host.scrollTop) host.scrollTop = next * ROW;
      e.preventDefault();
    } else if (e.key === "x" || e.key === " ") {
      const run = rows.row(at);
      if (run) toggle(run.run_id);
      e.preventDefault();
    } else if (e.key === "Enter" && e.target === box.current) {
      open.value = rows.row(at)?.run_id ?? "";
      e.preventDefault();
    }
  };
  if (rows.error) return <p class="error" role="alert">{rows.error}</p>;
  return (
    <>
      <p class="count" role="status" data-testid="count">
        {rows.busy ? "Asking ..." : `${rows.total.toLocaleString("en")} runs, ${chosen.value.length} chosen`}
      </p>
      <div ref={box} class="runs" tabIndex={0} onKeyDown={keys} onScroll={(e) => setTop(e.currentTarget.scrollTop)} role="region" aria-label="Runs">
        <table ref={table} aria-rowcount={rows.total + 1} data-testid="runs">
          <thead>
            <tr aria-rowindex={1}>
              <th scope="col" class="tick"><span class="hidden">chosen</span></th>
              {columns.map((c) => <Heading key={c.id} column={c} pin={pinAt(c)} />)}
            </tr>
          </thead>
          <tbody>
            {first > 0 && <tr class="pad" aria-hidden="true" style={{ height: `${first * ROW}px` }}><td colSpan={columns.length + 1} /></tr>}
            {visible.map(([i, run]) => {
              const before = i > 0 ? rows.row(i - 1) : undefined;
              const opens = groupKey && run && (i === 0 || (before && shown(valueOf(before, groupKey)) !== shown(valueOf(run, groupKey))));
              return <Row key={i} {...{ i, run, columns, bars, base, pinAt }} here={i === at} opens={Boolean(opens)} />;
            })}
            {last < rows.total && <tr class="pad" aria-hidden="true" style={{ height: `${(rows.total - last) * ROW}px` }}><td colSpan={columns.length + 1} /></tr>}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** The metrics whose mean of the last tenth is shown or sorted by. */
export const tailsOf = (columns: Column[]): string[] => [...new Set([...columns.map((c) => c.id), sort.value])].flatMap((id) => (id.startsWith("m:tail:") ? [id.slice(7)] : []));

/** Tells pinned columns how wide those to the left of them are. */
function place(table: HTMLTableElement | null): void {
  if (!table) return;
  const heads = [...table.tHead!.rows[0]!.cells];
  const wide = (h: Element | undefined) => h?.getBoundingClientRect().width ?? 0;
  let left = wide(heads[0]) + wide(heads[1]);
  heads.filter((h) => h.classList.contains("pinned")).forEach((h, i) => {
    table.style.setProperty(`--pin${i}`, `${left}px`);
    left += wide(h);
  });
}

/** The run that cells are held against, where one is named. */
function useBaseline(tails: string[]): Run | undefined {
  const [base, setBase] = useState<Run>();
  useEffect(() => {
    const id = baseline.value;
    if (!id) setBase(undefined);
    else void provider.value.some([id], tails).then((runs) => id === baseline.value && setBase(runs[0]), fail);
  }, [baseline.value, tails.join()]);
  return base;
}

function Heading({ column, pin }: { column: Column; pin: number }) {
  const mine = sort.value === column.id;
  const set = () => {
    if (mine) down.value = !down.value;
    else {
      sort.value = column.id;
      down.value = column.group !== "setting";
    }
  };
  return (
    <th
      scope="col" class={`${column.group} ${pin < 0 ? "" : "pinned"}`} style={pin < 0 ? {} : { left: `var(--pin${pin})` }} aria-sort={mine ? (down.value ? "descending" : "ascending") : "none"}
      draggable={column.id !== "name"} onDragStart={(e) => e.dataTransfer?.setData("text/plain", column.id)} onDragOver={(e) => e.preventDefault()}
      onDrop={(e) => {
        e.preventDefault();
        const id = e.dataTransfer?.getData("text/plain") ?? "";
        if (id && id !== column.id) moves.value = withLine(moves.value, id, [column.id]);
      }}
    >
      <button class="plain" onClick={set} title={column.title}>
        {column.title}
        {mine && <span aria-hidden="true">{down.value ? " \u2193" : " \u2191"}</span>}
      </button>
    </th>
  );
}

interface RowProps {
  i: number;
  run: Run | undefined;
  columns: Column[];
  bars: Map<string, [number, number]>;
  here: boolean;
  opens: boolean;
  base: Run | undefined;
  pinAt: (column: Column) => number;
}

function Row({ i, run, columns, bars, here, opens, base, pinAt }: RowProps) {
  if (!run) return <tr class="pad" style={{ height: `${ROW}px` }} aria-rowindex={i + 2}><td colSpan={columns.length + 1} /></tr>;
  const on = chosen.value.includes(run.run_id);
  return (
    <tr aria-rowindex={i + 2} class={`${on ? "on" : ""} ${here ? "here" : ""} ${opens ? "opens" : ""}`} data-run={run.run_id}>
      <td class="tick">
        <input type="checkbox" checked={on} onChange={() => toggle(run.run_id)} aria-label={`choose ${run.name ?? run.run_id}`} style={on ? { accentColor: look(run.run_id).color } : {}} />
      </td>
      {columns.map((c) => {
        const value = valueOf(run, c.id);
        const text = shown(value, c.id);
        if (c.id === "name") return <th scope="row" key={c.id} title={text}><button class="plain open" tabIndex={-1} onClick={() => (open.value = run.run_id)}>{text || run.run_id}</button>{base?.run_id === run.run_id && <small class="delta mark">baseline</small>}</th>;
        const pin = pinAt(c);
        const spark = sparks.value ? c.spark : undefined;
        const range = spark ? undefined : bars.get(c.id);
        const share = range && typeof value === "number" && range[1] > range[0] ? (value - range[0]) / (range[1] - range[0]) : null;
        const by = base && c.group !== "run" && run !== base ? delta(valueOf(base, c.id), value) : "";
        const odd = value === "nan" || value === "inf" || value === "-inf";
        return (
          <td key={c.id} class={`${typeof value === "number" || odd ? "number" : ""} ${odd ? "odd" : ""} ${c.id === "status" ? `status ${text}` : ""} ${pin < 0 ? "" : "pinned"} ${spark ? "sparked" : ""}`} style={pin < 0 ? {} : { left: `var(--pin${pin})` }} title={text}>
            {spark && run.m[spark] && <Spark metric={spark} run={run.run_id} />}
            {share !== null && <i class="bar" style={{ width: `${Math.round(share * 100)}%` }} />}
            <span>{text}{by && <small class="delta"> {by}</small>}</span>
          </td>
        );
      })}
    </tr>
  );
}

/** The smallest and largest number of each metric among rows, for the bars. */
function ranges(runs: Run[], columns: Column[]): Map<string, [number, number]> {
  const found = new Map<string, [number, number]>();
  for (const c of columns) {
    if (c.group !== "metric") continue;
    const values = runs.map((r) => num(valueOf(r, c.id) as Num)).filter(Number.isFinite);
    if (values.length > 1) found.set(c.id, [Math.min(...values), Math.max(...values)]);
  }
  return found;
}

/** The runs that fit, in the table's order; none where the filter cannot be read, which the table says. */
export async function allRuns(most = 2000, tails: string[] = []): Promise<Run[]> {
  const asked = provider.value.runs({ filter: filter.value, sort: sort.value, down: down.value, offset: 0, limit: most, tails });
  return asked.then((page) => page.runs, () => []);
}
