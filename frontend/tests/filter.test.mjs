// The filter language, on the table of cases that the tests of runlift/answers/filters.py read as well.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { load } from "./load.mjs";

const { parseFilter, matches } = await load("filter");
const table = JSON.parse(readFileSync(new URL("filters.json", import.meta.url), "utf8"));
const runs = table.runs.map((r) => ({ run_id: r.name, name: `${r.name}/metrics.jsonl`, p: r.p, m: r.loss.length ? { loss: [r.loss.at(-1)] } : {} }));
const known = { params: new Set(runs.flatMap((r) => Object.keys(r.p))), metrics: new Set(["loss"]) };

for (const [filter, fitting] of table.cases) {
  test(`${filter || "no filter"} fits ${fitting ?? "nothing, and says why"}`, () => {
    if (fitting === null) return assert.throws(() => parseFilter(filter, known), Error);
    const tree = parseFilter(filter, known);
    assert.equal(runs.filter((r) => matches(tree, r)).map((r) => r.run_id).join(""), fitting);
  });
}
