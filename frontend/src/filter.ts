// The filter language of runlift/answers/filters.py, for a report, where no server answers: lr<0.01 and opt=adam run~"x".
import { num, type Run } from "./data";

export interface Columns {
  params: Set<string>;
  metrics: Set<string>;
}
type Get = (run: Run) => unknown;
type Node = { all: Node[] } | { any: Node[] } | { not: Node } | { get: Get; op: string; value: string; number: number };

const TOKEN = /\s*(?:(\(|\))|(!=|<=|>=|!~|==|=|<|>|~)|"([^"]*)"|'([^']*)'|`([^`]+)`|([^\s()<>=!~"']+))/y;

interface Token {
  kind: "bracket" | "op" | "text" | "word";
  text: string;
}

function tokens(text: string): Token[] {
  const found: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const m = TOKEN.exec(text);
    if (!m) throw new Error(`cannot be read at character ${at + 1}`);
    if (m[1]) found.push({ kind: "bracket", text: m[1] });
    else if (m[2]) found.push({ kind: "op", text: m[2] });
    else if (m[6] !== undefined) found.push({ kind: "word", text: m[6] });
    else found.push({ kind: m[5] === undefined ? "text" : "word", text: m[3] ?? m[4] ?? m[5] ?? "" });
  }
  return found;
}

/** Reads a filter; an Error says what is wrong. No filter fits all. */
export function parseFilter(text: string, known: Columns): Node {
  const list = tokens(text);
  let i = 0;
  const is = (word: string) => list[i]?.kind === "word" && list[i]!.text.toLowerCase() === word;
  const either = (): Node => {
    const parts = [both()];
    while (is("or")) {
      i++;
      parts.push(both());
    }
    return parts.length > 1 ? { any: parts } : parts[0]!;
  };
  const both = (): Node => {
    const parts = [one()];
    while (i < list.length && !is("or") && list[i]!.text !== ")") {
      if (is("and")) i++;
      parts.push(one());
    }
    return parts.length > 1 ? { all: parts } : parts[0]!;
  };
  const one = (): Node => {
    const token = list[i++];
    if (!token) throw new Error("something is missing at the end");
    if (token.kind === "word" && token.text.toLowerCase() === "not") return { not: one() };
    if (token.text === "(" && token.kind === "bracket") {
      const inner = either();
      if (list[i++]?.text !== ")") throw new Error("a bracket is not closed");
      return inner;
    }
    const op = list[i++];
    const value = list[i++];
    if (token.kind !== "word" || op?.kind !== "op" || !value || value.kind === "bracket" || value.kind === "op")
      throw new Error(`${token.text}: write NAME OP VALUE, such as lr<0.01`);
    const bare = value.kind === "word" && value.text.trim() !== "" ? Number(value.text) : NaN;
    return { get: resolve(token.text, known), op: op.text, value: value.text, number: bare };
  };
  if (!list.length) return { all: [] };
  const tree = either();
  if (i < list.length) throw new Error(`${list[i]!.text} stands where nothing is expected`);
  return tree;
}

const RUN = ["name", "project", "group_name", "job_type", "status", "started_at", "duration_s", "framework", "host", "user_name", "command", "git_commit", "tags", "notes", "formats", "source", "run_id"];

function resolve(name: string, known: Columns): Get {
  const dot = name.indexOf(".");
  const kind = dot > 0 ? name.slice(0, dot) : "";
  const rest = name.slice(dot + 1);
  const own = (n: string) => (RUN.includes(n) ? (r: Run) => (n === "status" ? r.status ?? "unknown" : r[n]) : null);
  const param = (n: string) => {
    const ends = known.params.has(n) ? [n] : [...known.params].filter((k) => k.split(".").pop() === n);
    return ends.length === 1 ? (r: Run) => r.p[ends[0]!] : null;
  };
  const metric = (n: string) => (known.metrics.has(n) ? (r: Run) => r.m[n] && num(r.m[n]![0]) : null);
  const asked = kind === "run" ? own(rest) : kind === "param" ? param(rest) : kind === "metric" ? metric(rest) : null;
  const found = asked ?? (name === "run" ? own("name") : null) ?? (known.params.has(name) ? param(name) : null) ?? own(name) ?? param(name) ?? metric(name);
  if (!found) throw new Error(`${name} is no column of runs, setting or metric`);
  return found;
}

export function matches(node: Node, run: Run): boolean {
  if ("all" in node) return node.all.every((n) => matches(n, run));
  if ("any" in node) return node.any.some((n) => matches(n, run));
  if ("not" in node) return !matches(node.not, run);
  const value = node.get(run);
  if (value === undefined || value === null) return false;
  const text = Array.isArray(value) ? value.join(" ") : String(value);
  if (node.op === "~" || node.op === "!~") {
    return new RegExp(node.value, "i").test(text) === (node.op === "~");
  }
  const numeric = typeof value === "number" && !Number.isNaN(node.number);
  const [a, b]: [number | string, number | string] = numeric ? [value, node.number] : [text, node.value];
  switch (node.op) {
    case "!=": return a !== b;
    case "<": return a < b;
    case "<=": return a <= b;
    case ">": return a > b;
    case ">=": return a >= b;
    default: return a === b;
  }
}
