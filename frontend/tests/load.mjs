// Bundles modules of src for node: `load("filter", "inline")` gives what they export, together.
import { build } from "esbuild";
import { fileURLToPath } from "node:url";

export async function load(...names) {
  const contents = names.map((n) => `export * from "./${n}";`).join("\n");
  const made = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL("../src/", import.meta.url)), loader: "ts" },
    bundle: true, write: false, format: "esm", platform: "neutral", mainFields: ["module", "main"], jsx: "automatic", jsxImportSource: "preact",
  });
  return import(`data:text/javascript;base64,${Buffer.from(made.outputFiles[0].text).toString("base64")}`);
}
