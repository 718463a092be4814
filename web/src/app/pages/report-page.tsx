/** Where the addresses of reports lead that the wandb client prints: it has them, we draw none yet. */
import { Link } from "@tanstack/react-router";
import { useMessages } from "@/lib/i18n";
import { useTitle } from "@/lib/use-title";
import { Notice } from "@/ui/notice";
import { useProjectRef } from "./project-place";

export function ReportPage() {
  const m = useMessages();
  const { entity, project } = useProjectRef();
  useTitle(m.reports.title, project);
  return (
    <Notice
      title={m.reports.laterTitle}
      isPage
      action={
        <Link to="/$entity/$project" params={{ entity, project }}>
          {m.reports.toProject}
        </Link>
      }
    >
      {m.reports.laterHint}
    </Notice>
  );
}
