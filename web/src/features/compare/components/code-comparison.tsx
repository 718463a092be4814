/** How the code of two runs differs: saved files, and what was changed and not committed. */
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { type Client, useClient } from "@/api/client";
import type { RunFile } from "@/api/files";
import { useMessages } from "@/lib/i18n";
import { runName } from "@/lib/run-name";
import { Notice } from "@/ui/notice";
import { PatchView } from "@/ui/patch/patch-view";
import { Skeleton } from "@/ui/skeleton";
import { comparePairs, MAX_BYTES, pairFiles, patchOf } from "../code-diff";
import type { LoadedRun } from "../queries";
import type { RunAddress } from "../refs";
import styles from "./compare-view.module.css";

interface CodeComparisonProps {
  runs: readonly LoadedRun[];
  renderError: (error: Error, retry: () => void) => ReactNode;
}

export function CodeComparison({ runs, renderError }: CodeComparisonProps) {
  const m = useMessages();
  const [first, second] = runs;
  if (runs.length !== 2 || !first || !second) {
    return <Notice title={m.compare.codeNeedsTwo}>{m.compare.codeNeedsTwoHint}</Notice>;
  }
  return <TwoRuns first={first} second={second} renderError={renderError} />;
}

interface TwoRunsProps {
  first: LoadedRun;
  second: LoadedRun;
  renderError: CodeComparisonProps["renderError"];
}

function TwoRuns({ first, second, renderError }: TwoRunsProps) {
  const m = useMessages();
  const client = useClient();
  const [before, after] = [codeOf(first), codeOf(second)];
  const isReady = first.environment !== undefined && second.environment !== undefined;
  const pairs = pairFiles(before, after);
  const changed = pairs.filter(({ isSame }) => !isSame);
  const { compared, numLeftOut } = comparePairs(changed);
  const { data, error, refetch } = useQuery({
    queryKey: ["code-diff", first.address, second.address, compared.map(({ name }) => name)],
    queryFn: async ({ signal }) => {
      const texts = await Promise.all(
        compared.map(async (pair) => ({
          name: pair.name,
          before: await readText(client, first.address, pair.before, signal),
          after: await readText(client, second.address, pair.after, signal),
        })),
      );
      return texts.flatMap(patchOf);
    },
    enabled: isReady,
  });
  if (!isReady) {
    const failure = [first, second].map((one) => one.error ?? one.environmentError).find(Boolean);
    if (!failure) return <Waiting />;
    return renderError(failure, () => {
      first.retry();
      second.retry();
    });
  }
  if (pairs.length === 0) return <Notice title={m.compare.noCode}>{m.compare.noCodeHint}</Notice>;
  if (changed.length === 0) {
    return <Notice title={m.compare.sameCode}>{m.compare.sameCodeHint}</Notice>;
  }
  if (error) return renderError(error, () => void refetch());
  if (!data) return <Waiting />;
  return (
    <div className={styles.code}>
      <PatchView
        label={m.compare.codeDiff}
        files={data}
        actions={
          <span className={styles.fromTo}>
            {numLeftOut > 0 && `${m.compare.notCompared(numLeftOut)} `}
            {m.compare.fromTo(...namesOf(first, second))}
          </span>
        }
      />
    </div>
  );
}

function Waiting() {
  return (
    <div className={styles.waiting}>
      {[260, 340, 180, 420, 300, 380].map((width) => (
        <Skeleton key={width} width={width} />
      ))}
    </div>
  );
}

function codeOf({ environment }: LoadedRun): RunFile[] {
  return environment ? [...environment.code_files, ...environment.diffs] : [];
}

/** Told apart by their ids where their names are alike. */
function namesOf(first: LoadedRun, second: LoadedRun): [string, string] {
  const name = ({ run, address }: LoadedRun) => (run ? runName(run) : address.run);
  const names: [string, string] = [name(first), name(second)];
  return names[0] === names[1] ? [first.address.run, second.address.run] : names;
}

async function readText(
  client: Client,
  address: RunAddress,
  file: RunFile | undefined,
  signal: AbortSignal,
): Promise<string | null> {
  if (!file) return null;
  if (file.size_bytes === 0) return "";
  const { bytes } = await client.readFile(address, file.name, MAX_BYTES, signal);
  return bytes.subarray(0, 8_192).includes(0) ? null : new TextDecoder().decode(bytes);
}
