-- name: removed_runs
SELECT run_id FROM removed_run ORDER BY run_id LIMIT ?;

-- name: is_removed
SELECT 1 FROM removed_run WHERE run_id = ?;

-- name: forget_removed
DELETE FROM removed_run WHERE run_id = ?;

-- name: drop_size
DELETE FROM run_size WHERE run_id = ?;

-- name: drop_cursors
DELETE FROM upload_cursor WHERE stream_id IN (SELECT id FROM stream WHERE run_id = ?);

-- name: line_sizes
SELECT writer, number, octet_length(text) FROM console_line
WHERE run_id = ? ORDER BY writer, number LIMIT ?;

-- name: drop_lines
DELETE FROM console_line WHERE run_id = ? AND (writer, number) <= (?, ?);

-- name: some_files
SELECT name, blob, size_bytes FROM run_file WHERE run_id = ? ORDER BY name LIMIT ?;

-- name: drop_files
DELETE FROM run_file WHERE run_id = ? AND name <= ?;

-- name: blobs_of
SELECT blob FROM run_file WHERE run_id = ?1 AND blob IS NOT NULL
UNION ALL
SELECT blob FROM history_file WHERE run_id = ?1 AND blob IS NOT NULL;

-- name: drop_history_files
DELETE FROM history_file WHERE run_id = ? RETURNING blob;

-- name: first_open_segment
-- Whatever is written after this look is in a segment from here on: one that is being written now,
-- or a later one.
SELECT coalesce(
    (SELECT min(id) FROM segment WHERE state <> 1 AND state = 0),
    (SELECT max(seq) + 1 FROM sqlite_sequence WHERE name = 'segment'),
    0);

-- name: used_keys
SELECT DISTINCT key_id FROM chunk;

-- name: all_keys
SELECT id FROM metric_key;

-- name: drop_keys
DELETE FROM metric_key WHERE id IN (SELECT value FROM json_each(:ids))
    AND id NOT IN (SELECT key_id FROM chunk WHERE segment_id >= :since);

-- name: removed_artifacts
SELECT artifact_id FROM removed_artifact ORDER BY artifact_id LIMIT ?;

-- name: forget_removed_artifact
DELETE FROM removed_artifact WHERE artifact_id = ?;

-- name: some_manifest
SELECT id, octet_length(text) FROM artifact_manifest WHERE artifact_id = ? LIMIT 1;

-- name: drop_manifest
DELETE FROM artifact_manifest WHERE id = ?;

-- name: drop_references
DELETE FROM artifact_content WHERE artifact_id = ?1 AND content_id IN
    (SELECT content_id FROM artifact_content WHERE artifact_id = ?1 ORDER BY content_id LIMIT ?2);
