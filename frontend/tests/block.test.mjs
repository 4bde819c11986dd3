// A block as runlift/report/blocks.py writes it: of the folder that RUNLIFT_BLOCKS names, written by tests/web/test_frontend.py.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { load } from "./load.mjs";

const { readBlock } = await load("data");
const folder = process.env.RUNLIFT_BLOCKS ?? "";
const skip = existsSync(`${folder}/expected.json`) ? false : "RUNLIFT_BLOCKS names no folder of blocks: pytest tests/web/test_frontend.py writes one";

test("blocks hold what Python put into them", { skip }, () => {
  const expected = JSON.parse(readFileSync(`${folder}/expected.json`, "utf8"));
  const num = (v) => (v === null ? NaN : v);
  for (const { file, lines } of expected) {
    const found = readBlock(new Uint8Array(readFileSync(`${folder}/${file}`)));
    assert.equal(found.length, lines.length);
    lines.forEach((line, i) => {
      for (const key of ["run", "source", "kind", "points", "odd"]) assert.equal(found[i][key], line[key], `${file} ${key}`);
      for (const key of ["x", "low", "high", "mean", "last", "position", "wall", "epoch"]) assert.deepEqual([...found[i][key]], line[key].map(num), `${file} ${key}`);
    });
  }
});
