/** What there is at this place, as icons with names on hover; the keys 1 to 9 go there, too. */
import { Link, useNavigate, useParams, useRouterState } from "@tanstack/react-router";
import { useMessages } from "@/lib/i18n";
import { type Shortcuts, useShortcuts } from "@/lib/keyboard";
import { Icon, type IconName } from "@/ui/icons";
import { hrefOfProject, isAt, placesAt } from "../places";
import { KeyboardHelp } from "./keyboard-help";
import styles from "./shell.module.css";

export function Rail() {
  const m = useMessages();
  const navigate = useNavigate();
  const where = useParams({ strict: false });
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const places = placesAt(where, m);
  const { entity, project, run } = where;
  const up =
    entity !== undefined && project !== undefined && run !== undefined
      ? hrefOfProject({ entity, project })
      : null;

  const shortcuts: Record<string, Shortcuts[string]> = {};
  if (up !== null) {
    shortcuts.u = { does: m.frame.upToProject, run: () => void navigate({ href: up }) };
  }
  for (const [index, { href, label }] of places.entries()) {
    shortcuts[String(index + 1)] = { does: label, run: () => void navigate({ href }) };
  }
  useShortcuts(shortcuts, { heading: m.app.navigation });

  return (
    <nav className={styles.rail} aria-label={m.app.navigation}>
      {up !== null && (
        <div className={styles.railUp}>
          <RailItem
            href={up}
            label={m.frame.upToProject}
            icon="up"
            shortcut="u"
            isCurrent={false}
          />
        </div>
      )}
      {places.map((place, index) => (
        <RailItem
          key={place.href}
          href={place.href}
          label={place.label}
          icon={place.icon}
          shortcut={String(index + 1)}
          isCurrent={isAt(place, pathname)}
        />
      ))}
      <div className={styles.railEnd}>
        <KeyboardHelp />
      </div>
    </nav>
  );
}

interface RailItemProps {
  href: string;
  label: string;
  icon: IconName;
  shortcut: string;
  isCurrent: boolean;
}

function RailItem({ href, label, icon, shortcut, isCurrent }: RailItemProps) {
  return (
    <Link
      to={href}
      className={styles.railItem}
      activeOptions={{ exact: true, includeSearch: false }}
      aria-current={isCurrent ? "page" : undefined}
    >
      <Icon name={icon} />
      <span className={styles.railName}>
        {label}
        <span className={styles.railKey} aria-hidden="true">
          {shortcut}
        </span>
      </span>
    </Link>
  );
}
