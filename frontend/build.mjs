// Builds runlift/web/static from src: one script, one style sheet, the same bytes for the same lock file.
import { build } from "esbuild";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const out = here("../runlift/web/static/");

const made = await build({
  entryPoints: [here("src/main.tsx")],
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  charset: "ascii",
  legalComments: "none",
  jsx: "automatic",
  jsxImportSource: "preact",
  write: false,
});
// The report puts the script into a page: nothing in it may end the element that holds it.
const script = made.outputFiles[0].text.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
writeFileSync(out + "app.js", script);

const styles = await build({
  entryPoints: [here("src/style.css")],
  bundle: true,
  minify: true,
  charset: "ascii",
  legalComments: "none",
  write: false,
});
writeFileSync(out + "app.css", styles.outputFiles[0].text);

const licences = ["preact", "@preact/signals", "@preact/signals-core", "uplot"].map((name) => {
  const folder = here(`node_modules/${name}/`);
  const { version, license } = JSON.parse(readFileSync(`${folder}package.json`, "utf8"));
  return `${name} ${version} (${license})\n\n${readFileSync(`${folder}LICENSE`, "utf8").trim()}\n`;
});
writeFileSync(out + "THIRD_PARTY_LICENSES.txt", licences.join(`\n${"-".repeat(80)}\n\n`));
console.log(`app.js ${script.length.toLocaleString("en")} bytes`);
