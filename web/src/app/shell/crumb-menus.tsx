/** The breadcrumbs' menus: other projects, and the neighbours of a run. */
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { ProjectRef, RunRef } from "@/api/client";
import { Finder } from "@/features/palette/components/finder";
import { type Found, findOptions, type Option } from "@/features/palette/model";
import styles from "@/features/palette/palette.module.css";
import { projectOption, useRunsNamed } from "@/features/palette/queries";
import { useProjects } from "@/features/projects/queries";
import { useMessages } from "@/lib/i18n";
import { Icon } from "@/ui/icons";
import { Popover } from "@/ui/popover";
import shell from "./shell.module.css";

const MAX_LISTED = 60;

interface CrumbMenuProps {
  label: string;
  children: (close: () => void) => React.ReactNode;
}

function CrumbMenu({ label, children }: CrumbMenuProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover
      label={label}
      isOpen={isOpen}
      onOpenChange={setOpen}
      trigger={
        <button type="button" className={shell.crumbButton} aria-label={label} title={label}>
          <Icon name="chevron" size={12} />
        </button>
      }
    >
      <div className={styles.crumbMenu}>{children(() => setOpen(false))}</div>
    </Popover>
  );
}

export function ProjectMenu({ current }: { current: ProjectRef }) {
  const m = useMessages();
  return (
    <CrumbMenu label={m.frame.projectMenu}>
      {(close) => <ProjectFinder current={current} onDone={close} />}
    </CrumbMenu>
  );
}

function ProjectFinder({ current, onDone }: { current: ProjectRef; onDone: () => void }) {
  const m = useMessages();
  const [query, setQuery] = useState("");
  const { data, error, isFetching } = useProjects();
  const currentId = projectOption({ entity: current.entity, name: current.project }).id;
  const options = (data ?? []).map(projectOption).filter(({ id }) => id !== currentId);
  return (
    <MenuFinder
      label={m.frame.findProject}
      query={query}
      onQuery={setQuery}
      options={options}
      isLoading={isFetching && !data}
      problem={error && !data ? m.errors.unreachable : undefined}
      onDone={onDone}
    />
  );
}

export function RunMenu({ current }: { current: RunRef }) {
  const m = useMessages();
  return (
    <CrumbMenu label={m.frame.runMenu}>
      {(close) => <RunFinder current={current} onDone={close} />}
    </CrumbMenu>
  );
}

function RunFinder({ current, onDone }: { current: RunRef; onDone: () => void }) {
  const m = useMessages();
  const [query, setQuery] = useState("");
  const { entity, project } = current;
  const { runs, isLoading, error } = useRunsNamed({ entity, project }, query.trim());
  const currentId = `run:${entity}/${project}/${current.run}`;
  // All are of this project: saying so on every line would be noise.
  const options = runs
    .filter(({ id }) => id !== currentId)
    .map((option) => ({ ...option, detail: undefined }));
  return (
    <MenuFinder
      label={m.frame.findRun}
      query={query}
      onQuery={setQuery}
      options={options}
      isLoading={isLoading}
      problem={error ? m.errors.unreachable : undefined}
      onDone={onDone}
    />
  );
}

interface MenuFinderProps {
  label: string;
  query: string;
  onQuery: (query: string) => void;
  options: readonly Option[];
  isLoading: boolean;
  problem: string | undefined;
  onDone: () => void;
}

function MenuFinder(props: MenuFinderProps) {
  const { label, query, options, onDone } = props;
  const navigate = useNavigate();
  const groups = findOptions([{ name: "projects", options }], query, MAX_LISTED);
  const onPick = ({ option: { does } }: Found, isNewTab: boolean) => {
    if (!("href" in does)) return;
    if (isNewTab) {
      window.open(does.href, "_blank", "noopener");
      return;
    }
    onDone();
    void navigate({ href: does.href });
  };
  return (
    <Finder
      label={label}
      placeholder={label}
      query={query}
      onQuery={props.onQuery}
      groups={groups.map(({ found }) => ({ heading: null, found }))}
      isLoading={props.isLoading}
      problem={props.problem}
      onPick={onPick}
    />
  );
}
