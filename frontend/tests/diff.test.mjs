// Differences of texts, against a slow table of longest common parts; trees of dotted keys.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { diffLines, unified, treeOf } = await load("diff");

function shared(a, b) {
  const t = Array.from({ length: a.length + 1 }, () => new Array(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--) for (let j = b.length - 1; j >= 0; j--) t[i][j] = a[i] === b[j] ? t[i + 1][j + 1] + 1 : Math.max(t[i + 1][j], t[i][j + 1]);
  return t[0][0];
}

test("what went and what came give back both texts, and no shorter way exists", () => {
  let seed = 7;
  const next = (n) => ((seed = (seed * 48271) % 2147483647), seed % n);
  for (let round = 0; round < 300; round++) {
    const make = () => Array.from({ length: next(14) }, () => "abcd"[next(4)]);
    const [a, b] = [make(), make()];
    const d = diffLines(a, b);
    assert.deepEqual(d.filter((p) => p.kind !== "+").map((p) => p.text), a);
    assert.deepEqual(d.filter((p) => p.kind !== "-").map((p) => p.text), b);
    assert.equal(d.filter((p) => p.kind === " ").length, shared(a, b));
  }
});

test("only what is near a difference is shown, with where it stands", () => {
  const lines = Array.from({ length: 40 }, (_, i) => `line ${i}`);
  const other = [...lines];
  other[20] = "changed";
  const u = unified(lines.join("\n"), other.join("\n"), 1);
  assert.deepEqual(u.pieces.map((p) => p.kind + p.text), ["@line 20, 20", " line 19", "-line 20", "+changed", " line 21"]);
  assert.deepEqual([u.gone, u.come, u.cut], [1, 1, false]);
  assert.deepEqual(unified("x", "x").pieces, []);
});

test("long texts that share nothing are told in time", () => {
  const [a, b] = ["a", "b"].map((w) => Array.from({ length: 6000 }, (_, i) => `${w}${i}`).join("\n"));
  const started = Date.now();
  const u = unified(a, b);
  assert.deepEqual([u.gone, u.come, u.cut], [5000, 5000, true]);
  assert.ok(Date.now() - started < 3000);
});

test("dotted keys are a tree", () => {
  const tree = treeOf(["seed", "optim.lr", "optim.name", "model.name", "data.a.b", "data.a.c", "data.d", "optim"]);
  assert.deepEqual(tree.map((b) => `${"  ".repeat(b.depth)}${b.label}${b.key === null ? "/" : ""}`), ["data/", "  a/", "    b", "    c", "  d", "model.name", "optim", "  lr", "  name", "seed"]);
});
