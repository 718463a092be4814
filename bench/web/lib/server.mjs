// A real server on a folder of its own, and runs in it, written as the wandb client writes them.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const ROWS_PER_POST = 2000;

/** Starts `runstone up`; `stop()` ends it and removes its folder. */
export async function startServer() {
  const folder = mkdtempSync(join(tmpdir(), "runstone-bench-web-"));
  const process_ = spawn(
    join(ROOT, ".venv/bin/runstone"),
    ["up", "--port", "0", "--data", join(folder, "data")],
    { env: { ...process.env, PYTHONUNBUFFERED: "1" }, stdio: ["ignore", "pipe", "inherit"] },
  );
  const said = await readBanner(process_);
  const find = (pattern) => {
    const found = pattern.exec(said);
    if (!found) throw new Error(`The server did not say ${pattern}:\n${said}`);
    return found[1];
  };
  const stop = async () => {
    process_.kill("SIGTERM");
    await new Promise((resolve) => process_.once("exit", resolve));
    rmSync(folder, { recursive: true, force: true });
  };
  return {
    url: find(/WANDB_BASE_URL=["']?([^\s"']+)/),
    key: find(/WANDB_API_KEY=["']?([^\s"']+)/),
    signIn: find(/(http\S+\/signin\?token=\S+)/),
    stop,
  };
}

function readBanner(process_) {
  return new Promise((resolve, reject) => {
    let said = "";
    process_.stdout.on("data", (bytes) => {
      said += bytes;
      if (/WANDB_API_KEY=\S+\s/.test(said) && /signin\?token=\S+\s/.test(said)) resolve(said);
    });
    process_.once("exit", (code) => reject(new Error(`The server ended (${code}):\n${said}`)));
  });
}

/** Writes runs through the doors of the wandb client. */
export class Writer {
  constructor({ url, key }) {
    this.url = url;
    this.headers = {
      Authorization: `Basic ${Buffer.from(`api:${key}`).toString("base64")}`,
      "Content-Type": "application/json",
    };
  }

  async post(path, body) {
    const response = await fetch(this.url + path, {
      method: "POST",
      headers: this.headers,
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  async entity() {
    const response = await fetch(`${this.url}/api/v1/me`, { headers: this.headers });
    return (await response.json()).entities[0].name;
  }

  async createRun(project, run, displayName = run) {
    const answer = await this.post("/graphql", {
      operationName: "UpsertBucket",
      query:
        "mutation UpsertBucket($project: String, $name: String, $shown: String) { " +
        "upsertBucket(input: {modelName: $project, name: $name, displayName: $shown}) { bucket { id } } }",
      variables: { project, name: run, shown: displayName },
    });
    if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  }

  /** @param rows Objects of numbers; NaN and the infinities are written as the client does. */
  async log(entity, project, run, rows, offset = 0) {
    const path = `/files/${entity}/${project}/${run}/file_stream`;
    for (let at = 0; at < rows.length; at += ROWS_PER_POST) {
      const content = rows.slice(at, at + ROWS_PER_POST).map(toJson);
      await this.post(path, {
        files: { "wandb-history.jsonl": { offset: offset + at, content } },
      });
    }
  }

  async finish(entity, project, run) {
    await this.post(`/files/${entity}/${project}/${run}/file_stream`, {
      complete: true,
      exitcode: 0,
    });
  }
}

/** JSON with bare NaN and Infinity, as Python writes it. */
function toJson(row) {
  const fields = Object.entries(row).map(([key, value]) => `${JSON.stringify(key)}: ${value}`);
  return `{${fields.join(", ")}}`;
}
