-- name: file
SELECT run_id, name, blob, size_bytes, md5, mime_type, updated_at
FROM run_file WHERE run_id = ? AND name = ?;

-- name: list_files
SELECT run_id, name, blob, size_bytes, md5, mime_type, updated_at
FROM run_file
WHERE run_id = :run AND blob IS NOT NULL AND name >= :from AND (:past IS NULL OR name < :past)
    AND (:like IS NULL OR name LIKE :like)
    AND (:contains IS NULL OR name LIKE :contains ESCAPE '\')
ORDER BY name LIMIT :limit;

-- name: named_file
SELECT run_id, name, blob, size_bytes, md5, mime_type, updated_at
FROM run_file
WHERE run_id = :run AND name = :name AND blob IS NOT NULL
    AND name >= :from AND (:past IS NULL OR name < :past)
    AND (:like IS NULL OR name LIKE :like)
    AND (:contains IS NULL OR name LIKE :contains ESCAPE '\');

-- name: count_files
SELECT count(*) FROM run_file WHERE run_id = ? AND blob IS NOT NULL;

-- name: announce
INSERT INTO run_file (run_id, name, blob, size_bytes, md5, mime_type, updated_at)
VALUES (?, ?, NULL, 0, NULL, '', ?) ON CONFLICT (run_id, name) DO NOTHING;

-- name: put_file
INSERT INTO run_file (run_id, name, blob, size_bytes, md5, mime_type, updated_at)
VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (run_id, name) DO UPDATE SET blob = excluded.blob, size_bytes = excluded.size_bytes,
    md5 = excluded.md5, mime_type = excluded.mime_type, updated_at = excluded.updated_at;

-- name: delete_file
DELETE FROM run_file WHERE run_id = ? AND name = ? RETURNING blob, size_bytes;
