-- name: files_of
SELECT run_id, number, stream_id, first_row, stop_row, blob, size_bytes
FROM history_file WHERE run_id = ? ORDER BY number;

-- name: owner_of
SELECT owner FROM history_name WHERE name = ?;

-- name: own
INSERT INTO history_name (name, owner) VALUES (?, ?) ON CONFLICT DO NOTHING;

-- name: add
INSERT INTO history_file (run_id, number, stream_id, first_row, stop_row, size_bytes)
VALUES (?, ?, ?, ?, ?, 0);

-- name: made
UPDATE history_file SET blob = ?, size_bytes = ? WHERE run_id = ? AND number = ? RETURNING number;
