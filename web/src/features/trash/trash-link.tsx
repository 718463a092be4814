import { Link } from "@tanstack/react-router";
import { Icon } from "@/ui/icons";
import { useTrashedProjects } from "./queries";
import styles from "./trash.module.css";
import { useWords } from "./words/use-words";

/** The way to deleted projects, where there are some. */
export function TrashLink() {
  const w = useWords();
  const { data } = useTrashedProjects();
  const count = data?.projects.length ?? 0;
  if (count === 0) return null;
  return (
    <Link to="/trash" className={styles.link}>
      <Icon name="trash" size={14} />
      {w.projectsInTrash(count)}
    </Link>
  );
}
