/**
 * A server in the dev server: the contract of /api/v1 with invented data that
 * grows. Development and screenshots only; it is no part of the build.
 *
 * A cookie chooses its mood: `mock=signed-out`, `mock=empty`, `mock=error`,
 * `mock=slow`.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Connect, Plugin } from "vite";
import { advance, currentSeq, detailOf, documentOf, keysOf, projectOf, projects } from "./data.ts";
import { answerHome } from "./home.ts";
import { listColumns, listRuns } from "./runs.ts";
import { answerSeries } from "./series.ts";

const TICK_MS = 1000;
const streams = new Set<ServerResponse>();

export function mockServer(): Plugin {
  return {
    name: "runstone-mock",
    configureServer: (server) => start(server.middlewares),
    configurePreviewServer: (server) => start(server.middlewares),
  };
}

function start(middlewares: Connect.Server): void {
  middlewares.use("/api/v1", (request, response) => void answer(request, response));
  setInterval(tick, TICK_MS).unref();
}

function tick(): void {
  const runs = advance(3).map(({ row }) => ({
    entity: row.entity,
    project: row.project,
    run: row.id,
  }));
  const seq = currentSeq();
  for (const stream of streams) {
    stream.write(
      `event: runs\nid: ${seq}\ndata: ${JSON.stringify({ seq, runs, deleted: [] })}\n\n`,
    );
  }
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://mock");
  const mood = /mock=([a-z-]+)/.exec(request.headers.cookie ?? "")?.[1] ?? "";
  const [first, entity, name, noun, id, part] = url.pathname
    .split("/")
    .filter(Boolean)
    .map(decodeURIComponent);

  if (first === "session") return session(request, response, await body(request));
  if (mood === "signed-out") return problem(response, 401, "unauthenticated", "Sign in first.");
  if (first === "me") return json(response, 200, ME);
  if (first === "api-keys") {
    if (request.method === "POST") return json(response, 201, NEW_KEY);
    if (request.method === "GET") return json(response, 200, { keys: KEYS });
    response.statusCode = 204;
    response.end();
    return;
  }
  if (mood === "slow") await new Promise((resolve) => setTimeout(resolve, 60_000));
  if (mood === "error" && first !== "events") {
    return problem(
      response,
      503,
      "unavailable",
      "The database is being restored. Try again in a minute.",
    );
  }
  if (first === "events") return openStream(response);
  if (first === "series") {
    const { requests } = JSON.parse(await body(request));
    response.setHeader("Content-Type", "application/vnd.runstone.series");
    response.end(answerSeries(projects, requests));
    return;
  }
  const home = answerHome([first, entity, name, noun], url.searchParams);
  if (home !== undefined) return json(response, 200, home);
  if (entity === undefined) {
    return json(response, 200, { projects: mood === "empty" ? [] : projects.map(projectOf) });
  }
  const project = projects.find((p) => p.entity === entity && p.name === name);
  if (!project)
    return problem(response, 404, "not_found", `There is no project ${entity}/${name}.`);
  if (noun === undefined) return json(response, 200, projectOf(project));
  if (noun === "keys") {
    const isSystem = url.searchParams.get("stream") === "system";
    return json(response, 200, keysOf(project, isSystem, url.searchParams.getAll("run")));
  }
  if (noun === "columns") return json(response, 200, listColumns(project.runs, url.searchParams));
  if (id === undefined) return json(response, 200, listRuns(project.runs, url.searchParams));
  const run = project.runs.find(({ row }) => row.id === id);
  if (!run)
    return problem(response, 404, "not_found", `There is no run ${id} in ${entity}/${name}.`);
  if (part === "config" || part === "summary") return json(response, 200, documentOf(run, part));
  json(response, 200, detailOf(run));
}

function session(request: IncomingMessage, response: ServerResponse, text: string): void {
  if (request.method === "DELETE") {
    response.setHeader("Set-Cookie", "mock=signed-out; Path=/");
    response.statusCode = 204;
    response.end();
    return;
  }
  if (text.includes("wrong") || text.includes("expired")) {
    problem(
      response,
      401,
      "unauthenticated",
      "This link was used already or is older than an hour.",
    );
    return;
  }
  response.setHeader("Set-Cookie", "mock=; Path=/; Max-Age=0");
  json(response, 201, { user: ME.user });
}

function openStream(response: ServerResponse): void {
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
  response.write(`event: hello\ndata: ${JSON.stringify({ seq: currentSeq() })}\n\n`);
  streams.add(response);
  response.on("close", () => streams.delete(response));
}

async function body(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify(value));
}

function problem(response: ServerResponse, status: number, code: string, detail: string): void {
  response.writeHead(status, { "Content-Type": "application/problem+json" });
  response.end(JSON.stringify({ type: "about:blank", title: code, status, detail, code }));
}

const NEW_KEY = {
  key: {
    id: 1,
    username: "ada",
    name: "",
    hint: "runstone-7a",
    created_at: "2026-11-22T10:00:00Z",
  },
  secret: "runstone-7a41c09e5d3b8f6624e1a0d97c35b8f2e64d10a9",
};

const KEYS = [
  {
    id: 3,
    username: "ada",
    name: "cluster, all of the night shift and a name that goes on",
    hint: "runstone-b1d0",
    created_at: "2026-11-20T08:00:00Z",
    last_used_at: new Date(Date.now() - 90_000).toISOString(),
    expires_at: null,
  },
  {
    id: 2,
    username: "ada",
    name: "",
    hint: "runstone-09ff",
    created_at: "2026-10-02T08:00:00Z",
    last_used_at: null,
    expires_at: "2026-10-20T08:00:00Z",
  },
];

const ME = {
  user: { username: "ada", name: "Ada Lovelace", email: "ada@example.org", is_admin: true },
  entities: [
    { name: "ada", kind: "user" },
    { name: "lab", kind: "team" },
  ],
  server: { base_url: "http://127.0.0.1:8470", version: "0.1.0" },
};
