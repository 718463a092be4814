-- name: documents
SELECT json(c.config), c.client_info, json(s.summary)
FROM run_config c JOIN run_summary s ON s.run_id = c.run_id WHERE c.run_id = ?;

-- name: config
SELECT json(config) FROM run_config WHERE run_id = ?;

-- name: client_info
SELECT client_info FROM run_config WHERE run_id = ?;

-- name: client_infos_of
SELECT run_id, client_info FROM run_config WHERE run_id IN (SELECT value FROM json_each(?));

-- name: texts_of
SELECT c.run_id, json(c.config), c.client_info, json(s.summary)
FROM run_config c JOIN run_summary s ON s.run_id = c.run_id
WHERE c.run_id IN (SELECT value FROM json_each(?));

-- name: put_config
UPDATE run_config SET config = jsonb(?) WHERE run_id = ?;

-- name: put_client_info
UPDATE run_config SET client_info = ? WHERE run_id = ?;

-- name: put_summary
UPDATE run_summary SET summary = jsonb(?) WHERE run_id = ?;

-- name: unmerged_summaries
SELECT DISTINCT run_id FROM run_summary_entries ORDER BY run_id;

-- name: has_entries
SELECT 1 FROM run_summary_entries WHERE run_id = ? LIMIT 1;

-- name: summary
SELECT json(summary) FROM run_summary WHERE run_id = ?;

-- name: entries
SELECT entries, removed FROM run_summary_entries WHERE run_id = ? ORDER BY id;

-- name: sizes
-- Lengths alone, for which SQLite reads none of the texts.
SELECT octet_length(s.summary), (
    SELECT coalesce(sum(octet_length(e.entries) + octet_length(e.removed)), 0)
    FROM run_summary_entries e WHERE e.run_id = s.run_id)
FROM run_summary s WHERE s.run_id = ?;

-- name: add_entries
INSERT INTO run_summary_entries (run_id, entries, removed) VALUES (?, ?, ?);

-- name: drop_entries
DELETE FROM run_summary_entries WHERE run_id = ?;
