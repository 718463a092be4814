-- name: project_by_name
SELECT p.id, p.entity_id, e.name, p.name, p.description, p.created_at, p.updated_at
FROM project p JOIN entity e ON e.id = p.entity_id WHERE p.entity_id = ? AND p.name = ?;

-- name: project_by_id
SELECT p.id, p.entity_id, e.name, p.name, p.description, p.created_at, p.updated_at
FROM project p JOIN entity e ON e.id = p.entity_id WHERE p.id = ?;

-- name: projects_of
SELECT p.id, p.entity_id, e.name, p.name, p.description, p.created_at, p.updated_at
FROM project p JOIN entity e ON e.id = p.entity_id
WHERE p.entity_id = ? ORDER BY p.created_at DESC, p.id DESC;

-- name: all_projects
SELECT p.id, p.entity_id, e.name, p.name, p.description, p.created_at, p.updated_at
FROM project p JOIN entity e ON e.id = p.entity_id;

-- name: run_states_by_project
SELECT project_id, state, count(*), max(heartbeat_at) FROM run GROUP BY project_id, state;

-- name: insert_project
INSERT INTO project (entity_id, name, description, created_at, updated_at, num_runs_ever)
VALUES (?, ?, ?, ?, ?, 0) RETURNING id;

-- name: update_project
UPDATE project SET description = ?, updated_at = ? WHERE id = ? RETURNING id;

-- name: count_runs_in
SELECT count(*) FROM run WHERE project_id = ?;

-- name: delete_project
DELETE FROM project WHERE id = ? RETURNING id;
