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

-- name: collections
-- A content is a collection's own where no version of another one refers to it.
WITH held AS (
    SELECT v.collection_id, k.content_id, count(*) AS num_here
    FROM artifact_collection c
    JOIN artifact v ON v.collection_id = c.id
    JOIN artifact_content k ON k.artifact_id = v.id
    WHERE c.project_id = ? GROUP BY v.collection_id, k.content_id
), stored AS (
    SELECT h.collection_id, sum(n.size_bytes) AS stored_bytes,
        sum(iif(h.num_here = (SELECT count(*) FROM artifact_content e
            JOIN artifact still ON still.id = e.artifact_id WHERE e.content_id = h.content_id), n.size_bytes, 0)) AS unique_bytes
    FROM held h JOIN content n ON n.id = h.content_id GROUP BY h.collection_id
)
SELECT c.id, c.name, t.name,
    (SELECT count(*) FROM artifact WHERE collection_id = c.id AND state = 'committed'),
    (SELECT coalesce(sum(size_bytes), 0) FROM artifact
        WHERE collection_id = c.id AND state = 'committed'),
    coalesce(s.stored_bytes, 0), coalesce(s.unique_bytes, 0)
FROM artifact_collection c
JOIN artifact_type t ON t.id = c.type_id
LEFT JOIN stored s ON s.collection_id = c.id
WHERE c.project_id = ? AND c.kind = 'sequence';

-- name: artifacts
WITH held AS (
    SELECT c.project_id, k.content_id, count(*) AS num_here
    FROM artifact_collection c
    JOIN artifact v ON v.collection_id = c.id
    JOIN artifact_content k ON k.artifact_id = v.id
    WHERE c.project_id IN (SELECT value FROM json_each(:projects))
    GROUP BY c.project_id, k.content_id
), stored AS (
    SELECT h.project_id, sum(n.size_bytes) AS stored_bytes,
        sum(iif(h.num_here = (SELECT count(*) FROM artifact_content e
            JOIN artifact still ON still.id = e.artifact_id WHERE e.content_id = h.content_id), n.size_bytes, 0)) AS unique_bytes
    FROM held h JOIN content n ON n.id = h.content_id GROUP BY h.project_id
)
SELECT c.project_id, sum(v.state = 'committed'), sum(iif(v.state = 'committed', v.size_bytes, 0)),
    coalesce(s.stored_bytes, 0), coalesce(s.unique_bytes, 0)
FROM artifact_collection c
JOIN artifact v ON v.collection_id = c.id
LEFT JOIN stored s ON s.project_id = c.project_id
WHERE c.project_id IN (SELECT value FROM json_each(:projects))
GROUP BY c.project_id;

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
