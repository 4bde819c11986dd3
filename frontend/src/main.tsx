// The page: a header with views, the view, a footer; the same for the report and the app.
import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Chart, download } from "./chart";
import { KINDS, type Line } from "./data";
import { ask, httpProvider } from "./http";
import { inlineProvider } from "./inline";
import type { Span } from "./pan";
import { address, chosen, chosenRuns, failure, fail, filter, goalOf, grouped, keepAddress, keepRuns, overview, provider, readAddress, smooth, view, x, type View, type X } from "./state";
import { allRuns } from "./table";
import { Card } from "./views/card";
import { Charts, lineCurves, MetricChart } from "./views/charts";
import { Compare } from "./views/compare";
import { Explore } from "./views/explore";
import { Media } from "./views/media";
import { Runs } from "./views/runs";
import { Sql } from "./views/sql";
import { Tables } from "./views/tables";
import { Losses, Texts } from "./views/text";

const TITLES: Record<View, string> = {
  story: "Report", runs: "Runs", charts: "Charts", compare: "Compare", explore: "Explore", media: "Media", tables: "Tables", text: "Text", losses: "What was read", sql: "SQL",
};
const KEYS: Record<string, View> = { r: "runs", h: "charts", c: "compare", e: "explore", m: "media", b: "tables", t: "text", l: "losses" };

function views(story: boolean): View[] {
  const kinds = overview.value.kinds;
  return (Object.keys(TITLES) as View[]).filter((v) => (v === "story" ? story : v === "sql" ? provider.value.live : v === "media" ? (kinds.media ?? 0) + (kinds.histograms ?? 0) > 0 : v === "tables" ? KINDS.some((k) => kinds[k]) : v === "text" ? (kinds.texts ?? 0) > 0 : true));
}

function Page({ story }: { story: HTMLElement | null }) {
  const [help, setHelp] = useState(false);
  const shownViews = views(Boolean(story));
  useEffect(() => {
    const press = (e: KeyboardEvent) => {
      const typing = (e.target as HTMLElement).closest("input:not([type=checkbox]):not([type=range]), textarea, select, dialog, [contenteditable=true]");
      if (typing || e.ctrlKey || e.metaKey || e.altKey) return;
      const to = KEYS[e.key];
      if (to && shownViews.includes(to)) view.value = to;
      else if (e.key === "/") {
        view.value = "runs";
        setTimeout(() => document.getElementById("filter")?.focus());
      } else if (e.key === "?") setHelp(true);
      else return;
      e.preventDefault();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [shownViews.join()]);
  const counts = overview.value.counts;
  return (
    <>
      <a class="skip" href="#content" onClick={(e) => (e.preventDefault(), document.getElementById("content")?.focus())}>to the content</a>
      <header>
        <h1>{provider.value.title}</h1>
        <nav aria-label="Views">
          {shownViews.map((v) => (
            <button key={v} class="tab" aria-current={view.value === v ? "page" : undefined} onClick={() => (view.value = v)}>{TITLES[v]}</button>
          ))}
        </nav>
        <div class="about">
          <span class="soft counts">{counts.runs.toLocaleString("en")} runs, {(counts.points ?? 0).toLocaleString("en")} points</span>
          {provider.value.live && <Save />}
          {provider.value.live && <Views />}
          <button class="plain" aria-label="Keyboard help" onClick={() => setHelp(true)}>?</button>
        </div>
      </header>
      {provider.value.live && <Progress />}
      {failure.value && <p class="error" role="alert">{failure.value} <button class="plain" onClick={() => (failure.value = "")}>close</button></p>}
      <main id="content" tabIndex={-1}>
        {view.value === "story" && story && <Story from={story} />}
        {view.value === "runs" && <Runs />}
        {view.value === "charts" && <Charts />}
        {view.value === "compare" && <Compare />}
        {view.value === "explore" && <Explore />}
        {view.value === "media" && <Media />}
        {view.value === "tables" && <Tables />}
        {view.value === "text" && <Texts />}
        {view.value === "losses" && <Losses />}
        {view.value === "sql" && <Sql />}
      </main>
      <footer>
        {provider.value.notes.map((n) => <p key={n}>{n}</p>)}
        <p>{provider.value.footer}</p>
      </footer>
      <Card />
      {help && <Help close={() => setHelp(false)} />}
    </>
  );
}

function Help({ close }: { close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const rows = [["/", "filter the runs"], ["j k, arrows", "move in the table"], ["x, space", "choose the run"], ["enter", "open the run"], ...Object.entries(KEYS).map(([k, v]) => [k, TITLES[v]]), ["drag, double click", "look closer at a chart, and back"], ["click on a point", "where it was read"]];
  return (
    <dialog ref={dialog} onClose={close} aria-label="Keyboard help">
      <h3>Keys</h3>
      <table class="answer"><tbody>{rows.map(([k, t]) => <tr key={k}><th scope="row"><kbd>{k}</kbd></th><td>{t}</td></tr>)}</tbody></table>
      <form method="dialog"><button>Close</button></form>
    </dialog>
  );
}

interface Spec {
  metric: string;
  run_ids: string[];
  x?: X;
  group?: string;
  smooth?: string;
}

/** The Markdown file's own page: made and made safe in Python; its charts are drawn here. */
function Story({ from }: { from: HTMLElement }) {
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    const host = box.current!;
    host.replaceChildren(...[...from.childNodes].map((n) => n.cloneNode(true)));
    const specs = [...host.querySelectorAll<HTMLElement>(".rl-chart")];
    const first = specs[0] && (JSON.parse(specs[0].dataset.spec!) as Spec);
    if (first) {
      chosen.value = first.run_ids;
      grouped.value = first.group !== undefined;
      if (first.smooth) smooth.value = Number(first.smooth);
      if (first.x) x.value = first.x;
    }
    for (const element of specs) {
      const spec = JSON.parse(element.dataset.spec!) as Spec;
      const found = overview.value.metrics.find((m) => m.name === spec.metric);
      if (found) render(<MetricChart metric={found} height={300} />, element);
      else element.textContent = `No run here has the metric ${spec.metric}.`;
    }
    return () => specs.forEach((s) => render(null, s));
  }, []);
  return <article ref={box} class="view story" />;
}

/** What is seen as a file: the runs that fit as a report, the chosen ones as a workbook. */
function Save() {
  const [said, setSaid] = useState("");
  const save = async (path: string, name: string, body: unknown) => {
    setSaid("writing ...");
    try {
      download(name, await (await ask(path, {}, body)).blob());
      setSaid("");
    } catch (e) {
      setSaid((e as Error).message);
    }
  };
  return (
    <>
      <button class="plain" onClick={() => void save("report", "study.html", { filter: filter.value })} title="The runs that fit as one HTML file">report</button>
      <button class="plain" onClick={() => void save("workbook", "runs.xlsx", { runs: chosen.value })} title="The chosen runs as an Excel workbook">workbook</button>
      {said && <span class="note" role="status">{said}</span>}
    </>
  );
}

/** Saved views: names for what is looked at, kept in the store. */
function Views() {
  const [saved, setSaved] = useState<Record<string, string>>({});
  const [name, setName] = useState("");
  useEffect(() => void ask("views").then(async (a) => setSaved(await a.json()), fail), []);
  const save = async (fragment: string) => {
    setSaved(await (await ask("views", {}, { name, fragment })).json());
    setName("");
  };
  const open = (chosenName: string) => {
    if (saved[chosenName] !== undefined) location.hash = saved[chosenName]!;
    setName(chosenName);
  };
  return (
    <form class="views" onSubmit={(e) => (e.preventDefault(), void save(address().slice(1)).catch(fail))}>
      <label for="view" class="hidden">Saved view</label>
      <input id="view" list="views" value={name} size={9} placeholder="saved views" onInput={(e) => open(e.currentTarget.value)} autocomplete="off" />
      <datalist id="views">{Object.keys(saved).map((v) => <option key={v} value={v} />)}</datalist>
      <button class="plain" disabled={!name.trim()}>save</button>
      {saved[name] !== undefined && <button type="button" class="plain" onClick={() => void save("").catch(fail)}>forget</button>}
    </form>
  );
}

/** What a running ingest says; the counts are asked again when it has committed something. */
function Progress() {
  const [said, setSaid] = useState("");
  useEffect(() => {
    const events = new EventSource("api/events");
    events.onmessage = (e) => {
      const news = JSON.parse(e.data) as { text: string; changed: boolean };
      setSaid(news.text);
      if (news.changed) void provider.value.overview().then((o) => (overview.value = o), fail);
    };
    return () => events.close();
  }, []);
  return said ? <p class="progress" role="status">{said}</p> : null;
}

async function start(): Promise<void> {
  const still = document.getElementById("still");
  const story = still?.querySelector<HTMLElement>("#story") ?? null;
  const told = story?.childNodes.length ? story : null;
  provider.value = inlineProvider() ?? (await httpProvider());
  overview.value = await provider.value.overview();
  document.title = provider.value.title;
  readAddress();
  if (told && !location.hash) view.value = "story";
  if (!chosen.value.length && !location.hash.includes("r=")) {
    const main = overview.value.metrics.find((m) => goalOf(m.name) !== "unknown" && m.most > 1);
    const runs = await allRuns(200);
    chosen.value = runs.filter((r) => !main || r.m[main.name]).slice(0, 8).map((r) => r.run_id);
  }
  keepRuns();
  keepAddress();
  still?.remove();
  render(<Page story={told} />, document.getElementById("app")!);
  document.documentElement.dataset.ready = "1";
  // For tests and benchmarks, which cannot read a canvas.
  const draw = (box: HTMLElement, title: string, lines: Line[], range?: Span) => render(<Chart title={title} curves={lineCurves(lines)} xLabel="step" range={range ?? null} />, box);
  Object.assign(window, { runlift: { provider: provider.value, chosenRuns, draw } });
}

start().catch((e: unknown) => {
  const box = document.getElementById("app")!;
  box.textContent = `This page cannot be shown: ${e instanceof Error ? e.message : String(e)}`;
});
