-- The catalog: who there is, what they own, what their runs are.
-- Instants are integers, microseconds since 1970 UTC. Documents are strict JSON (see
-- runstone.domain.documents). Names compare as given; `name_key` is the lower-case form that must
-- be unique. AUTOINCREMENT: an id is never used again, so whoever remembers one of something that
-- was deleted (a cached sign-in, a cached project) cannot come upon another's.

CREATE TABLE counter (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT;

CREATE TABLE organization (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT NOT NULL,
    name_key   TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE entity (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    name            TEXT NOT NULL,
    name_key        TEXT NOT NULL UNIQUE,
    kind            TEXT NOT NULL CHECK (kind IN ('user', 'team', 'organization')),
    organization_id INTEGER REFERENCES organization (id) ON DELETE SET NULL,
    created_at      INTEGER NOT NULL
) STRICT;

CREATE INDEX entity_by_organization ON entity (organization_id);

CREATE TABLE user_account (
    id            INTEGER PRIMARY KEY REFERENCES entity (id) ON DELETE CASCADE,
    full_name     TEXT NOT NULL,
    email         TEXT,
    is_admin      INTEGER NOT NULL CHECK (is_admin IN (0, 1)),
    is_service    INTEGER NOT NULL CHECK (is_service IN (0, 1)),
    password_hash TEXT
) STRICT;

CREATE TABLE team_member (
    team_id INTEGER NOT NULL REFERENCES entity (id) ON DELETE CASCADE,
    user_id INTEGER NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
    role    TEXT NOT NULL,
    PRIMARY KEY (team_id, user_id)
) STRICT;

CREATE INDEX team_member_by_user ON team_member (user_id);

CREATE TABLE organization_member (
    organization_id INTEGER NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
    user_id         INTEGER NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
    role            TEXT NOT NULL,
    PRIMARY KEY (organization_id, user_id)
) STRICT;

CREATE INDEX organization_member_by_user ON organization_member (user_id);

-- Only a SHA-256 of the secret is kept; secrets are random, so a slow hash would add nothing.
CREATE TABLE api_key (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id      INTEGER NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
    name         TEXT NOT NULL,
    secret_hash  BLOB NOT NULL UNIQUE,
    hint         TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER,
    expires_at   INTEGER
) STRICT;

CREATE INDEX api_key_by_user ON api_key (user_id);

CREATE TABLE browser_session (
    token_hash BLOB PRIMARY KEY,
    user_id    INTEGER NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX browser_session_by_user ON browser_session (user_id);
CREATE INDEX browser_session_by_expiry ON browser_session (expires_at);

CREATE TABLE sign_in_link (
    token_hash BLOB PRIMARY KEY,
    user_id    INTEGER NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX sign_in_link_by_user ON sign_in_link (user_id);
CREATE INDEX sign_in_link_by_expiry ON sign_in_link (expires_at);

CREATE TABLE project (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    entity_id     INTEGER NOT NULL REFERENCES entity (id),
    name          TEXT NOT NULL,
    description   TEXT NOT NULL,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    num_runs_ever INTEGER NOT NULL,
    -- Change number of the last deletion of a run: whoever remembers runs must look again.
    runs_deleted_seq INTEGER NOT NULL DEFAULT 0,
    -- Set while it is in the trash, with all of its runs; cleared when someone makes it anew.
    deleted_at    INTEGER,
    UNIQUE (entity_id, name)
) STRICT;

-- Names that projects had before they were renamed: each leads there while no other has it.
CREATE TABLE project_former_name (
    entity_id  INTEGER NOT NULL REFERENCES entity (id) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    project_id INTEGER NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    PRIMARY KEY (entity_id, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX project_former_name_by_project ON project_former_name (project_id);

-- What a project is looked at with: workspaces, reports, tables. The spec stands last: rows are
-- read without the pages that a large one lies on.
CREATE TABLE saved_view (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id   INTEGER NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    kind         TEXT NOT NULL,
    name         TEXT NOT NULL,
    display_name TEXT NOT NULL,
    description  TEXT NOT NULL,
    spec_bytes   INTEGER NOT NULL,
    user_id      INTEGER REFERENCES user_account (id) ON DELETE SET NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    revision     INTEGER NOT NULL,
    -- A draft goes with what it is a draft of.
    parent_id    INTEGER REFERENCES saved_view (id) ON DELETE CASCADE,
    spec         TEXT NOT NULL,
    UNIQUE (project_id, kind, name)
) STRICT;

CREATE INDEX saved_view_by_project ON saved_view (project_id, id);
CREATE INDEX saved_view_by_user ON saved_view (user_id);
CREATE INDEX saved_view_by_parent ON saved_view (parent_id, id);

CREATE TABLE custom_chart (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    entity_id    INTEGER NOT NULL REFERENCES entity (id) ON DELETE CASCADE,
    name         TEXT NOT NULL,
    display_name TEXT NOT NULL,
    language     TEXT NOT NULL,
    access       TEXT NOT NULL CHECK (access IN ('private', 'public')),
    spec         TEXT NOT NULL,
    user_id      INTEGER REFERENCES user_account (id) ON DELETE SET NULL,
    created_at   INTEGER NOT NULL,
    UNIQUE (entity_id, name)
) STRICT;

CREATE INDEX custom_chart_by_user ON custom_chart (user_id);

-- A narrow row: heartbeats rewrite it many times. The documents live apart.
CREATE TABLE run (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id     INTEGER NOT NULL REFERENCES project (id),
    name           TEXT NOT NULL,
    number         INTEGER NOT NULL,
    display_name   TEXT NOT NULL,
    state          TEXT NOT NULL,
    created_at     INTEGER NOT NULL,
    heartbeat_at   INTEGER NOT NULL,
    finished_at    INTEGER,
    user_id        INTEGER NOT NULL REFERENCES user_account (id),
    run_group      TEXT,
    job_type       TEXT,
    tags           TEXT NOT NULL,
    notes          TEXT NOT NULL,
    host           TEXT,
    program        TEXT,
    git_commit     TEXT,
    git_remote     TEXT,
    sweep          TEXT,
    exit_code      INTEGER,
    stop_requested INTEGER NOT NULL CHECK (stop_requested IN (0, 1)),
    archived       INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1)),
    change_seq     INTEGER NOT NULL,
    -- Set while it is in the trash, which keeps its name taken.
    deleted_at     INTEGER,
    UNIQUE (project_id, name)
) STRICT;

-- Pages of a project's runs in order of creation, and of its trash in order of deletion.
CREATE INDEX run_by_project ON run (project_id, deleted_at, id);
CREATE INDEX run_by_archive ON run (project_id, archived, id) WHERE deleted_at IS NULL;
CREATE INDEX run_by_change ON run (change_seq);
CREATE INDEX run_by_project_change ON run (project_id, change_seq);
CREATE INDEX run_by_user ON run (user_id);
-- What a list of projects shows. Neither is touched by the heartbeat of a live run.
CREATE INDEX run_by_state ON run (project_id, deleted_at, state);
CREATE INDEX run_ended ON run (project_id, deleted_at, heartbeat_at)
    WHERE state NOT IN ('running', 'preempting');
CREATE INDEX run_live ON run (heartbeat_at)
    WHERE state IN ('running', 'preempting') AND deleted_at IS NULL;
-- The trash of all projects, which is emptied of what is old.
CREATE INDEX run_by_deletion ON run (deleted_at, id) WHERE deleted_at IS NOT NULL;

-- Config and summary are JSONB, SQLite's own form of JSON: one value of each of 100,000 runs comes
-- out of it in a fifth of the time that text takes. In tables of their own, as a column of one is
-- read without the bytes of the other, and live runs rewrite their summary all the time.
CREATE TABLE run_config (
    run_id      INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
    config      BLOB NOT NULL,
    client_info TEXT NOT NULL
) STRICT;

CREATE TABLE run_summary (
    run_id  INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
    summary BLOB NOT NULL
) STRICT;

-- Latest entries of summaries so large that putting them in place waits until there are more, or
-- somebody has time for it: in order of `id`, each over those before; `removed` is a list of keys.
CREATE TABLE run_summary_entries (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id  INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    entries TEXT NOT NULL,
    removed TEXT NOT NULL
) STRICT;

CREATE INDEX run_summary_entries_by_run ON run_summary_entries (run_id);

-- What runs outside of the trash are found by (see runstone.domain.search): a table of its own,
-- as a search reads all of it, and heartbeats do not touch it.
CREATE TABLE run_text (
    run_id     INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
    project_id INTEGER NOT NULL,
    text       TEXT NOT NULL
) STRICT;

CREATE TABLE alert (
    id         INTEGER PRIMARY KEY,
    run_id     INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    title      TEXT NOT NULL,
    body       TEXT NOT NULL,
    level      TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX alert_by_run ON alert (run_id);

-- What a run holds in great numbers has no foreign key: it goes in small steps after the run's own
-- row (see removed_run), so that removing a large run holds nobody up.
--
-- blob is NULL while a file is announced and its bytes have not arrived.
CREATE TABLE run_file (
    run_id     INTEGER NOT NULL,
    name       TEXT NOT NULL,
    blob       TEXT,
    size_bytes INTEGER NOT NULL,
    md5        TEXT,
    mime_type  TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (run_id, name)
) STRICT, WITHOUT ROWID;

-- order_at, microseconds since 1970, never decreases with a writer's numbers: lines of several
-- writers are read in its order without an index over it (runstone.domain.console).
CREATE TABLE console_line (
    run_id   INTEGER NOT NULL,
    writer   TEXT NOT NULL,
    number   INTEGER NOT NULL,
    text     TEXT NOT NULL,
    at       TEXT,
    level    TEXT,
    label    TEXT,
    order_at INTEGER NOT NULL,
    PRIMARY KEY (run_id, writer, number)
) STRICT, WITHOUT ROWID;

-- Client offset minus shift is the row number (see runstone.ports.uploads).
CREATE TABLE upload_cursor (
    stream_id INTEGER PRIMARY KEY,
    shift     INTEGER NOT NULL,
    reopened  INTEGER NOT NULL CHECK (reopened IN (0, 1))
) STRICT;

-- What a run's files and output weigh, kept up with them: what runs cost is asked for 10,000 of them
-- at once. Bytes of texts and of blobs. (What histories weigh is in stream.)
CREATE TABLE run_size (
    run_id        INTEGER PRIMARY KEY,
    console_bytes INTEGER NOT NULL DEFAULT 0,
    file_bytes    INTEGER NOT NULL DEFAULT 0,
    media_bytes   INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Rows of ended runs as files for wandb clients, which keep them by name for ever: a file is always
-- the same rows (see runstone.domain.history_file). No foreign key, as with the files of runs.
CREATE TABLE history_file (
    run_id     INTEGER NOT NULL,
    number     INTEGER NOT NULL,
    stream_id  INTEGER NOT NULL,
    first_row  INTEGER NOT NULL,
    stop_row   INTEGER NOT NULL,
    blob       TEXT,
    size_bytes INTEGER NOT NULL,
    PRIMARY KEY (run_id, number)
) STRICT, WITHOUT ROWID;

-- Whose files clients may have kept under a name. Never deleted: their copies outlive the run.
CREATE TABLE history_name (
    name  TEXT PRIMARY KEY,
    owner INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Runs whose row is gone and whose history, output, files and sizes are still to be erased.
CREATE TABLE removed_run (
    run_id INTEGER PRIMARY KEY
) STRICT;

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

-- Metric history (ADR: packed chunks fed by a journal). PostgreSQL has the same tables with BYTEA.
--
-- A row of history is (stream, row number). Rows below stream.sealed_rows lie in segments that are
-- live, the others in the journal. Large values come last in each table, the ones read most often
-- first among them, so that reading rollups does not touch the pages of data.

CREATE TABLE stream (
    -- AUTOINCREMENT: an id is never used again, so caches keyed by it cannot lie.
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id          INTEGER NOT NULL,   -- no foreign key: histories are deleted before their run
    kind            TEXT NOT NULL,
    writer          TEXT NOT NULL,
    next_row        INTEGER NOT NULL DEFAULT 0,
    sealed_rows     INTEGER NOT NULL DEFAULT 0,
    generation      INTEGER NOT NULL DEFAULT 0,   -- grows when rows are taken back
    num_points      INTEGER NOT NULL DEFAULT 0,
    sealed_points   INTEGER NOT NULL DEFAULT 0,
    num_entries     INTEGER NOT NULL DEFAULT 0,   -- of the journal
    journal_bytes   INTEGER NOT NULL DEFAULT 0,
    chunk_bytes     INTEGER NOT NULL DEFAULT 0,
    first_time      REAL,
    last_step       INTEGER,
    last_time       REAL,
    UNIQUE (run_id, kind, writer)
);

-- What the sealer looks for, without reading a hundred thousand idle streams.
CREATE INDEX stream_unsealed ON stream (id) WHERE next_row > sealed_rows;

-- Acknowledged rows as they came (storage/chunks/journal.py).
CREATE TABLE journal (
    id         INTEGER PRIMARY KEY,
    stream_id  INTEGER NOT NULL,
    row0       INTEGER NOT NULL,
    num_rows   INTEGER NOT NULL,
    head       BLOB NOT NULL,
    body       BLOB NOT NULL
);

CREATE UNIQUE INDEX journal_rows ON journal (stream_id, row0, num_rows);

-- A sealed range of rows with its axes (storage/chunks/segments.py).
CREATE TABLE segment (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    stream_id      INTEGER NOT NULL,
    row0           INTEGER NOT NULL,
    num_rows       INTEGER NOT NULL,
    state          INTEGER NOT NULL,   -- 0 being written, 1 live, 2 to be removed
    num_points     INTEGER NOT NULL,
    num_bytes      INTEGER NOT NULL,
    -- Extents among the values that can be drawn; null when there are none.
    step_lo        REAL, step_hi        REAL, step_ascending     INTEGER NOT NULL,
    time_lo        REAL, time_hi        REAL, time_ascending     INTEGER NOT NULL,
    relative_lo    REAL, relative_hi    REAL, relative_ascending INTEGER NOT NULL,
    -- First and last position of every 64 rows; null when not ascending, or too few rows.
    step_roll      BLOB,
    time_roll      BLOB,
    relative_roll  BLOB,
    step           BLOB NOT NULL,
    time           BLOB NOT NULL,
    runtime        BLOB NOT NULL
);

CREATE INDEX segment_rows ON segment (stream_id, row0);
CREATE INDEX segment_unfinished ON segment (id) WHERE state <> 1;

-- The figures of every key with numbers in one live segment of a history (storage/chunks/figures.py),
-- as JSONB: an object by id of the key. In a table of its own and by run, as a column of all runs of
-- a project is read from it.
CREATE TABLE segment_figures (
    segment_id INTEGER PRIMARY KEY REFERENCES segment (id) ON DELETE CASCADE,
    run_id     INTEGER NOT NULL,
    stream_id  INTEGER NOT NULL,
    row0       INTEGER NOT NULL,
    figures    BLOB NOT NULL
);

CREATE INDEX segment_figures_by_run ON segment_figures (run_id);

CREATE TABLE metric_key (
    id    INTEGER PRIMARY KEY AUTOINCREMENT,
    name  TEXT NOT NULL UNIQUE
);

-- The values of one key in one segment (storage/chunks/columns.py).
CREATE TABLE chunk (
    id          INTEGER PRIMARY KEY,
    segment_id  INTEGER NOT NULL,
    key_id      INTEGER NOT NULL,
    is_object   INTEGER NOT NULL,   -- 0 numbers, 1 JSON texts
    num_values  INTEGER NOT NULL,   -- as counted for users: an integer beyond 2^53 only once
    kind        INTEGER,            -- of all numbers; null when `kinds` says it for each
    roll        BLOB,               -- figures of every 64 rows; null when sparse or short
    row_index   BLOB,               -- which rows have a value; null: all
    kinds       BLOB,
    data        BLOB NOT NULL
);

-- Covers the listing of keys.
CREATE UNIQUE INDEX chunk_columns ON chunk (segment_id, key_id, is_object, num_values);

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
