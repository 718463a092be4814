-- Registries: which projects are some, who is in them, what happened there.

CREATE TABLE registry (
    project_id      INTEGER PRIMARY KEY REFERENCES project (id) ON DELETE CASCADE,
    visibility      TEXT NOT NULL CHECK (visibility IN ('organization', 'restricted')),
    allows_any_type INTEGER NOT NULL CHECK (allows_any_type IN (0, 1)),
    user_id         INTEGER REFERENCES user_account (id) ON DELETE SET NULL
) STRICT;

CREATE INDEX registry_by_user ON registry (user_id);

CREATE TABLE registry_member (
    registry_id INTEGER NOT NULL REFERENCES registry (project_id) ON DELETE CASCADE,
    entity_id   INTEGER NOT NULL REFERENCES entity (id) ON DELETE CASCADE,
    role        TEXT NOT NULL,
    PRIMARY KEY (registry_id, entity_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX registry_member_by_entity ON registry_member (entity_id);

CREATE TABLE registry_protected_alias (
    registry_id INTEGER NOT NULL REFERENCES registry (project_id) ON DELETE CASCADE,
    alias       TEXT NOT NULL,
    PRIMARY KEY (registry_id, alias)
) STRICT, WITHOUT ROWID;

-- Outlives the registry, so its number is no foreign key, and names are kept as they were.
CREATE TABLE registry_change (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    organization_id INTEGER NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
    registry_id     INTEGER NOT NULL,
    registry        TEXT NOT NULL,
    username        TEXT NOT NULL,
    at              INTEGER NOT NULL,
    kind            TEXT NOT NULL,
    collection      TEXT,
    version         INTEGER,
    before          INTEGER,
    alias           TEXT,
    source          TEXT,
    member          TEXT,
    detail          TEXT
) STRICT;

CREATE INDEX registry_change_by_registry ON registry_change (registry_id, id);
CREATE INDEX registry_change_by_organization ON registry_change (organization_id, id);
