// Builds runlift/web/static from src: one script, one style sheet, and the app's editor as a chunk; the same bytes for the same
// lock file.
import { build } from "esbuild";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const out = here("../runlift/web/static/");

const chunk = { name: "chunk", setup: (b) => b.onResolve({ filter: /^\.\/editor\.js$/ }, () => ({ path: "./editor.js", external: true })) };
const bundle = (entry, format) =>
  build({
    entryPoints: [here(entry)],
    bundle: true,
    minify: true,
    format,
    target: "es2022",
    charset: "ascii",
    legalComments: "none",
    jsx: "automatic",
    jsxImportSource: "preact",
    plugins: [chunk],
    write: false,
  });
const made = await bundle("src/main.tsx", "iife");
const editor = (await bundle("src/editor.ts", "esm")).outputFiles[0].text;
writeFileSync(out + "editor.js", editor);
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

// All that is in the lock file and not for building alone is in one of the scripts.
const { packages } = JSON.parse(readFileSync(here("package-lock.json"), "utf8"));
const shipped = Object.keys(packages).filter((p) => p && !packages[p].dev).map((p) => p.replace(/^.*node_modules\//, "")).sort();
const licences = shipped.map((name) => {
  const folder = here(`node_modules/${name}/`);
  const { version, license } = JSON.parse(readFileSync(`${folder}package.json`, "utf8"));
  return `${name} ${version} (${license})\n\n${readFileSync(`${folder}LICENSE`, "utf8").trim()}\n`;
});
writeFileSync(out + "THIRD_PARTY_LICENSES.txt", licences.join(`\n${"-".repeat(80)}\n\n`));
console.log(`app.js ${script.length.toLocaleString("en")} bytes, editor.js ${editor.length.toLocaleString("en")} bytes`);
