-- name: last_change
SELECT coalesce((SELECT value FROM counter WHERE name = 'change_seq'), 0);

-- name: deletions_since
SELECT count(*) FROM project WHERE runs_deleted_seq > ?;

-- name: since
SELECT id FROM run WHERE change_seq > ?;
