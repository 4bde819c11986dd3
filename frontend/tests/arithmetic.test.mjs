// Smoothing, differences, order, what numbers look like.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { smoothed, difference, at, order, short, lasted, valueOf, coarse, quantiles, arranged } = await load("series", "inline", "format");

test("smoothing has no bias at its start and passes over what is not finite", () => {
  assert.deepEqual([...smoothed([2, 2, 2], 0.9)].map((v) => v.toFixed(12)), ["2.000000000000", "2.000000000000", "2.000000000000"]);
  assert.deepEqual([...smoothed([5, 1], 0)], [5, 1]);
  const odd = smoothed([NaN, 4, Infinity, 8], 0.5);
  assert.deepEqual([...odd].slice(0, 3), [NaN, 4, NaN]);
  assert.ok(Math.abs(odd[3] - (4 * 0.25 + 8 * 0.5) / 0.75) < 1e-12);
});

test("a difference is taken where both are drawn", () => {
  const line = (x, mean) => ({ x: Float64Array.from(x), mean: Float32Array.from(mean) });
  assert.deepEqual(difference(line([0, 10, 20], [0, 10, 20]), line([5, 10, 30], [1, 1, 1])), { x: [5, 10, 20], y: [-4, -9, -19] });
  assert.ok(Number.isNaN(at({ x: [1, 2], y: [1, 2] }, 3)));
  assert.ok(Number.isNaN(at({ x: [], y: [] }, 0)));
});

test("numbers stand before words, and what is missing or NaN last, whichever way it is sorted", () => {
  const runs = [3, "nan", undefined, "word", 10, "-inf", "inf"].map((v, i) => ({ run_id: String(i), p: v === "word" ? { k: v } : {}, m: v === "word" || v === undefined ? {} : { k: [v] } }));
  const sorted = (column, down) => [...runs].sort(order(column, down)).map((r) => valueOf(r, column) ?? null);
  assert.deepEqual(sorted("m:last:k", false), ["-inf", 3, 10, "inf", "nan", null, null]);
  assert.deepEqual(sorted("m:last:k", true), ["inf", 10, 3, "-inf", "nan", null, null]);
  const named = ["b10", "b9", "", undefined].map((name) => ({ name, p: {}, m: {} }));
  assert.deepEqual(named.sort(order("name", false)).map((r) => r.name), ["b9", "b10", "", undefined]);
});

test("numbers and times are short and true", () => {
  assert.deepEqual([0, 1e-5, 0.123456, 1234567.5, 12000, NaN, -Infinity].map(short), ["0", "1.000e-5", "0.12346", "1.235e+6", "12,000", "nan", "-inf"]);
  assert.deepEqual([1.26, 75, 3720].map(lasted), ["1.3 s", "1 min 15 s", "1 h 02 min"]);
});

test("a small drawing holds means of equal stretches, of what is finite", () => {
  assert.deepEqual(coarse([1, 3, 5, 7], 2), [2, 6]);
  assert.deepEqual(coarse([1, NaN, 5, 7], 2), [1, 6]);
  assert.deepEqual(coarse([1, 2], 48), [1, 2]);
  assert.deepEqual(coarse([], 48), []);
  assert.equal(coarse(Array.from({ length: 1000 }, (_, i) => i)).length, 48);
});

test("quantiles of a histogram are those of boxes that are even inside", () => {
  assert.deepEqual(quantiles([[0, 1, 10], [1, 3, 10]], [0.05, 0.25, 0.5, 0.75, 1]), [0.1, 0.5, 1, 2, 3]);
  assert.deepEqual(quantiles([[2, 2, 5]], [0.5]), [2]);
  assert.ok(Number.isNaN(quantiles([], [0.5])[0]));
});

test("columns stand where they were moved, one move after the other, the name and pinned ones first", () => {
  const columns = ["name", "a", "b", "c"].map((id) => ({ id, title: id, group: "run" }));
  const after = (moved, pinned = []) => arranged(columns, moved, new Set(pinned)).map((c) => c.id).join("");
  assert.equal(after([]), "nameabc");
  assert.equal(after([["c", "a"]]), "namecab");
  assert.equal(after([["c", "a"], ["a", "c"]]), "nameacb");
  assert.equal(after([["a", ""]]), "namebca");
  assert.equal(after([["gone", "a"], ["b", "name"]], ["c"]), "namecba");
});
