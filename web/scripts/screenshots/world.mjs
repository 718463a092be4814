// A server of its own on a scratch folder, and what the real wandb client and our own log to it.
import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
export const CLIENT_PYTHON = join(ROOT, ".cache", "wandb-clients", "0.31", "bin", "python");

const RUNSTONE = join(ROOT, ".venv", "bin", "runstone");
const PYTHON = join(ROOT, ".venv", "bin", "python");
const EXAMPLES = join(ROOT, "examples");
/** Always the same: the first-run page shows it. */
const PORT = "8479";
const STARTS_WITHIN_MS = 30_000;
/** Pictures are taken as if it were so long after the last run. */
const LATER_MS = 12 * 60_000;

export class World {
  url = "";
  /** What time it is in the pictures; undefined before there is data. */
  now;
  #folder = join(tmpdir(), "runstone-screenshots");
  /** A notebook that was run, saved and opened again without its kernel. */
  notebook = `file://${join(this.#folder, "spirals.html")}`;
  #key = "";
  #server;
  #live;

  async start() {
    // Its name is in the pictures, so it is always the same.
    rmSync(this.#folder, { recursive: true, force: true });
    mkdirSync(this.#folder);
    this.#server = spawn(
      RUNSTONE,
      [
        ...["up", "--data", join(this.#folder, "data"), "--port", PORT, "--first-user", "ada"],
        ...["--crash-after-s", "7200"],
      ],
      { stdio: ["ignore", "pipe", "ignore"] },
    );
    const said = await hear(this.#server, /WANDB_API_KEY=(\S+)/);
    this.url = /WANDB_BASE_URL=(\S+)/.exec(said)?.[1] ?? "";
    this.#key = /WANDB_API_KEY=(\S+)/.exec(said)?.[1] ?? "";
  }

  /** Logs runs from a working copy with a change that nobody has committed. */
  async fill() {
    const copy = join(this.#folder, "shapes");
    mkdirSync(copy);
    const script = join(copy, "gallery.py");
    copyFileSync(join(EXAMPLES, "gallery.py"), script);
    const at = "2026-01-01T09:00:00Z";
    const env = { ...process.env, GIT_AUTHOR_DATE: at, GIT_COMMITTER_DATE: at };
    const git = (...args) => execFileSync("git", args, { cwd: copy, env, stdio: "ignore" });
    git("init", "--quiet", "--initial-branch", "main");
    git("add", ".");
    git("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "-qm", "Shapes");
    git("remote", "add", "origin", "https://git.example.org/lab/shapes.git");
    const text = readFileSync(script, "utf8");
    writeFileSync(script, text.replace("num_steps: int = 400", "num_steps: int = 320"));
    this.#log(CLIENT_PYTHON, ["gallery.py"], { cwd: copy });
    this.#log(PYTHON, [join(EXAMPLES, "judge_shapes.py")]);
    this.#log(
      PYTHON,
      [
        join(import.meta.dirname, "notebook.py"),
        join(EXAMPLES, "spirals.ipynb"),
        fileURLToPath(this.notebook),
      ],
      { said: { RUNSTONE_NAME: "two spirals", RUNSTONE_RUN_ID: "spirals" } },
    );
    for (const run of ["reinforcement-learning-1", "reinforcement-learning-2"]) {
      await this.#ask("DELETE", `/projects/ada/reinforcement-learning/runs/${run}`);
    }
  }

  async startLiveRun() {
    this.#live = spawn(CLIENT_PYTHON, [join(EXAMPLES, "gallery.py"), "--live"], {
      cwd: this.#folder,
      env: this.#environment(),
      stdio: "ignore",
    });
    // Until it has logged the steps that it logs without a pause.
    for (let step = 0; step < 200; ) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      const run = await this.#ask("GET", "/projects/ada/shapes/runs/shapes-live");
      step = run?.last_step ?? 0;
    }
    // It is running still, but holds its breath while the pictures are taken.
    this.#live.kill("SIGSTOP");
    this.now = Date.now() + LATER_MS;
  }

  /** Gives the browser a session of the administrator. */
  async signIn(context) {
    const response = await context.request.post(`${this.url}/api/v1/session`, {
      data: { api_key: this.#key },
      headers: { "X-Runstone-CSRF": "1" },
    });
    if (!response.ok()) throw new Error(`Signing in: ${response.status()}`);
  }

  async stop() {
    this.#live?.kill("SIGCONT");
    await end(this.#live, "SIGINT");
    await end(this.#server, "SIGTERM");
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Says what went wrong, and nothing else. */
  #log(python, words, { cwd = this.#folder, said = {} } = {}) {
    const env = { ...this.#environment(), ...said };
    try {
      execFileSync(python, words, { cwd, env, stdio: "pipe" });
    } catch (error) {
      throw new Error(`${words.join(" ")}: ${error.stderr}`);
    }
  }

  async #ask(method, path) {
    const headers = { Authorization: `Bearer ${this.#key}` };
    const response = await fetch(`${this.url}/api/v1${path}`, { method, headers });
    return response.status === 200 ? response.json() : undefined;
  }

  #environment() {
    return {
      ...process.env,
      WANDB_BASE_URL: this.url,
      WANDB_API_KEY: this.#key,
      WANDB_DIR: this.#folder,
      RUNSTONE_URL: this.url,
      RUNSTONE_API_KEY: this.#key,
      RUNSTONE_DIR: join(this.#folder, "runstone"),
    };
  }
}

function hear(process, wanted) {
  return new Promise((resolve, reject) => {
    let said = "";
    const timer = setTimeout(
      () => reject(new Error("The server did not start.")),
      STARTS_WITHIN_MS,
    );
    process.stdout.on("data", (chunk) => {
      said += chunk;
      if (!wanted.test(said)) return;
      clearTimeout(timer);
      resolve(said);
    });
    process.on("exit", (code) => reject(new Error(`The server ended with ${code}.`)));
  });
}

function end(process, signal) {
  if (process === undefined || process.exitCode !== null) return;
  return new Promise((resolve) => {
    process.on("exit", resolve);
    process.kill(signal);
  });
}
