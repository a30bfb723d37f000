// The real client of JavaScript finds in the stand-in what it expects of the Hub.
// HUB_URL, HUB_TOKEN and HUB_READER come from tests/hub/standin/test_node_client.py.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import {
  checkRepoAccess,
  commit,
  countCommits,
  createRepo,
  datasetInfo,
  deleteFile,
  deleteFiles,
  deleteRepo,
  downloadFile,
  fileDownloadInfo,
  fileExists,
  listCommits,
  listFiles,
  pathsInfo,
  repoExists,
  snapshotDownload,
  spaceInfo,
  uploadFile,
  uploadFiles,
  whoAmI,
} from "@huggingface/hub";

const hubUrl = process.env.HUB_URL;
const accessToken = process.env.HUB_TOKEN;
const reader = process.env.HUB_READER;
const name = "board/leaderboard";
const repo = { type: "space", name };
const asked = { repo, hubUrl, accessToken };

async function all(rows) {
  const found = [];
  for await (const row of rows) found.push(row);
  return found;
}

async function head() {
  return (await spaceInfo({ name, hubUrl, additionalFields: ["sha"] })).sha;
}

function blob(text) {
  return new Blob([text]);
}

test("who a token belongs to", async () => {
  const found = await whoAmI({ hubUrl, accessToken });
  assert.equal(found.name, "owner");
  assert.deepEqual(found.orgs.map((one) => one.name), ["board"]);
  assert.ok(found.auth.accessToken.createdAt instanceof Date);
  await assert.rejects(whoAmI({ hubUrl, accessToken: "hf_unknown" }), { statusCode: 401 });
});

test("the facts of a space", async () => {
  const found = await spaceInfo({ name, hubUrl, additionalFields: ["cardData", "runtime", "tags"] });
  assert.equal(found.name, name);
  assert.equal(found.likes, 3);
  assert.equal(found.sdk, "gradio");
  assert.equal(found.cardData.title, "Old board");
  assert.equal(found.runtime.stage, "RUNNING");
  assert.ok(found.id.length === 24);
  assert.ok(!Number.isNaN(found.updatedAt.getTime()));
});

test("what does not exist", async () => {
  assert.equal(await repoExists({ repo, hubUrl }), true);
  assert.equal(await repoExists({ repo: { ...repo, name: "board/none" }, hubUrl }), false);
  await assert.rejects(checkRepoAccess({ repo: { ...repo, name: "board/none" }, hubUrl, accessToken }), {
    statusCode: 404,
  });
  await checkRepoAccess(asked);
});

test("files and folders", async () => {
  const rows = await all(listFiles({ ...asked, recursive: true, expand: true }));
  const paths = rows.map((one) => one.path);
  assert.ok(paths.includes("data/boards.csv") && paths.includes("data"));
  assert.ok(rows.every((one) => one.lastCommit.id));
  const inside = await all(listFiles({ ...asked, path: "data" }));
  assert.deepEqual(inside.map((one) => one.path), ["data/boards.csv"]);
  const [info] = await pathsInfo({ ...asked, paths: ["app.py", "none"] });
  assert.equal(info.path, "app.py");
});

test("the content of a file", async () => {
  const text = await (await downloadFile({ ...asked, path: "data/boards.csv" })).text();
  assert.equal(text, "model,score\na,1\n");
  assert.equal(await downloadFile({ ...asked, path: "none" }), null);
  const info = await fileDownloadInfo({ ...asked, path: "app.py" });
  assert.ok(info.size > 10 && info.etag);
  assert.equal(await fileExists({ ...asked, path: "app.py" }), true);
  assert.equal(await fileExists({ ...asked, path: "none" }), false);
});

test("a commit on its parent", async () => {
  const parentCommit = await head();
  const before = await countCommits(asked);
  const made = await commit({
    ...asked,
    title: "Change",
    description: "Why",
    parentCommit,
    operations: [
      { operation: "addOrUpdate", path: "new.txt", content: blob("1") },
      { operation: "delete", path: "requirements.txt" },
    ],
    useXet: false,
  });
  assert.equal(made.commit.oid, await head());
  assert.equal(await countCommits(asked), before + 1);
  const [last] = await all(listCommits({ ...asked, batchSize: 2 }));
  assert.equal(last.oid, made.commit.oid);
  assert.equal(last.title, "Change");
  assert.deepEqual(last.authors.map((one) => one.username), ["owner"]);
  const operations = [{ operation: "addOrUpdate", path: "b", content: blob("2") }];
  await assert.rejects(commit({ ...asked, title: "Stale", parentCommit, operations, useXet: false }), {
    statusCode: 412,
  });
});

test("a file for LFS", async () => {
  const content = new Blob([new Uint8Array(5000)]);
  const made = await uploadFile({ ...asked, file: { path: "x.bin", content }, useXet: false });
  assert.ok(made.commit.oid);
  const rows = await all(listFiles(asked));
  const row = rows.find((one) => one.path === "x.bin");
  assert.equal(row.lfs.size, 5000);
  const found = await downloadFile({ ...asked, path: "x.bin", xet: false });
  assert.equal(found.size, 5000);
  await deleteFile({ ...asked, path: "x.bin" });
  assert.equal(await fileExists({ ...asked, path: "x.bin" }), false);
});

test("several files at once, and the whole tree", async () => {
  const files = ["m/1.txt", "m/2.txt"].map((path) => ({ path, content: blob(path) }));
  await uploadFiles({ ...asked, files, useXet: false });
  const cacheDir = await mkdtemp(join(tmpdir(), "hub-"));
  const folder = await snapshotDownload({ ...asked, cacheDir });
  assert.equal(await readFile(join(folder, "m/1.txt"), "utf8"), "m/1.txt");
  assert.ok((await readFile(join(folder, "README.md"), "utf8")).includes("Old board"));
  await rm(cacheDir, { recursive: true });
  await deleteFiles({ ...asked, paths: files.map((one) => one.path) });
  assert.equal(await fileExists({ ...asked, path: "m/2.txt" }), false);
  const [info] = await pathsInfo({ ...asked, paths: ["README.md"], expand: true });
  assert.ok(info.lastCommit.id);
});

test("rights", async () => {
  const operations = [{ operation: "addOrUpdate", path: "b", content: blob("2") }];
  await assert.rejects(
    commit({ repo, hubUrl, accessToken: reader, title: "No", operations, useXet: false }),
    { statusCode: 403 },
  );
});

test("new repositories", async () => {
  const fresh = { type: "space", name: "board/fresh" };
  const files = [{ path: "index.html", content: blob("<h1>new</h1>") }];
  const made = await createRepo({ repo: fresh, hubUrl, accessToken, sdk: "static", files });
  assert.ok(made.repoUrl.endsWith("/spaces/board/fresh"));
  assert.equal(made.id.length, 24);
  await assert.rejects(createRepo({ repo: fresh, hubUrl, accessToken, sdk: "static" }), { statusCode: 409 });
  const text = await (await downloadFile({ repo: fresh, hubUrl, accessToken, path: "index.html" })).text();
  assert.equal(text, "<h1>new</h1>");
  await deleteRepo({ repo: fresh, hubUrl, accessToken });
  assert.equal(await repoExists({ repo: fresh, hubUrl }), false);
  const data = { type: "dataset", name: "board/data" };
  await createRepo({ repo: data, hubUrl, accessToken });
  assert.equal((await datasetInfo({ name: data.name, hubUrl })).name, data.name);
});

test("the old name of a repository leads to the new one", async () => {
  await fetch(`${hubUrl}/api/repos/move`, {
    method: "POST",
    headers: { Authorization: `Bearer ${accessToken}`, "Content-Type": "application/json" },
    body: JSON.stringify({ fromRepo: name, toRepo: "board/old", type: "space" }),
  });
  assert.equal((await spaceInfo({ name, hubUrl })).name, "board/old");
});
