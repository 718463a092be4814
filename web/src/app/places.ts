/** Where one can be: the pages of the whole, of a project, of a run. What the rail and ⌘K list. */
import type { ProjectRef, RunRef } from "@/api/client";
import type { Catalogue } from "@/lib/messages/en";
import type { IconName } from "@/ui/icons";
import type { ProjectView } from "./pages/view-switch";

export interface Place {
  href: string;
  label: string;
  icon: IconName;
  /** Other addresses of the same page. */
  aliases: readonly string[];
  /** What is below its address belongs to it. */
  hasParts?: boolean;
  /** One of the views of a project's runs, between which filters go along. */
  view?: ProjectView;
}

/** What is known of where one is, from the address. */
export interface Whereabouts {
  entity?: string | undefined;
  project?: string | undefined;
  run?: string | undefined;
}

export function hrefOfProject({ entity, project }: ProjectRef): string {
  return `/${encodeURIComponent(entity)}/${encodeURIComponent(project)}`;
}

export function hrefOfRun(ref: RunRef): string {
  return `${hrefOfProject(ref)}/runs/${encodeURIComponent(ref.run)}`;
}

/** The pages beside this one: a run's in a run, a project's in a project. */
export function placesAt({ entity, project, run }: Whereabouts, m: Catalogue): Place[] {
  if (entity === undefined || project === undefined) return homePlaces(m);
  return run === undefined
    ? projectPlaces({ entity, project }, m)
    : runPlaces({ entity, project, run }, m);
}

export function homePlaces(m: Catalogue): Place[] {
  return [
    { href: "/", label: m.projects.title, icon: "projects", aliases: [] },
    { href: "/registry", label: m.places.registry, icon: "registry", aliases: [], hasParts: true },
    { href: "/storage", label: m.places.storage, icon: "storage", aliases: [] },
    { href: "/authorize", label: m.account.apiKeys, icon: "key", aliases: [] },
    { href: "/account", label: m.account.settings, icon: "user", aliases: [] },
  ];
}

export function projectPlaces(ref: ProjectRef, m: Catalogue): Place[] {
  const base = hrefOfProject(ref);
  const place = (path: string, label: string, icon: IconName): Place => ({
    href: `${base}/${path}`,
    label,
    icon,
    aliases: [],
  });
  return [
    {
      href: base,
      label: m.workspace.title,
      icon: "workspace",
      aliases: [`${base}/workspace`],
      view: "workspace",
    },
    { ...place("table", m.places.table, "table"), view: "table" },
    place("compare", m.places.compare, "compare"),
    { ...place("artifacts", m.places.artifacts, "artifacts"), hasParts: true },
    place("storage", m.places.storage, "storage"),
    place("trash", m.places.trash, "trash"),
  ];
}

export function runPlaces(ref: RunRef, m: Catalogue): Place[] {
  const base = hrefOfRun(ref);
  const place = (path: string, label: string, icon: IconName, alias?: string): Place => ({
    href: `${base}/${path}`,
    label,
    icon,
    aliases: alias === undefined ? [] : [`${base}/${alias}`],
  });
  return [
    place("overview", m.places.overview, "overview"),
    {
      href: base,
      label: m.places.charts,
      icon: "workspace",
      aliases: [`${base}/workspace`, `${base}/charts`],
    },
    place("console", m.places.console, "console", "logs"),
    place("system", m.places.system, "system"),
    place("files", m.places.files, "folder"),
    place("media", m.places.media, "media"),
    place("code", m.places.code, "code"),
    place("artifacts", m.places.artifacts, "artifacts"),
  ];
}

/** Whether the address shows this page. */
export function isAt({ href, aliases, hasParts = false }: Place, pathname: string): boolean {
  const path = pathname.length > 1 ? pathname.replace(/\/$/, "") : pathname;
  if (hasParts && decode(path).startsWith(`${decode(href)}/`)) return true;
  return [href, ...aliases].some((address) => decode(address) === decode(path));
}

/** Browsers and routers escape more or less of a path. */
function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
