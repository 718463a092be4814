import { type ReactNode, useMemo, useState } from "react";
import type { ArtifactVersionDetail } from "@/api/artifacts";
import { FilesView } from "@/features/files/components/files-view";
import type { View } from "@/features/files/preview";
import { TablePanel } from "@/features/media/components/table-panel";

interface ArtifactFilesProps {
  version: ArtifactVersionDetail;
  /** Of the open file; "" for none. */
  path: string;
  view: string | undefined;
  onOpen: (path: string) => void;
  onView: (view: View) => void;
  renderError: (error: Error, retry: () => void) => ReactNode;
}

/** What is in a version, as files of runs are shown. */
export function ArtifactFiles(props: ArtifactFilesProps) {
  const { entity, project, collection, index } = props.version;
  const [search, setSearch] = useState("");
  const owner = useMemo(
    () => ({ entity, project, collection, version: `v${index}` }),
    [entity, project, collection, index],
  );
  return (
    <FilesView
      project={owner}
      path={props.path}
      onOpen={props.onOpen}
      search={search}
      onSearch={setSearch}
      view={props.view}
      onView={props.onView}
      renderTable={(file) => (
        <TablePanel project={owner} path={file} version={null} renderError={props.renderError} />
      )}
      renderError={props.renderError}
    />
  );
}
