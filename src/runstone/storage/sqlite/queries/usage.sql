-- name: runs
SELECT r.id, r.name, r.display_name, r.deleted_at IS NOT NULL,
    (SELECT coalesce(sum(chunk_bytes + journal_bytes), 0) FROM stream
        WHERE run_id = r.id AND kind = 'history'),
    (SELECT coalesce(sum(chunk_bytes + journal_bytes), 0) FROM stream
        WHERE run_id = r.id AND kind = 'system'),
    coalesce(s.console_bytes, 0), coalesce(s.file_bytes, 0), coalesce(s.media_bytes, 0),
    -- The length alone: SQLite does not read a document for it.
    octet_length(c.config) + octet_length(c.client_info) + octet_length(u.summary)
FROM run AS r
JOIN run_config AS c ON c.run_id = r.id
JOIN run_summary AS u ON u.run_id = r.id
LEFT JOIN run_size AS s ON s.run_id = r.id
WHERE r.project_id = ?;

-- name: projects
SELECT p.id, e.name, p.name FROM project AS p JOIN entity AS e ON e.id = p.entity_id
WHERE :entities IS NULL OR p.entity_id IN (SELECT value FROM json_each(:entities))
ORDER BY p.id;

-- name: totals
SELECT r.project_id, r.deleted_at IS NOT NULL AS in_trash, count(*),
    sum((SELECT coalesce(sum(chunk_bytes + journal_bytes), 0) FROM stream
        WHERE run_id = r.id AND kind = 'history')),
    sum((SELECT coalesce(sum(chunk_bytes + journal_bytes), 0) FROM stream
        WHERE run_id = r.id AND kind = 'system')),
    sum(coalesce(s.console_bytes, 0)), sum(coalesce(s.file_bytes, 0)),
    sum(coalesce(s.media_bytes, 0)),
    sum(octet_length(c.config) + octet_length(c.client_info) + octet_length(u.summary))
FROM run AS r
JOIN run_config AS c ON c.run_id = r.id
JOIN run_summary AS u ON u.run_id = r.id
LEFT JOIN run_size AS s ON s.run_id = r.id
WHERE r.project_id IN (SELECT value FROM json_each(:projects))
GROUP BY r.project_id, in_trash;

-- name: removed
SELECT count(*),
    coalesce(sum((SELECT coalesce(sum(chunk_bytes + journal_bytes), 0) FROM stream
        WHERE run_id = r.run_id AND kind = 'history')), 0),
    coalesce(sum((SELECT coalesce(sum(chunk_bytes + journal_bytes), 0) FROM stream
        WHERE run_id = r.run_id AND kind = 'system')), 0),
    coalesce(sum(s.console_bytes), 0), coalesce(sum(s.file_bytes), 0),
    coalesce(sum(s.media_bytes), 0)
FROM removed_run AS r LEFT JOIN run_size AS s ON s.run_id = r.run_id;

-- name: add
INSERT INTO run_size (run_id, console_bytes, file_bytes, media_bytes)
VALUES (:run, :console, :files, :media)
ON CONFLICT (run_id) DO UPDATE SET console_bytes = console_bytes + excluded.console_bytes,
    file_bytes = file_bytes + excluded.file_bytes,
    media_bytes = media_bytes + excluded.media_bytes;
