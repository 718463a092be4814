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
