-- Artifacts: types, collections, versions, their places and aliases, what is in them, lineage.

CREATE TABLE artifact_type (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id  INTEGER NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    name        TEXT NOT NULL,
    description TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    UNIQUE (project_id, name)
) STRICT;

CREATE TABLE artifact_collection (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id   INTEGER NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    type_id      INTEGER NOT NULL REFERENCES artifact_type (id),
    name         TEXT NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('sequence', 'portfolio')),
    description  TEXT NOT NULL,
    tags         TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    -- Numbers are never given twice, so the highest one must outlive its version.
    latest_index INTEGER,
    UNIQUE (project_id, name)
) STRICT;

CREATE INDEX artifact_collection_by_type ON artifact_collection (type_id);

CREATE TABLE artifact (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    collection_id  INTEGER NOT NULL REFERENCES artifact_collection (id) ON DELETE CASCADE,
    state          TEXT NOT NULL CHECK (state IN ('pending', 'committed')),
    digest         TEXT NOT NULL,
    description    TEXT NOT NULL,
    metadata       TEXT NOT NULL,
    tags           TEXT NOT NULL,
    manifest_id    INTEGER,
    num_files      INTEGER NOT NULL,
    size_bytes     INTEGER NOT NULL,
    ttl_s          INTEGER,
    history_step   INTEGER,
    run_id         INTEGER REFERENCES run (id) ON DELETE SET NULL,
    user_id        INTEGER REFERENCES user_account (id) ON DELETE SET NULL,
    client_id      TEXT,
    distributed_id TEXT,
    -- Given at the commit.
    wanted_aliases TEXT NOT NULL,
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL
) STRICT;

CREATE INDEX artifact_by_digest ON artifact (collection_id, digest);
CREATE INDEX artifact_by_run ON artifact (run_id);
CREATE INDEX artifact_by_user ON artifact (user_id);
CREATE INDEX artifact_by_client_id ON artifact (client_id) WHERE client_id IS NOT NULL;
CREATE INDEX artifact_pending ON artifact (id) WHERE state = 'pending';

CREATE TABLE artifact_member (
    collection_id INTEGER NOT NULL REFERENCES artifact_collection (id) ON DELETE CASCADE,
    version_index INTEGER NOT NULL,
    artifact_id   INTEGER NOT NULL REFERENCES artifact (id) ON DELETE CASCADE,
    created_at    INTEGER NOT NULL,
    PRIMARY KEY (collection_id, version_index)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX artifact_member_once ON artifact_member (artifact_id, collection_id);

CREATE TABLE artifact_alias (
    collection_id INTEGER NOT NULL,
    alias         TEXT NOT NULL,
    artifact_id   INTEGER NOT NULL,
    PRIMARY KEY (collection_id, alias),
    FOREIGN KEY (artifact_id, collection_id)
        REFERENCES artifact_member (artifact_id, collection_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX artifact_alias_by_artifact ON artifact_alias (artifact_id, collection_id);

-- What a version holds in great numbers has no foreign key to it: it goes in small steps after the
-- version's own row (see removed_artifact), so that deleting a large one holds nobody up.
--
-- The text stands last: rows are read without the pages that a large one lies on.
CREATE TABLE artifact_manifest (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    artifact_id INTEGER NOT NULL,
    name        TEXT NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('full', 'incremental', 'patch')),
    digest      TEXT NOT NULL,
    base_id     INTEGER,
    has_arrived INTEGER NOT NULL CHECK (has_arrived IN (0, 1)),
    -- Compressed with zstd.
    text        BLOB
) STRICT;

CREATE INDEX artifact_manifest_by_artifact ON artifact_manifest (artifact_id);
CREATE INDEX artifact_patch_by_name ON artifact_manifest (name) WHERE kind = 'patch';

-- Each content once per server, whoever refers to it.
CREATE TABLE content (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    md5        BLOB NOT NULL UNIQUE,
    size_bytes INTEGER NOT NULL,
    blob       TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE artifact_content (
    artifact_id INTEGER NOT NULL,
    content_id  INTEGER NOT NULL REFERENCES content (id),
    PRIMARY KEY (artifact_id, content_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX artifact_content_by_content ON artifact_content (content_id, artifact_id);

-- Versions whose row is gone and whose manifests and references are still to be erased.
CREATE TABLE removed_artifact (
    artifact_id INTEGER PRIMARY KEY
) STRICT;

-- However it goes: by itself, with its collection, with its project.
CREATE TRIGGER artifact_removed AFTER DELETE ON artifact BEGIN
    INSERT INTO removed_artifact (artifact_id) VALUES (OLD.id);
END;

CREATE TABLE artifact_input (
    run_id      INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    artifact_id INTEGER NOT NULL REFERENCES artifact (id) ON DELETE CASCADE,
    used_as     TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    UNIQUE (run_id, artifact_id)
) STRICT;

CREATE INDEX artifact_input_by_artifact ON artifact_input (artifact_id);

CREATE TABLE artifact_output (
    run_id      INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    artifact_id INTEGER NOT NULL REFERENCES artifact (id) ON DELETE CASCADE,
    UNIQUE (run_id, artifact_id)
) STRICT;

CREATE INDEX artifact_output_by_artifact ON artifact_output (artifact_id);
