/** The lines that do again what a run did: code, packages, command. Pure. */
import type { RunEnvironment } from "@/api/environment";
import { repositoryOf } from "./remote";

/** @returns "" where nothing is known that would help. */
export function reproduceLines({ git, packages, has_diff, processes }: RunEnvironment): string {
  const command = processes[0]?.command ?? null;
  const lines: string[] = [];
  if (git?.remote && git.commit) {
    const folder = repositoryOf(git.remote)?.name.split("/").at(-1);
    const remote = repositoryOf(git.remote)?.url ?? git.remote;
    lines.push(`git clone ${quoted(remote)}${folder ? ` && cd ${quoted(folder)}` : ""}`);
  }
  if (git?.commit) lines.push(`git checkout ${git.commit}`);
  if (has_diff) lines.push("git apply diff.patch");
  if (packages.length > 0) {
    const pins = packages.map(({ name, version }) => `${name}==${version}`);
    lines.push("pip install -r /dev/stdin <<'END'", ...pins, "END");
  }
  if (command) lines.push(command);
  return lines.join("\n");
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
