-- name: run_by_name
SELECT r.id, r.project_id, e.name, p.name, r.name, r.number, r.display_name, r.state, r.created_at,
    r.heartbeat_at, r.finished_at, r.user_id, u.name, r.run_group, r.job_type, r.tags, r.notes,
    r.host, r.program, r.git_commit, r.git_remote, r.sweep, r.exit_code, r.stop_requested,
    r.change_seq
FROM run r
JOIN project p ON p.id = r.project_id
JOIN entity e ON e.id = p.entity_id
JOIN entity u ON u.id = r.user_id
WHERE r.project_id = ? AND r.name = ?;

-- name: run_by_id
SELECT r.id, r.project_id, e.name, p.name, r.name, r.number, r.display_name, r.state, r.created_at,
    r.heartbeat_at, r.finished_at, r.user_id, u.name, r.run_group, r.job_type, r.tags, r.notes,
    r.host, r.program, r.git_commit, r.git_remote, r.sweep, r.exit_code, r.stop_requested,
    r.change_seq
FROM run r
JOIN project p ON p.id = r.project_id
JOIN entity e ON e.id = p.entity_id
JOIN entity u ON u.id = r.user_id
WHERE r.id = ?;

-- name: list_runs
-- Run ids rise in order of creation, so they order a page and mark where the next begins.
SELECT r.id, r.project_id, e.name, p.name, r.name, r.number, r.display_name, r.state, r.created_at,
    r.heartbeat_at, r.finished_at, r.user_id, u.name, r.run_group, r.job_type, r.tags, r.notes,
    r.host, r.program, r.git_commit, r.git_remote, r.sweep, r.exit_code, r.stop_requested,
    r.change_seq
FROM run r
JOIN project p ON p.id = r.project_id
JOIN entity e ON e.id = p.entity_id
JOIN entity u ON u.id = r.user_id
WHERE r.project_id = :project AND r.id < :before
    AND (:search IS NULL OR r.name LIKE :search ESCAPE '\'
        OR r.display_name LIKE :search ESCAPE '\'
        OR r.run_group LIKE :search ESCAPE '\')
ORDER BY r.id DESC LIMIT :limit;

-- name: count_runs
SELECT count(*) FROM run WHERE project_id = ?;

-- name: count_found_runs
SELECT count(*) FROM run r
WHERE r.project_id = :project
    AND (r.name LIKE :search ESCAPE '\'
        OR r.display_name LIKE :search ESCAPE '\'
        OR r.run_group LIKE :search ESCAPE '\');

-- name: changed_since
SELECT r.id, r.project_id, e.name, p.name, r.name, r.number, r.display_name, r.state, r.created_at,
    r.heartbeat_at, r.finished_at, r.user_id, u.name, r.run_group, r.job_type, r.tags, r.notes,
    r.host, r.program, r.git_commit, r.git_remote, r.sweep, r.exit_code, r.stop_requested,
    r.change_seq
FROM run r
JOIN project p ON p.id = r.project_id
JOIN entity e ON e.id = p.entity_id
JOIN entity u ON u.id = r.user_id
WHERE r.project_id = ? AND r.change_seq > ? ORDER BY r.change_seq LIMIT ?;

-- name: changes_since
SELECT r.id, r.project_id, e.name, p.name, r.name, r.change_seq, p.entity_id
FROM run r
JOIN project p ON p.id = r.project_id
JOIN entity e ON e.id = p.entity_id
WHERE r.change_seq > ? ORDER BY r.change_seq;

-- name: silent_since
SELECT r.id, r.project_id, e.name, p.name, r.name, r.number, r.display_name, r.state, r.created_at,
    r.heartbeat_at, r.finished_at, r.user_id, u.name, r.run_group, r.job_type, r.tags, r.notes,
    r.host, r.program, r.git_commit, r.git_remote, r.sweep, r.exit_code, r.stop_requested,
    r.change_seq
FROM run r
JOIN project p ON p.id = r.project_id
JOIN entity e ON e.id = p.entity_id
JOIN entity u ON u.id = r.user_id
WHERE r.state IN ('running', 'preempting') AND r.heartbeat_at < ?
ORDER BY r.heartbeat_at, r.id;

-- name: run_id
SELECT id FROM run WHERE project_id = ? AND name = ?;

-- name: last_change_seq
SELECT value FROM counter WHERE name = 'change_seq';

-- name: next_change_seq
INSERT INTO counter (name, value) VALUES ('change_seq', 1)
ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value;

-- name: documents
SELECT json(c.config), c.client_info, json(s.summary)
FROM run_config c JOIN run_summary s ON s.run_id = c.run_id WHERE c.run_id = ?;

-- name: put_config
UPDATE run_config SET config = jsonb(?) WHERE run_id = ?;

-- name: put_client_info
UPDATE run_config SET client_info = ? WHERE run_id = ?;

-- name: put_summary
UPDATE run_summary SET summary = jsonb(?) WHERE run_id = ?;

-- name: insert_run
INSERT INTO run (project_id, name, number, display_name, state, created_at, heartbeat_at, user_id,
    tags, notes, stop_requested, change_seq)
VALUES (?, ?, ?, ?, 'pending', ?, ?, ?, '[]', '', 0, ?) RETURNING id;

-- name: insert_config
INSERT INTO run_config (run_id, config, client_info) VALUES (?, jsonb('{}'), '{}');

-- name: insert_summary
INSERT INTO run_summary (run_id, summary) VALUES (?, jsonb('{}'));

-- name: note_new_run
UPDATE project SET num_runs_ever = num_runs_ever + 1, updated_at = ? WHERE id = ?;

-- name: num_runs_ever
SELECT num_runs_ever FROM project WHERE id = ?;

-- name: beat
UPDATE run SET heartbeat_at = ?, change_seq = ? WHERE id = ? RETURNING id;

-- name: delete_run
DELETE FROM run WHERE id = ? RETURNING project_id;

-- name: note_deleted_run
UPDATE project SET runs_deleted_seq = ? WHERE id = ?;

-- name: insert_alert
INSERT INTO alert (run_id, title, body, level, created_at) VALUES (?, ?, ?, ?, ?);

-- name: alerts
SELECT run_id, title, body, level, created_at FROM alert WHERE run_id = ? ORDER BY id;
