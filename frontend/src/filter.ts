// The filter language of runlift/answers/filters.py, for a report, where no server answers: lr<0.01 and opt=adam run~"x".
import { num, type Run } from "./data";

export interface Columns {
  params: Set<string>;
  metrics: Set<string>;
}
type Value = string | number | null;
/** A column, and how it is compared: a setting by its number where the filter names one, a metric always so. */
interface Known {
  kind: "run" | "param" | "metric";
  get: (run: Run) => unknown;
}
type Node = { all: Node[] } | { any: Node[] } | { not: Node } | { of: Known; op: string; value: string; number: number };

const TOKEN = /\s*(?:(\(|\))|(!=|<=|>=|!~|==|=|<|>|~)|"([^"]*)"|'([^']*)'|`([^`]+)`|([^\s()<>=!~"']+))/y;
const WORD = /\s*([^\s()"']+)/y;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

interface Token {
  kind: "bracket" | "op" | "text" | "word";
  text: string;
}

function tokens(text: string): Token[] {
  const found: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const at = TOKEN.lastIndex;
    WORD.lastIndex = at;
    const word = found.at(-1)?.kind === "op" ? WORD.exec(text) : null;
    if (word) {
      found.push({ kind: "word", text: word[1]! });
      TOKEN.lastIndex = WORD.lastIndex;
      continue;
    }
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
    const of = resolve(token.text, known);
    const bare = value.kind === "word" && NUMBER.test(value.text) ? Number(value.text) : NaN;
    if (of.kind === "metric" && !op.text.includes("~") && Number.isNaN(bare) && !NAMED.test(value.text)) throw new Error(`${value.text} is no number to hold the metric ${token.text} against`);
    return { of, op: op.text, value: value.text, number: bare };
  };
  if (!list.length) return { all: [] };
  const tree = either();
  if (i < list.length) throw new Error(`${list[i]!.text} stands where nothing is expected`);
  return tree;
}

const NAMED = /^[+-]?(nan|inf|infinity)$/i;
const RUN = ["name", "project", "group_name", "job_type", "status", "started_at", "duration_s", "framework", "host", "user_name", "command", "git_commit", "parent_run_id", "sweep_id", "tags", "notes", "formats", "source", "run_id"];

/** What a name means, in this order: run., param. and metric. in front; a setting; a column of runs; the end of a setting's key; a metric. */
function resolve(name: string, known: Columns): Known {
  const dot = name.indexOf(".");
  const rest = name.slice(dot + 1);
  const own = (n: string): Known | null => (RUN.includes(n) ? { kind: "run", get: (r) => ownValue(r, n) } : null);
  const param = (n: string): Known | null => {
    const ends = known.params.has(n) ? [n] : [...known.params].filter((k) => k.split(".").pop() === n);
    return ends.length === 1 ? { kind: "param", get: (r) => r.p[ends[0]!] } : null;
  };
  const metric = (n: string): Known | null => (known.metrics.has(n) ? { kind: "metric", get: (r) => r.m[n] && num(r.m[n]![0]) } : null);
  const by = { run: own, param, metric }[dot > 0 && rest ? name.slice(0, dot) : ""];
  const found = by ? by(rest) : (name === "run" ? own("name") : known.params.has(name) ? param(name) : null) ?? own(name) ?? param(name) ?? metric(name);
  if (!found) throw new Error(`${name} is no column of runs, setting or metric`);
  return found;
}

function ownValue(run: Run, name: string): Value {
  const value = run[name];
  if (name === "status") return String(value ?? "unknown");
  if (name === "tags" || name === "formats") return Array.isArray(value) ? value.join(" ") : "";
  if (name === "started_at" && value) return String(value).replace("T", " ").replace("Z", "");
  return typeof value === "number" ? value : value === undefined || value === null ? null : String(value);
}

export const matches = (node: Node, run: Run): boolean => fits(node, run) === true;

/** As SQL decides: a column of runs that is empty fits neither a condition nor its opposite (null). */
function fits(node: Node, run: Run): boolean | null {
  if ("all" in node) return node.all.reduce<boolean | null>((so, n) => (so === false ? so : least(so, fits(n, run))), true);
  if ("any" in node) return node.any.some((n) => fits(n, run)) ? true : node.any.some((n) => fits(n, run) === null) ? null : false;
  if ("not" in node) {
    const inner = fits(node.not, run);
    return inner === null ? null : !inner;
  }
  const { of, op, value: said, number } = node;
  const value = of.get(run);
  if (value === undefined || value === null) return of.kind === "run" ? null : false;
  if (op.includes("~")) return new RegExp(said, "i").test(String(value)) === (op === "~");
  if (of.kind === "metric") return compared(order(value as number, Number.isNaN(number) ? named(said) : number), op);
  if (of.kind === "param" && !Number.isNaN(number)) {
    const own = typeof value === "number" ? value : value === "true" ? 1 : value === "false" ? 0 : NaN;
    return !Number.isNaN(own) && compared(order(own, number), op);
  }
  if (typeof value === "number" && !Number.isNaN(number)) return compared(order(value, number), op);
  const text = String(value);
  return compared(text < said ? -1 : text > said ? 1 : 0, op);
}

const least = (a: boolean | null, b: boolean | null) => (a === false || b === false ? false : a === null || b === null ? null : true);
const named = (word: string) => (/nan/i.test(word) ? NaN : word.startsWith("-") ? -Infinity : Infinity);

/** As the store orders numbers: NaN is equal to itself and above all others. */
function order(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

function compared(side: number, op: string): boolean {
  switch (op) {
    case "!=": return side !== 0;
    case "<": return side < 0;
    case "<=": return side <= 0;
    case ">": return side > 0;
    case ">=": return side >= 0;
    default: return side === 0;
  }
}
