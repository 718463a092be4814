-- name: head
SELECT coalesce((SELECT max(change_seq) FROM run WHERE project_id = :project), 0),
    coalesce((SELECT runs_deleted_seq FROM project WHERE id = :project), 0);

-- name: ids
SELECT json_group_array(id) FROM run WHERE project_id = :project;

-- name: runs
SELECT r.id, r.project_id, e.name, p.name, r.name, r.number, r.display_name, r.state, r.created_at,
    r.heartbeat_at, r.finished_at, r.user_id, u.name, r.run_group, r.job_type, r.tags, r.notes,
    r.host, r.program, r.git_commit, r.git_remote, r.sweep, r.exit_code, r.stop_requested,
    r.change_seq
FROM json_each(?) wanted
JOIN run r ON r.id = wanted.value
JOIN project p ON p.id = r.project_id
JOIN entity e ON e.id = p.entity_id
JOIN entity u ON u.id = r.user_id;

-- name: span
SELECT (SELECT min(id) FROM run WHERE project_id = :project),
    (SELECT max(id) FROM run WHERE project_id = :project),
    (SELECT count(*) FROM run WHERE project_id = :project);
