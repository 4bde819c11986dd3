// The app's data: a server on this machine.
import { readBlock, SAFE, type Provider } from "./data";
import { coarse } from "./series";

const token = new URLSearchParams(location.search).get("token") ?? sessionStorage.getItem("token") ?? "";
if (token) sessionStorage.setItem("token", token);

/** The editor is a file of its own beside the script; it is asked for when the workbench is opened. */
export const loadEditor = () => import("./editor.js");

export async function ask(path: string, values: Record<string, string> = {}, body?: unknown): Promise<Response> {
  const query = new URLSearchParams(values).toString();
  const headers: Record<string, string> = { "X-Runlift": "1" };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const answer = await fetch(`api/${path}${query ? `?${query}` : ""}`, body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) {
    const said = await answer.json().catch(() => null);
    throw new Error(said?.error ?? `${answer.status} ${answer.statusText}`);
  }
  return answer;
}

async function json<T>(path: string, values: Record<string, string> = {}): Promise<T> {
  return (await ask(path, values)).json() as Promise<T>;
}

export async function httpProvider(): Promise<Provider> {
  const { title, notes, footer } = await json<{ title: string; notes: string[]; footer: string }>("about");
  return {
    live: true,
    title,
    notes,
    footer,
    overview: () => json("overview"),
    runs: (q) => json("runs", { filter: q.filter, sort: q.sort, down: q.down ? "1" : "", offset: String(q.offset), limit: String(q.limit), tails: (q.tails ?? []).join("\n") }),
    some: async (ids, tails = []) => (ids.length ? json("some", { runs: ids.join(","), tails: tails.join("\n") }) : []),
    async sparks(metric, ids) {
      const answer = await ask("sparks", { metric, runs: ids.join(",") });
      return new Map(readBlock(new Uint8Array(await answer.arrayBuffer())).map((l) => [l.run, coarse(l.mean)]));
    },
    async lines(metric, ids, span) {
      if (!ids.length) return [];
      const answer = await ask("lines", { metric, runs: ids.join(","), ...(span ? { from: String(span[0]), to: String(span[1]) } : {}) });
      return readBlock(new Uint8Array(await answer.arrayBuffer()));
    },
    items: (kind, filter, words) => json("items", { kind, filter, words }),
    detail: (id) => json(`run/${id}`),
    groups: (metric, by, filter) => json("groups", { metric, by: by.join("\n"), filter }),
    importance: (metric, filter) => json("importance", { metric, filter }),
    trace: (run, metric, line, at) => json("trace", { run, metric, source: line.source, position: String(line.position[at] ?? 0) }),
    mediaUrl: (m) => (SAFE.test(m.mime) ? `api/blob/${m.sha256}${token ? `?token=${encodeURIComponent(token)}` : ""}` : null),
  };
}
