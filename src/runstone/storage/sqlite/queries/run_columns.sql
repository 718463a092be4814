-- name: head
SELECT coalesce((SELECT max(change_seq) FROM run WHERE project_id = :project), 0),
    coalesce((SELECT runs_deleted_seq FROM project WHERE id = :project), 0);

-- name: ids
SELECT json_group_array(id) FROM run WHERE project_id = :project AND deleted_at IS NULL;

-- name: span
SELECT (SELECT min(id) FROM run WHERE project_id = :project AND deleted_at IS NULL),
    (SELECT max(id) FROM run WHERE project_id = :project AND deleted_at IS NULL),
    (SELECT count(*) FROM run WHERE project_id = :project AND deleted_at IS NULL);

-- name: configs
SELECT run_id, json(config) FROM run_config
WHERE run_id IN (SELECT value FROM json_each(?));

-- name: summaries
SELECT run_id, json(summary) FROM run_summary
WHERE run_id IN (SELECT value FROM json_each(?));
