-- Retention: what keeps versions of artifacts, and what was deleted because nothing kept it.

CREATE TABLE retention_rule (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id      INTEGER NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    collection_id   INTEGER UNIQUE REFERENCES artifact_collection (id) ON DELETE CASCADE,
    collection_type TEXT,
    collection_name TEXT,
    text            TEXT NOT NULL,
    is_on           INTEGER NOT NULL CHECK (is_on IN (0, 1)),
    set_by          TEXT NOT NULL,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL
) STRICT;

CREATE INDEX retention_rule_by_project ON retention_rule (project_id);

-- Of a project, or (without one) of all projects of an entity. 0 is for ever.
CREATE TABLE default_ttl (
    entity_id  INTEGER NOT NULL REFERENCES entity (id) ON DELETE CASCADE,
    project_id INTEGER UNIQUE REFERENCES project (id) ON DELETE CASCADE,
    ttl_s      INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX default_ttl_of_entity ON default_ttl (entity_id) WHERE project_id IS NULL;
CREATE INDEX default_ttl_by_entity ON default_ttl (entity_id);

-- Holds all that looking for what has expired reads of a version.
CREATE INDEX artifact_by_age ON artifact (collection_id, created_at, ttl_s)
    WHERE state = 'committed';

CREATE TABLE retention_deletion (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id    INTEGER NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    collection    TEXT NOT NULL,
    version_index INTEGER NOT NULL,
    size_bytes    INTEGER NOT NULL,
    reason        TEXT NOT NULL CHECK (reason IN ('expired', 'rule')),
    why           TEXT NOT NULL,
    deleted_at    INTEGER NOT NULL
) STRICT;

CREATE INDEX retention_deletion_by_project ON retention_deletion (project_id, id);
