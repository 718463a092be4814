import { type ReactNode, useState } from "react";
import type { RunEnvironment, RunProcess } from "@/api/environment";
import { formatBytes } from "@/lib/format-bytes";
import { useMessages } from "@/lib/i18n";
import { CodeBlock, CopyText } from "@/ui/code-block";
import { Select } from "@/ui/select";
import { groupGpus } from "../gpus";
import { commitUrl, repositoryOf } from "../remote";
import { reproduceLines } from "../reproduce";
import { Disclosure } from "./disclosure";
import { Fact } from "./fact";
import styles from "./overview.module.css";
import { Packages } from "./packages";

interface EnvironmentFactsProps {
  environment: RunEnvironment;
  /** A link to the page of the run's code. */
  codeLink: (words: string) => ReactNode;
}

/** Where and with what a run was started. */
export function EnvironmentFacts({ environment, codeLink }: EnvironmentFactsProps) {
  const m = useMessages();
  const [chosen, setChosen] = useState("0");
  const { processes, packages } = environment;
  const process = processes[Number(chosen)] ?? processes[0];
  const reproduce = reproduceLines(environment);
  return (
    <>
      {processes.length > 1 && (
        <div className={styles.chooser}>
          <Select
            label={m.run.process}
            value={chosen}
            options={processes.map((one, i) => ({
              value: String(i),
              label: one.writer || one.host || `${i}`,
              detail: one.writer ? (one.host ?? undefined) : undefined,
            }))}
            onChange={setChosen}
          />
        </div>
      )}
      <Group title={m.run.code}>
        <CodeFacts environment={environment} process={process} codeLink={codeLink} />
      </Group>
      {process && (
        <Group title={m.run.machine}>
          <MachineFacts process={process} client={environment.client} />
        </Group>
      )}
      {packages.length > 0 && <Packages packages={packages} />}
      {reproduce !== "" && (
        <Disclosure title={m.run.reproduce}>
          <p className={styles.nothing}>
            {environment.has_diff ? m.run.reproduceWithDiff : m.run.reproduceHint}
          </p>
          <div className={styles.code}>
            <CodeBlock code={reproduce} />
          </div>
        </Disclosure>
      )}
    </>
  );
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.group} aria-label={title}>
      <h2 className={styles.groupTitle}>{title}</h2>
      {children}
    </section>
  );
}

function CodeFacts({
  environment,
  process,
  codeLink,
}: EnvironmentFactsProps & { process: RunProcess | undefined }) {
  const m = useMessages();
  const { git, has_diff, code_files } = environment;
  const repository = repositoryOf(git?.remote);
  const commit = git?.commit?.slice(0, 10);
  return (
    <dl className={styles.facts}>
      <Fact name={m.run.command}>
        {process?.command && <CopyText text={process.command} label={m.run.copyCommand} />}
      </Fact>
      <Fact name={m.run.program}>
        {process?.program && <code title={process.program}>{process.program}</code>}
      </Fact>
      <Fact name={m.run.folder}>
        {process?.working_folder && (
          <code title={process.working_folder}>{process.working_folder}</code>
        )}
      </Fact>
      <Fact name={m.run.remote}>
        {git?.remote &&
          (repository ? (
            <a href={repository.url} target="_blank" rel="noreferrer noopener">
              {repository.name}
            </a>
          ) : (
            <code>{git.remote}</code>
          ))}
      </Fact>
      <Fact name={m.run.branch}>{git?.branch && <code>{git.branch}</code>}</Fact>
      <Fact name={m.run.commit}>
        {git?.commit &&
          (repository ? (
            <a
              href={commitUrl(repository, git.commit)}
              title={git.commit}
              target="_blank"
              rel="noreferrer noopener"
            >
              <code>{commit}</code>
            </a>
          ) : (
            <CopyText text={git.commit} label={m.run.copyCommit} />
          ))}
      </Fact>
      <Fact name={m.run.changes}>{has_diff && codeLink(m.run.uncommitted)}</Fact>
      <Fact name={m.run.saved}>
        {code_files.length > 0 && codeLink(m.run.files(code_files.length))}
      </Fact>
    </dl>
  );
}

function MachineFacts({ process, client }: { process: RunProcess; client: string | null }) {
  const m = useMessages();
  const { cpu_cores, cpu_threads, cpu_model, memory_bytes, gpus, slurm } = process;
  const job = slurm.SLURM_JOB_ID ?? slurm.job_id;
  return (
    <dl className={styles.facts}>
      <Fact name={m.run.host}>{process.host}</Fact>
      <Fact name={m.run.os}>{process.os && <span title={process.os}>{process.os}</span>}</Fact>
      <Fact name={m.run.python}>
        {process.python && <span title={process.executable ?? undefined}>{process.python}</span>}
      </Fact>
      <Fact name={m.run.client}>{client}</Fact>
      <Fact name={m.run.cpu}>
        {cpu_model || cpu_cores !== null ? (
          <>
            {cpu_model && <span className={styles.line}>{cpu_model}</span>}
            {cpu_cores !== null && (
              <span className={styles.line}>{m.run.cores(cpu_cores, cpu_threads)}</span>
            )}
          </>
        ) : null}
      </Fact>
      <Fact name={m.run.memory}>{memory_bytes !== null && formatBytes(memory_bytes)}</Fact>
      <Fact name={m.run.gpus}>
        {gpus.length > 0 &&
          groupGpus(gpus).map(({ name, count, memoryBytes }) => (
            <span key={name} className={styles.line}>
              {count > 1 && `${count} × `}
              {name}
              {memoryBytes !== null && (
                <span className={styles.meaning}> {formatBytes(memoryBytes)}</span>
              )}
            </span>
          ))}
      </Fact>
      <Fact name={m.run.cuda}>{process.cuda}</Fact>
      <Fact name={m.run.tpu}>{process.tpu}</Fact>
      <Fact name={m.run.docker}>
        {process.docker && <CopyText text={process.docker} label={m.run.copyDocker} />}
      </Fact>
      <Fact name={m.run.slurm}>{job}</Fact>
    </dl>
  );
}
