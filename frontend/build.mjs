// Builds the pages' files into the Python package, each named by its content.
// `node build.mjs --check` builds aside and compares, so that what is committed is never stale.
import { build } from "esbuild";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const target = join(here, "../src/frontrunner/web/static");
const check = process.argv.includes("--check");

const result = await build({
  absWorkingDir: here,
  entryPoints: ["src/theme.ts", "src/page.ts", "src/board.ts", "src/chart.ts", "src/compare.ts", "src/finder.ts", "src/old.ts", "src/style.css"],
  entryNames: "[name].[hash]",
  outdir: "out",
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022", "chrome111", "firefox113", "safari16.4"],
  charset: "utf8",
  metafile: true,
  write: false,
});

const manifest = {};
for (const [path, output] of Object.entries(result.metafile.outputs)) {
  const entry = output.entryPoint;
  if (entry) manifest[basename(entry).replace(/\.ts$/, ".js")] = basename(path);
}
const files = Object.fromEntries(
  result.outputFiles.map((file) => [basename(file.path), Buffer.from(file.contents)]),
);
const sorted = Object.fromEntries(Object.entries(manifest).sort());
files["manifest.json"] = Buffer.from(JSON.stringify(sorted, null, 2) + "\n");

if (check) {
  const kept = new Set(readdirSync(target));
  const wanted = new Set(Object.keys(files));
  const stale = [...kept].filter((name) => !wanted.has(name));
  const wrong = [...wanted].filter(
    (name) => !kept.has(name) || !readFileSync(join(target, name)).equals(files[name]),
  );
  if (stale.length + wrong.length) {
    console.error(`static/ is not what frontend/ builds: ${[...stale, ...wrong].join(", ")}. Run: make frontend`);
    process.exit(1);
  }
} else {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const [name, body] of Object.entries(files)) writeFileSync(join(target, name), body);
}
