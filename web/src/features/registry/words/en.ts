/** Words of the registry's pages, which come with them instead of with the first page. */
import { plural } from "@/lib/messages/en/plural";

/** What a change tells of itself; absent where it has none. */
export interface Happened {
  collection: string;
  version: string;
  before: string;
  alias: string;
  source: string;
  member: string;
  detail: string;
}

export const en = {
  title: "Registry",
  about:
    "Versions that count, linked from any project: what is in production, what comes next, and who decided it.",
  search: "Search collections",
  found: (text: string) => `Collections with “${text}”`,
  noneFound: "No collection has that in its name, type, tags or aliases.",
  open: "Open registries",
  empty: "No registry yet",
  emptyHint:
    "A registry holds links to the versions that people build on, with aliases such as production. Make one here, or link to one from a script:",
  noOrganization: "You are in no organization",
  noOrganizationHint:
    "Registries belong to organizations. An administrator of the server adds you to one.",
  create: "New registry",
  createNow: "Create",
  cancel: "Cancel",
  organization: "Organization",
  name: "Name",
  description: "Description",
  types: "Artifact types",
  typesHint: "What may be linked, separated by commas. Nothing here means anything.",
  anyType: "Any type",
  visibility: "Who sees it",
  visible: { organization: "Everyone in the organization", restricted: "Only its members" },
  visibleHint: {
    organization: "They look on and download; linking takes a role.",
    restricted: "Others do not know that it exists.",
  },
  made: (name: string) => `${name} is there`,
  numCollections: (n: number) => plural(n, "collection", "collections"),
  numVersions: (n: number) => plural(n, "version", "versions"),
  role: "Your role",
  roles: {
    admin: "Admin",
    member: "Member",
    viewer: "Viewer",
    restricted_viewer: "Restricted viewer",
  },
  roleHint: {
    admin: "Members, settings, protected aliases",
    member: "Links versions, sets aliases",
    viewer: "Looks on, uses and downloads",
    restricted_viewer: "Looks on, downloads nothing",
  },
  views: "What is shown of the registry",
  collections: "Collections",
  members: "Members",
  settings: "Settings",
  changes: "Changes",
  collection: "Collection",
  type: "Type",
  latest: "Latest",
  versions: "Versions",
  version: "Version",
  aliases: "Aliases",
  updated: "Changed",
  linkedAt: "Linked",
  size: "Size",
  source: "Logged to",
  run: "Run",
  hiddenSource: "In a project that you may not see",
  noCollections: "Nothing is linked yet",
  noCollectionsHint: "Link a version from its page, or from the script that logs it:",
  noVersions: "Nothing is linked here",
  noVersionsHint: "Link a version from its page, or from the script that logs it:",
  more: "More",
  protected: (alias: string) => `${alias}, protected: only admins move it`,
  addAlias: (version: string) => `Add an alias to ${version}`,
  add: "Alias",
  takeAway: (alias: string) => `Take ${alias} away`,
  moved: (alias: string, version: string) => `${alias} is ${version} now`,
  taken: (alias: string) => `${alias} was taken away`,
  undo: "Undo",
  failed: "That did not work",
  actions: "Actions",
  unlink: "Unlink",
  unlinkTitle: (name: string) => `Unlink ${name}?`,
  unlinkHint: "It stays where it was logged. Its number here is not given again.",
  unlinked: (name: string) => `${name} was unlinked`,
  removeCollection: "Delete collection…",
  removeCollectionTitle: (name: string) => `Delete the collection ${name}?`,
  removeCollectionHint:
    "Its links and aliases go for good. The versions stay where they were logged.",
  remove: "Delete",
  removed: (name: string) => `${name} was deleted`,
  copyUse: "Use it",
  addMember: "Add",
  memberName: "User or team",
  memberRole: (name: string) => `Role of ${name}`,
  removeMember: (name: string) => `Remove ${name}`,
  memberRemoved: (name: string) => `${name} is no member any more`,
  team: "Team",
  noMembers: "Nobody was added",
  everyone: "Everyone else in the organization looks on as a viewer.",
  nobodyElse: "Nobody else knows that this registry exists.",
  save: "Save",
  saved: "Saved",
  addTypes: "Add types",
  typesOnly: "Types are added, never taken away: what is linked already stays.",
  protection: "Protected aliases",
  protectionHint:
    "Only admins of the registry give these to a version or take them away. A version that has one is not unlinked by others, nor deleted at its source.",
  protect: "Protect an alias",
  protectNow: "Protect",
  unprotect: (alias: string) => `Let everyone move ${alias}`,
  danger: "Delete the registry",
  dangerHint:
    "Its collections, aliases and members go for good. The versions stay where they were logged.",
  deleteTitle: (name: string) => `Delete the registry ${name}?`,
  deleteRegistry: "Delete registry",
  typeName: (name: string) => `Type ${name} to go on`,
  noChanges: "Nothing has happened yet",
  link: "Link to registry",
  linkTitle: (name: string) => `Link ${name}`,
  linkHint:
    "The version stays where it is; the registry gets a link, with a number and aliases of its own.",
  registry: "Registry",
  newOrExisting: "Collection, new or existing",
  linkAliases: "Aliases, separated by commas",
  linkNow: "Link",
  linked: (name: string) => `Linked as ${name}`,
  show: "Show",
  noRegistry:
    "There is no registry that you may link this to. Make one, or ask an admin for the role of a member.",
  happened: {
    created: (_: Happened) => "made the registry",
    renamed: ({ detail }: Happened) => `renamed the registry: ${detail}`,
    described: (_: Happened) => "changed the description",
    visibility_changed: ({ detail }: Happened): string =>
      detail === "restricted"
        ? "hid it from others than its members"
        : "showed it to the organization",
    types_changed: ({ detail }: Happened): string =>
      detail === "" ? "let any type in" : `let these types in: ${detail}`,
    deleted: (_: Happened) => "deleted the registry",
    linked: ({ source, collection, version }: Happened) =>
      `linked ${source} as ${collection}:${version}`,
    unlinked: ({ source, collection, version }: Happened) =>
      `unlinked ${collection}:${version}, which is ${source}`,
    alias_set: ({ alias, collection, version }: Happened) =>
      `gave ${alias} to ${collection}:${version}`,
    alias_moved: ({ alias, collection, before, version }: Happened) =>
      `moved ${alias} of ${collection} from ${before} to ${version}`,
    alias_removed: ({ alias, collection, before }: Happened) =>
      `took ${alias} from ${collection}:${before}`,
    alias_protected: ({ alias }: Happened) => `protected ${alias}`,
    alias_unprotected: ({ alias }: Happened) => `let everyone move ${alias}`,
    member_added: ({ member, detail }: Happened) => `added ${member} as ${detail}`,
    member_changed: ({ member, detail }: Happened) => `made ${member} ${detail}`,
    member_removed: ({ member }: Happened) => `removed ${member}`,
    collection_created: ({ collection }: Happened) => `made the collection ${collection}`,
    collection_changed: ({ collection, detail }: Happened) =>
      detail === "" ? `edited ${collection}` : `renamed a collection: ${detail}`,
    collection_deleted: ({ collection }: Happened) => `deleted the collection ${collection}`,
  },
};

export type Words = typeof en;
