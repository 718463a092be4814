-- fragment: project_rows
SELECT p.id, p.entity_id, e.name, p.name, p.description, p.created_at, p.updated_at, p.deleted_at
FROM project p JOIN entity e ON e.id = p.entity_id

-- name: project_by_name
{{project_rows}} WHERE p.entity_id = ? AND p.name = ? AND p.deleted_at IS NULL;

-- name: any_project_by_name
{{project_rows}} WHERE p.entity_id = ? AND p.name = ?;

-- name: project_by_former_name
{{project_rows}} JOIN project_former_name f ON f.project_id = p.id
WHERE f.entity_id = ? AND f.name = ? AND p.deleted_at IS NULL;

-- name: forget_former_name
DELETE FROM project_former_name WHERE entity_id = ? AND name = ?;

-- name: put_former_name
INSERT INTO project_former_name (entity_id, name, project_id) VALUES (?, ?, ?)
ON CONFLICT (entity_id, name) DO UPDATE SET project_id = excluded.project_id;

-- name: rename_project
UPDATE project SET name = ?, updated_at = ? WHERE id = ?;

-- name: project_by_id
{{project_rows}} WHERE p.id = ?;

-- name: projects_of
{{project_rows}}
WHERE p.entity_id = ? AND p.deleted_at IS NULL ORDER BY p.created_at DESC, p.id DESC;

-- name: all_projects
{{project_rows}} WHERE p.deleted_at IS NULL;

-- name: trashed_projects
{{project_rows}} WHERE p.deleted_at IS NOT NULL ORDER BY p.deleted_at DESC, p.id DESC;

-- name: states_of
SELECT state, count(*) FROM run WHERE project_id = ? AND deleted_at IS NULL GROUP BY state;

-- name: last_heartbeat
-- In two halves, each of which has an index: ended runs are many and never change, live ones are
-- few and change all the time.
SELECT max(at) FROM (
    SELECT max(heartbeat_at) AS at FROM run
    WHERE project_id = :project AND state NOT IN ('running', 'preempting') AND deleted_at IS NULL
    UNION ALL
    SELECT max(heartbeat_at) AS at FROM run
    WHERE project_id = :project AND state IN ('running', 'preempting') AND deleted_at IS NULL
) AS halves;

-- name: insert_project
INSERT INTO project (entity_id, name, description, created_at, updated_at, num_runs_ever)
VALUES (?, ?, ?, ?, ?, 0) RETURNING id;

-- name: update_project
UPDATE project SET description = ?, updated_at = ? WHERE id = ? RETURNING id;

-- name: set_project_deleted_at
UPDATE project SET deleted_at = ?, updated_at = ? WHERE id = ? RETURNING id;

-- name: count_runs_in
SELECT count(*), count(deleted_at) FROM run WHERE project_id = ?;

-- name: delete_project
DELETE FROM project WHERE id = ? RETURNING id;
