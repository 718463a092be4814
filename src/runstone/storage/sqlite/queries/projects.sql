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

-- name: states_of
SELECT state, count(*) FROM run WHERE project_id = ? GROUP BY state;

-- name: last_heartbeat
-- In two halves, each of which has an index: ended runs are many and never change, live ones are
-- few and change all the time.
SELECT max(at) FROM (
    SELECT max(heartbeat_at) AS at FROM run
    WHERE project_id = :project AND state NOT IN ('running', 'preempting')
    UNION ALL
    SELECT max(heartbeat_at) AS at FROM run
    WHERE project_id = :project AND state IN ('running', 'preempting')
) AS halves;

-- name: insert_project
INSERT INTO project (entity_id, name, description, created_at, updated_at, num_runs_ever)
VALUES (?, ?, ?, ?, ?, 0) RETURNING id;

-- name: update_project
UPDATE project SET description = ?, updated_at = ? WHERE id = ? RETURNING id;

-- name: count_runs_in
SELECT count(*) FROM run WHERE project_id = ?;

-- name: delete_project
DELETE FROM project WHERE id = ? RETURNING id;
