-- Statements of SqliteSource, SqliteHistory and SqliteSealer. Lists of ids come as JSON arrays.

-- name: states_of_runs
SELECT id, run_id, kind, writer, next_row, sealed_rows, generation, num_points, sealed_points,
    num_entries, first_time, last_step, last_time
FROM stream
WHERE run_id IN (SELECT value FROM json_each(:runs)) AND (:kind IS NULL OR kind = :kind)
ORDER BY run_id, kind, writer;

-- name: state
SELECT id, run_id, kind, writer, next_row, sealed_rows, generation, num_points, sealed_points,
    num_entries, first_time, last_step, last_time
FROM stream WHERE id = ?;

-- name: state_named
SELECT id, run_id, kind, writer, next_row, sealed_rows, generation, num_points, sealed_points,
    num_entries, first_time, last_step, last_time
FROM stream WHERE run_id = ? AND kind = ? AND writer = ?;

-- name: unsealed_states
SELECT id, run_id, kind, writer, next_row, sealed_rows, generation, num_points, sealed_points,
    num_entries, first_time, last_step, last_time
FROM stream WHERE next_row > sealed_rows ORDER BY id;

-- name: open_stream
INSERT INTO stream (run_id, kind, writer) VALUES (?, ?, ?)
ON CONFLICT (run_id, kind, writer) DO NOTHING;

-- name: append_position
SELECT next_row FROM stream WHERE id = ?;

-- name: put_entry
INSERT INTO journal (stream_id, row0, num_rows, head, body) VALUES (?, ?, ?, ?, ?);

-- name: advance
UPDATE stream SET next_row = ?, num_points = num_points + ?, num_entries = num_entries + 1,
    journal_bytes = journal_bytes + ?, last_step = ?, last_time = ?
WHERE id = ?;

-- name: set_first_time
UPDATE stream SET first_time = ? WHERE id = ?;

-- name: set_state
UPDATE stream SET next_row = :next_row, sealed_rows = :sealed_rows, generation = generation + 1,
    num_points = :num_points, sealed_points = :sealed_points, num_entries = :num_entries,
    journal_bytes = :journal_bytes, chunk_bytes = :chunk_bytes, first_time = :first_time,
    last_step = :last_step, last_time = :last_time
WHERE id = :id;

-- name: entries
-- `from` is an object of stream id to the row from which on entries are wanted.
SELECT j.stream_id, j.row0, j.head, j.body
FROM json_each(:from) AS w JOIN journal AS j ON j.stream_id = CAST(w.key AS INTEGER)
WHERE j.row0 + j.num_rows > w.value
ORDER BY j.stream_id, j.row0;

-- name: entry_heads
SELECT j.stream_id, j.row0, j.head
FROM json_each(:from) AS w JOIN journal AS j ON j.stream_id = CAST(w.key AS INTEGER)
WHERE j.row0 + j.num_rows > w.value
ORDER BY j.stream_id, j.row0;

-- name: drop_entries_from
DELETE FROM journal WHERE stream_id = ? AND row0 + num_rows > ?;

-- name: journal_totals
SELECT count(*), coalesce(sum(length(head) + length(body)), 0) FROM journal
WHERE stream_id = ? AND row0 + num_rows > ?;

-- name: key_ids
SELECT name, id FROM metric_key WHERE name IN (SELECT value FROM json_each(?));

-- name: key_names
SELECT id, name FROM metric_key WHERE id IN (SELECT value FROM json_each(?));

-- name: segments
SELECT id, stream_id, row0, num_rows, step_lo, step_hi, step_ascending, time_lo, time_hi,
    time_ascending, relative_lo, relative_hi, relative_ascending
FROM segment
WHERE stream_id IN (SELECT value FROM json_each(?)) AND state = 1
ORDER BY stream_id, row0;

-- name: step_rolls
SELECT id, step_roll FROM segment
WHERE id IN (SELECT value FROM json_each(?)) AND step_roll IS NOT NULL;

-- name: time_rolls
SELECT id, time_roll FROM segment
WHERE id IN (SELECT value FROM json_each(?)) AND time_roll IS NOT NULL;

-- name: relative_rolls
SELECT id, relative_roll FROM segment
WHERE id IN (SELECT value FROM json_each(?)) AND relative_roll IS NOT NULL;

-- name: steps
SELECT id, step FROM segment WHERE id IN (SELECT value FROM json_each(?));

-- name: times
SELECT id, time FROM segment WHERE id IN (SELECT value FROM json_each(?));

-- name: axes
SELECT id, step, time, runtime FROM segment WHERE id IN (SELECT value FROM json_each(?));

-- name: rolls
SELECT segment_id, key_id, roll FROM chunk
WHERE segment_id IN (SELECT value FROM json_each(:segments))
    AND key_id IN (SELECT value FROM json_each(:keys)) AND is_object = 0;

-- name: holders
SELECT segment_id, key_id FROM chunk
WHERE segment_id IN (SELECT value FROM json_each(:segments))
    AND key_id IN (SELECT value FROM json_each(:keys)) AND is_object = 0;

-- name: chunks
SELECT segment_id, key_id, is_object, kind, row_index, kinds, data FROM chunk
WHERE segment_id IN (SELECT value FROM json_each(:segments))
    AND key_id IN (SELECT value FROM json_each(:keys)) AND is_object <= :objects;

-- name: chunks_of_all_keys
SELECT segment_id, key_id, is_object, kind, row_index, kinds, data FROM chunk
WHERE segment_id IN (SELECT value FROM json_each(:segments)) AND is_object <= :objects;

-- name: chunk_rows
SELECT segment_id, key_id, row_index FROM chunk
WHERE segment_id IN (SELECT value FROM json_each(:segments))
    AND key_id IN (SELECT value FROM json_each(:keys));

-- name: number_kinds
SELECT DISTINCT key_id, kind FROM chunk
WHERE segment_id IN (SELECT value FROM json_each(?)) AND is_object = 0 AND kind IS NOT NULL;

-- name: mixed_columns
SELECT DISTINCT segment_id, key_id FROM chunk
WHERE segment_id IN (SELECT value FROM json_each(?)) AND (is_object = 1 OR kind IS NULL);

-- name: object_rows
SELECT segment_id, key_id, row_index FROM chunk
WHERE segment_id IN (SELECT value FROM json_each(:segments))
    AND key_id IN (SELECT value FROM json_each(:keys)) AND is_object = 1;

-- name: sealed_keys
SELECT s.stream_id, k.name,
    sum(c.num_values * (1 - c.is_object)), sum(c.num_values * c.is_object)
FROM segment AS s
JOIN chunk AS c ON c.segment_id = s.id
JOIN metric_key AS k ON k.id = c.key_id
WHERE s.stream_id IN (SELECT value FROM json_each(?)) AND s.state = 1
GROUP BY s.stream_id, c.key_id;

-- name: stats
SELECT coalesce(sum(num_points), 0), coalesce(sum(next_row), 0), coalesce(sum(chunk_bytes), 0),
    coalesce(sum(journal_bytes), 0), coalesce(sum(next_row - sealed_rows), 0)
FROM stream;

-- name: stats_of_runs
SELECT coalesce(sum(num_points), 0), coalesce(sum(next_row), 0), coalesce(sum(chunk_bytes), 0),
    coalesce(sum(journal_bytes), 0), coalesce(sum(next_row - sealed_rows), 0)
FROM stream WHERE run_id IN (SELECT value FROM json_each(?));

-- name: stop_sealing
UPDATE stream SET next_row = sealed_rows, generation = generation + 1
WHERE run_id = ? AND next_row > sealed_rows;

-- name: all_segments
SELECT id FROM segment WHERE stream_id = ? ORDER BY row0;

-- name: segment_size
SELECT octet_length(step) + octet_length(time) + octet_length(runtime)
    + coalesce(octet_length(step_roll), 0) + coalesce(octet_length(time_roll), 0)
    + coalesce(octet_length(relative_roll), 0)
FROM segment WHERE id = ?;

-- name: chunk_sizes
SELECT id, octet_length(data) + coalesce(octet_length(roll), 0)
    + coalesce(octet_length(row_index), 0) + coalesce(octet_length(kinds), 0)
FROM chunk WHERE segment_id = ?;

-- name: erase_chunk
DELETE FROM chunk WHERE id = ?;

-- name: erase_segment
DELETE FROM segment WHERE id = ?;

-- name: erase_stream
DELETE FROM stream WHERE id = ?;

-- name: chunk_totals
SELECT coalesce(sum(num_points), 0), coalesce(sum(num_bytes), 0) FROM segment
WHERE stream_id = ? AND state = 1;

-- name: drop_chunks_from
DELETE FROM chunk WHERE segment_id IN (
    SELECT id FROM segment WHERE stream_id = ? AND row0 + num_rows > ?);

-- name: drop_segments_from
DELETE FROM segment WHERE stream_id = ? AND row0 + num_rows > ?;

-- name: entries_between
SELECT row0, head, body FROM journal
WHERE stream_id = :stream AND row0 + num_rows > :start AND row0 < :stop ORDER BY row0;

-- name: sealed_entries
SELECT count(*), coalesce(sum(length(head) + length(body)), 0) FROM journal
WHERE stream_id = :stream AND row0 + num_rows > :start AND row0 + num_rows <= :stop;

-- name: covered_entries
-- Entries whose rows are all sealed; readers pass over them.
SELECT id, length(head) + length(body) FROM journal
WHERE stream_id = ? AND row0 + num_rows <= ? ORDER BY row0;

-- name: drop_entry
DELETE FROM journal WHERE id = ?;

-- name: put_segment
INSERT INTO segment (stream_id, row0, num_rows, state, num_points, num_bytes,
    step_lo, step_hi, step_ascending, time_lo, time_hi, time_ascending,
    relative_lo, relative_hi, relative_ascending, step_roll, time_roll, relative_roll,
    step, time, runtime)
VALUES (?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
RETURNING id;

-- name: count_keys
SELECT count(*) FROM metric_key WHERE id IN (SELECT value FROM json_each(?));

-- name: put_key
INSERT INTO metric_key (name) VALUES (?) ON CONFLICT (name) DO NOTHING;

-- name: put_chunk
INSERT INTO chunk (segment_id, key_id, is_object, num_values, kind, roll, row_index, kinds, data)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: segment_state
SELECT state FROM segment WHERE id = ?;

-- name: put_figures
INSERT INTO segment_figures (segment_id, run_id, stream_id, row0, figures)
VALUES (?, ?, ?, ?, jsonb(?));

-- name: last_figures
SELECT max(segment_id) FROM segment_figures;

-- name: figures_between
-- In the order of the disk: the sign keeps SQLite from the index.
SELECT group_concat(run_id), group_concat(stream_id), group_concat(row0),
    group_concat(coalesce(figures ->> :key, :none), '')
FROM segment_figures WHERE +run_id BETWEEN :low AND :high;

-- name: figures_of_runs
SELECT group_concat(run_id), group_concat(stream_id), group_concat(row0),
    group_concat(coalesce(figures ->> :key, :none), '')
FROM segment_figures WHERE run_id IN (SELECT value FROM json_each(:runs));

-- name: drop_figures
DELETE FROM segment_figures WHERE segment_id IN (SELECT value FROM json_each(?));

-- name: finish_segment
UPDATE segment SET state = 1, num_points = ?, num_bytes = ? WHERE id = ?;

-- name: advance_sealed
UPDATE stream SET sealed_rows = :sealed_rows, sealed_points = sealed_points + :points,
    num_entries = num_entries - :entries, journal_bytes = journal_bytes - :journal_bytes,
    chunk_bytes = chunk_bytes + :chunk_bytes
WHERE id = :id;

-- name: segment_sizes
SELECT id, num_rows, num_points, num_bytes FROM segment
WHERE stream_id = ? AND state = 1 ORDER BY row0;

-- name: retire_segments
UPDATE segment SET state = 2
WHERE id IN (SELECT value FROM json_each(?)) AND state = 1;

-- name: add_chunk_bytes
UPDATE stream SET chunk_bytes = chunk_bytes + ? WHERE id = ?;

-- name: abandon_segments
UPDATE segment SET state = 2 WHERE state = 0;

-- name: abandon_segments_of
UPDATE segment SET state = 2 WHERE state = 0 AND stream_id = ?;

-- name: dead_segments
SELECT id FROM segment WHERE state <> 1 AND state = 2 ORDER BY id;

-- name: drop_some_chunks
DELETE FROM chunk WHERE id IN (SELECT id FROM chunk WHERE segment_id = ? LIMIT ?);

-- name: drop_segment
DELETE FROM segment WHERE id = ? AND state = 2
    AND NOT EXISTS (SELECT 1 FROM chunk WHERE segment_id = segment.id);

-- name: fragmented_streams
SELECT stream_id FROM segment WHERE state = 1 AND num_rows <= ?
GROUP BY stream_id HAVING count(*) >= ?;
