import { Link } from "@tanstack/react-router";
import { useMessages } from "@/lib/i18n";
import { Icon } from "@/ui/icons";
import { useTrashedProjects } from "./queries";
import styles from "./trash.module.css";

/** The way to deleted projects, where there are some. */
export function TrashLink() {
  const m = useMessages();
  const { data } = useTrashedProjects();
  const count = data?.projects.length ?? 0;
  if (count === 0) return null;
  return (
    <Link to="/trash" className={styles.link}>
      <Icon name="trash" size={14} />
      {m.trash.projectsInTrash(count)}
    </Link>
  );
}
