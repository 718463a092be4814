/** What there is at this place, as icons with names on hover; the keys 1 to 9 go there, too. */
import { Link, useNavigate, useParams, useRouterState } from "@tanstack/react-router";
import { useMessages } from "@/lib/i18n";
import { type Shortcuts, useShortcuts } from "@/lib/keyboard";
import { Icon, type IconName } from "@/ui/icons";
import { searchOfView } from "../pages/view-switch";
import { hrefOfProject, isAt, type Place, placesAt } from "../places";
import { parseSearch, stringifySearch } from "../search";
import { KeyboardHelp } from "./keyboard-help";
import styles from "./shell.module.css";

export function Rail() {
  const m = useMessages();
  const navigate = useNavigate();
  const where = useParams({ strict: false });
  const { pathname, searchStr } = useRouterState({ select: (state) => state.location });
  const { entity, project, run } = where;
  const places = placesAt(where, m);
  const isInView = places.some((place) => place.view !== undefined && isAt(place, pathname));
  /** With what is filtered and sorted here, where the page has the same runs. */
  const addressOf = ({ href, view }: Place) => {
    if (view === undefined || entity === undefined || project === undefined) return href;
    const search = isInView ? parseSearch(searchStr) : {};
    return href + stringifySearch(searchOfView(view, { entity, project }, search));
  };
  const up =
    entity !== undefined && project !== undefined && run !== undefined
      ? hrefOfProject({ entity, project })
      : null;

  const shortcuts: Record<string, Shortcuts[string]> = {};
  if (up !== null) {
    shortcuts.u = { does: m.frame.upToProject, run: () => void navigate({ href: up }) };
  }
  for (const [index, place] of places.entries()) {
    shortcuts[String(index + 1)] = {
      does: place.label,
      run: () => void navigate({ href: addressOf(place) }),
    };
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
          href={addressOf(place)}
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
