// Builds the pages' files into the Python packages, each named by its content.
// `node build.mjs --check` builds aside and compares, so that what is committed is never stale.
import { build } from "esbuild";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const check = process.argv.includes("--check");
const packages = {
  web: ["theme.ts", "page.ts", "board.ts", "chart.ts", "compare.ts", "customize.ts", "finder.ts", "formats.ts", "frame.ts", "jump.ts", "old.ts", "cells.ts", "style.css", "more.css", "cells.css", "choosing.css", "embed.css"],
  "takeover/console": ["console.ts", "console.css"],
};

/** The files of one package: what each entry becomes, and the manifest of their names. */
async function built(entries) {
  const result = await build({
    absWorkingDir: here,
    entryPoints: entries.map((name) => `src/${name}`),
    entryNames: "[name].[hash]",
    outdir: "out",
    bundle: true,
    minify: true,
    format: "esm",
    target: ["es2022", "chrome111", "firefox113", "safari16.4"],
    charset: "utf8",
    loader: { ".woff2": "file" },
    assetNames: "[name].[hash]",
    metafile: true,
    write: false,
  });
  const manifest = {};
  for (const [path, output] of Object.entries(result.metafile.outputs)) {
    const entry = output.entryPoint;
    // A font is no entry, but pages ask for it ahead of the style that names it.
    if (path.endsWith(".woff2")) manifest[basename(Object.keys(output.inputs)[0])] = basename(path);
    if (entry) manifest[basename(entry).replace(/\.ts$/, ".js")] = basename(path);
  }
  const files = Object.fromEntries(
    result.outputFiles.map((file) => [basename(file.path), Buffer.from(file.contents)]),
  );
  // A font goes nowhere without its licence.
  if ("instrument-sans.woff2" in manifest) {
    manifest["OFL.txt"] = "OFL.txt";
    files["OFL.txt"] = readFileSync(join(here, "fonts/OFL.txt"));
  }
  const sorted = Object.fromEntries(Object.entries(manifest).sort());
  files["manifest.json"] = Buffer.from(JSON.stringify(sorted, null, 2) + "\n");
  return files;
}

/** The names of files that are missing, different, or not built any more. */
function wrong(target, files) {
  const kept = new Set(readdirSync(target));
  const stale = [...kept].filter((name) => !(name in files));
  const changed = Object.keys(files).filter(
    (name) => !kept.has(name) || !readFileSync(join(target, name)).equals(files[name]),
  );
  return [...stale, ...changed];
}

for (const [name, entries] of Object.entries(packages)) {
  const target = join(here, "../src/frontrunner", name, "static");
  const files = await built(entries);
  if (check) {
    const found = wrong(target, files);
    if (found.length) {
      console.error(`${name}/static is not what frontend/ builds: ${found.join(", ")}. Run: make frontend`);
      process.exitCode = 1;
    }
  } else {
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target, { recursive: true });
    for (const [file, body] of Object.entries(files)) writeFileSync(join(target, file), body);
  }
}
