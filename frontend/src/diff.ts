// Texts line by line: which lines went, came, stayed (Myers), and the tree that dotted keys make.

export interface Piece {
  kind: " " | "-" | "+" | "@";
  text: string;
}

const LINES = 5000;
const EDITS = 1500;

/** All lines with what became of them; two texts that share too little are told as one that went and one that came. */
export function diffLines(before: string[], after: string[]): Piece[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < before.length - head && tail < after.length - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const same = (lines: string[]): Piece[] => lines.map((text) => ({ kind: " ", text }));
  const a = before.slice(head, before.length - tail);
  const b = after.slice(head, after.length - tail);
  return [...same(before.slice(0, head)), ...edits(a, b), ...same(before.slice(before.length - tail))];
}

/** Myers: the furthest that d edits lead on each diagonal, then the way back. */
function edits(a: string[], b: string[]): Piece[] {
  const most = Math.min(a.length + b.length, EDITS);
  const far = new Int32Array(2 * most + 3);
  const trail: Int32Array[] = [];
  for (let d = 0; d <= most; d++) {
    trail.push(far.slice(most + 1 - d - 1, most + 1 + d + 2));
    for (let k = -d; k <= d; k += 2) {
      const at = k + most + 1;
      let x = k === -d || (k !== d && far[at - 1]! < far[at + 1]!) ? far[at + 1]! : far[at - 1]! + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      far[at] = x;
      if (x >= a.length && x - k >= b.length) return wayBack(a, b, trail);
    }
  }
  return [...a.map((text): Piece => ({ kind: "-", text })), ...b.map((text): Piece => ({ kind: "+", text }))];
}

function wayBack(a: string[], b: string[], trail: Int32Array[]): Piece[] {
  const found: Piece[] = [];
  let x = a.length;
  let y = b.length;
  for (let d = trail.length - 1; d >= 0 && (x > 0 || y > 0); d--) {
    const far = (k: number) => trail[d]![k + d + 1]!;
    const k = x - y;
    const down = k === -d || (k !== d && far(k - 1) < far(k + 1));
    const from = d === 0 ? 0 : down ? far(k + 1) : far(k - 1);
    const fromY = d === 0 ? 0 : from - (down ? k + 1 : k - 1);
    while (x > from && y > fromY && x > 0 && y > 0 && a[x - 1] === b[y - 1]) {
      found.push({ kind: " ", text: a[x - 1]! });
      x--;
      y--;
    }
    if (d === 0) break;
    if (down) found.push({ kind: "+", text: b[--y]! });
    else found.push({ kind: "-", text: a[--x]! });
  }
  return found.reverse();
}

export interface Unified {
  pieces: Piece[];
  gone: number;
  come: number;
  /** Only the first lines of a longer text were looked at. */
  cut: boolean;
}

/** What differs with lines around it, as `diff -u` prints it. */
export function unified(before: string, after: string, around = 3): Unified {
  const [a, b] = [before.split("\n"), after.split("\n")];
  const all = diffLines(a.slice(0, LINES), b.slice(0, LINES));
  const near = new Uint8Array(all.length);
  all.forEach((p, i) => p.kind !== " " && near.fill(1, Math.max(0, i - around), i + around + 1));
  const pieces: Piece[] = [];
  let [i, j] = [1, 1];
  all.forEach((p, at) => {
    if (near[at]) {
      if (!near[at - 1]) pieces.push({ kind: "@", text: `line ${i.toLocaleString("en")}, ${j.toLocaleString("en")}` });
      pieces.push(p);
    }
    if (p.kind !== "+") i++;
    if (p.kind !== "-") j++;
  });
  const count = (kind: string) => all.filter((p) => p.kind === kind).length;
  return { pieces, gone: count("-"), come: count("+"), cut: a.length > LINES || b.length > LINES };
}

export interface Branch {
  /** The whole key; null for a heading that only holds others. */
  key: string | null;
  label: string;
  depth: number;
}

/** Dotted keys as a tree: a part that several keys share becomes a heading, a part that one key has stays in its name. */
export function treeOf(keys: string[]): Branch[] {
  const grow = (inside: string[], skip: number, depth: number): Branch[] => {
    const byPart = new Map<string, string[]>();
    for (const key of inside) {
      const part = key.slice(skip).split(".")[0]!;
      byPart.set(part, [...(byPart.get(part) ?? []), key]);
    }
    return [...byPart].flatMap(([part, group]): Branch[] => {
      const deeper = group.filter((k) => k.slice(skip).length > part.length);
      if (deeper.length < 2) return group.map((key) => ({ key, label: key.slice(skip), depth }));
      const own = group.find((k) => k.slice(skip) === part) ?? null;
      return [{ key: own, label: part, depth }, ...grow(deeper, skip + part.length + 1, depth + 1)];
    });
  };
  return grow([...keys].sort(), 0, 0);
}
