/** One file of two versions side by side: as lines, as pictures, as tables. */
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { ArtifactFile, ArtifactFileChange, ArtifactVersion } from "@/api/artifacts";
import { useClient } from "@/api/client";
import { TableDiff } from "@/features/artifacts/comparing/table-diff";
import type { Compared } from "@/features/artifacts/comparing/version-diff";
import { useWords } from "@/features/artifacts/words/use-words";
import { MAX_BYTES, patchOf } from "@/features/compare/code-diff";
import { formatBytes } from "@/lib/format-bytes";
import { useMessages } from "@/lib/i18n";
import { ImageView } from "@/ui/image/image-view";
import { Notice } from "@/ui/notice";
import { PatchView } from "@/ui/patch/patch-view";
import { Skeleton } from "@/ui/skeleton";
import styles from "./artifact-file-diff.module.css";

interface ArtifactFileDiffProps {
  compared: Compared;
  change: ArtifactFileChange;
  renderError: (error: Error, retry: () => void) => ReactNode;
}

export function ArtifactFileDiff({ compared, change, renderError }: ArtifactFileDiffProps) {
  const { before, after } = change;
  const w = useWords();
  const file = after ?? before;
  if (!file) return null;
  if (before?.reference || after?.reference) {
    return (
      <Notice title={w.diff.reference}>
        {w.diff.noPreviewHint(before?.reference ?? "–", after?.reference ?? "–")}
      </Notice>
    );
  }
  if (file.preview === "table" && before && after) {
    return (
      <TableDiff
        key={`${before.path} ${after.path}`}
        at={compared.at}
        pair={compared.pair}
        path={after.path}
        oldPath={before.path}
        renderError={renderError}
      />
    );
  }
  if (file.preview === "image") return <Pictures compared={compared} change={change} />;
  if (Math.max(before?.size_bytes ?? 0, after?.size_bytes ?? 0) > MAX_BYTES) {
    return <Notice title={w.diff.tooLarge}>{w.diff.tooLargeHint(formatBytes(MAX_BYTES))}</Notice>;
  }
  return <Texts compared={compared} change={change} renderError={renderError} />;
}

function Pictures({ compared, change }: Pick<ArtifactFileDiffProps, "compared" | "change">) {
  const w = useWords();
  const client = useClient();
  const sides = [
    { name: w.diff.before, version: compared.before, file: change.before },
    { name: w.diff.after, version: compared.after, file: change.after },
  ];
  return (
    <div className={styles.pictures}>
      {sides.map(
        ({ name, version, file }) =>
          file && (
            <figure key={name} className={styles.picture}>
              <figcaption>
                {name} · {formatBytes(file.size_bytes)}
              </figcaption>
              <ImageView
                src={client.fileUrl(ownerOf(version), file.path, "show", file.md5)}
                alt={`${name}: ${file.path}`}
              />
            </figure>
          ),
      )}
    </div>
  );
}

function Texts({ compared, change, renderError }: ArtifactFileDiffProps) {
  const m = useMessages();
  const w = useWords();
  const client = useClient();
  const { before, after } = change;
  const path = after?.path ?? before?.path ?? "";
  const { data, error, refetch } = useQuery({
    queryKey: ["file-diff", before?.digest, after?.digest, path, ownerOf(compared.after)],
    queryFn: async ({ signal }) => {
      const read = async (version: ArtifactVersion, file: ArtifactFile | null) => {
        if (file === null || file.size_bytes === 0) return { isText: true, text: "" };
        const part = await client.readFile(ownerOf(version), file.path, MAX_BYTES, signal);
        const isText = !part.bytes.subarray(0, 8_192).includes(0);
        return { isText, text: isText ? new TextDecoder().decode(part.bytes) : "" };
      };
      const [old, now] = await Promise.all([
        read(compared.before, before),
        read(compared.after, after),
      ]);
      if (!old.isText || !now.isText) return null;
      return patchOf({ name: path, before: before && old.text, after: after && now.text });
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (error) return renderError(error, () => void refetch());
  if (data === undefined) {
    return (
      <div className={styles.waiting} aria-hidden="true">
        <Skeleton width={260} />
      </div>
    );
  }
  const size = (file: ArtifactFile | null) => (file ? formatBytes(file.size_bytes) : "–");
  if (data === null) {
    return (
      <Notice title={w.diff.noPreview}>{w.diff.noPreviewHint(size(before), size(after))}</Notice>
    );
  }
  if (data.length === 0) {
    return (
      <Notice title={w.diff.sameText}>
        {change.change === "renamed" && before ? w.diff.wasRenamed(before.path) : ""}
      </Notice>
    );
  }
  return <PatchView label={m.compare.codeDiff} files={data} />;
}

function ownerOf({ entity, project, collection, index }: ArtifactVersion) {
  return { entity, project, collection, version: `v${index}` };
}
