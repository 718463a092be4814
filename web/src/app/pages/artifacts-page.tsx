/** A project's artifacts: collections, versions, what is in them. */
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import type { ArtifactVersion, ArtifactVersionDetail } from "@/api/artifacts";
import { ArtifactsView } from "@/features/artifacts/components/artifacts-view";
import { readTab, type Tab } from "@/features/artifacts/model";
import { useRefreshArtifacts } from "@/features/artifacts/queries";
import { useWords } from "@/features/artifacts/words/use-words";
import { DocumentComparison } from "@/features/compare/components/document-comparison";
import { ValueTree } from "@/features/run/components/value-tree";
import { RetentionButton } from "@/features/storage/retention-button";
import { useMessages } from "@/lib/i18n";
import { useSearchText } from "@/lib/use-search-text";
import { useTitle } from "@/lib/use-title";
import { ErrorView } from "../error-view";
import { useLive } from "../live";
import { ArtifactFileDiff } from "./artifact-file-diff";
import { ArtifactFiles } from "./artifact-files";
import {
  type ArtifactSearch,
  readDiff,
  readMetrics,
  readPage,
  writeDiff,
  writeMetrics,
  writePage,
} from "./artifact-search";
import { useProjectRef } from "./project-place";
import { useRegistryLinking } from "./registry-linking";

/** Whatever runs do, versions may come of it; asking for them at every event would be waste. */
const REFRESH_EVERY_MS = 4000;

export function ArtifactsPage() {
  const m = useMessages();
  const w = useWords();
  const ref = useProjectRef();
  const navigate = useNavigate();
  const { type, collection, version, _splat = "" } = useParams({ strict: false });
  const found: ArtifactSearch & { q?: string | undefined; view?: string | undefined } = useSearch({
    strict: false,
  });
  const { q, view } = found;
  const { tab, path } = readTab(_splat);
  useTitle(collection ?? m.artifacts.title, ref.project);
  const refresh = useRefreshArtifacts(ref);
  useLive(
    `${ref.entity}/${ref.project}`,
    { onChange: refresh, onGap: () => void refresh() },
    REFRESH_EVERY_MS,
  );
  const linking = useRegistryLinking();
  const [search, setSearch] = useSearchText(q ?? "", (text) => {
    void navigate({
      to: ".",
      search: (old) => ({ ...old, q: text === "" ? undefined : text }),
      replace: true,
    });
  });
  const goTo = (place: { type: string; collection: string; version: string }, splat: string) =>
    void navigate({
      to: "/$entity/$project/artifacts/$type/$collection/$version/$",
      params: { ...ref, ...place, _splat: splat },
      search: { q: search === "" ? undefined : search },
    });
  const toCollection = () =>
    type !== undefined &&
    collection !== undefined &&
    void navigate({
      to: "/$entity/$project/artifacts/$type/$collection",
      params: { ...ref, type, collection },
      search: (old) => old,
    });
  const renderError = (error: Error, retry: () => void) => (
    <ErrorView error={error} onRetry={retry} />
  );
  const addressOf = (one: { type: string; collection: string; index: number }) => ({
    type: one.type,
    collection: one.collection,
    version: `v${one.index}`,
  });
  const show = (shown: ArtifactSearch, replace = false) =>
    void navigate({ to: ".", search: { q, ...shown }, replace });
  const names = (one: ArtifactVersion) => `${one.collection}:v${one.index}`;
  return (
    <>
      <ArtifactsView
        project={ref}
        type={type}
        collection={collection}
        version={version}
        search={search}
        onSearch={setSearch}
        tab={tab}
        onTab={(next: Tab) => {
          if (type === undefined || collection === undefined) return;
          goTo({ type, collection, version: version ?? "latest" }, next);
        }}
        page={readPage(found)}
        onPage={(page) => show(writePage(page))}
        diff={{
          view: readDiff(found),
          onView: (change) =>
            show(
              writeDiff({ ...readDiff(found), ...change }),
              "find" in change || "change" in change,
            ),
          renderFileDiff: (compared, change) => (
            <ArtifactFileDiff compared={compared} change={change} renderError={renderError} />
          ),
          renderMetadataDiff: (before, after) => (
            <DocumentComparison
              label={m.artifacts.metadata}
              before={{ name: names(before), document: before.metadata }}
              after={{ name: names(after), document: after.metadata }}
              sameText={w.diff.sameMetadata}
            />
          ),
        }}
        metrics={{
          view: readMetrics(found),
          onView: (change) => show(writeMetrics({ ...readMetrics(found), ...change }), true),
        }}
        renderTools={(at) => <RetentionButton collection={at} />}
        onOpen={(one) => goTo(addressOf(one), tab)}
        onCollectionMoved={(place) =>
          void navigate({
            to: "/$entity/$project/artifacts/$type/$collection",
            params: { ...ref, ...place },
            search: (old) => old,
            replace: true,
          })
        }
        onVersionGone={toCollection}
        onCollectionGone={() =>
          void navigate({ to: "/$entity/$project/artifacts", params: ref, search: (old) => old })
        }
        renderFiles={(shown: ArtifactVersionDetail) => (
          <ArtifactFiles
            key={`${shown.collection}:${shown.index}`}
            version={shown}
            path={path}
            view={view}
            onOpen={(file) => goTo(addressOf(shown), file === "" ? "files" : `files/${file}`)}
            onView={(next) =>
              void navigate({ to: ".", search: (old) => ({ ...old, view: next }), replace: true })
            }
            renderError={renderError}
          />
        )}
        renderMetadata={(metadata) => (
          <ValueTree
            title={m.artifacts.metadata}
            document={metadata}
            emptyText={m.artifacts.noMetadata}
            isPane
          />
        )}
        renderError={renderError}
        versionActions={linking.actions}
      />
      {linking.dialog}
    </>
  );
}
