-- name: cursor
SELECT shift, reopened FROM upload_cursor WHERE stream_id = ?;

-- name: set_cursor
INSERT INTO upload_cursor (stream_id, shift, reopened) VALUES (?, ?, ?)
ON CONFLICT (stream_id) DO UPDATE SET shift = excluded.shift, reopened = excluded.reopened;

-- name: reopen
INSERT INTO upload_cursor (stream_id, shift, reopened)
SELECT id, 0, 1 FROM stream WHERE run_id = ?
ON CONFLICT (stream_id) DO UPDATE SET reopened = 1;
