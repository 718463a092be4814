-- Lists of ids come as JSON: one statement for thousands of them, each asked for once.

-- name: inputs_of
SELECT i.run_id, i.artifact_id
FROM (SELECT value, min(key) AS place FROM json_each(?) GROUP BY value) wanted
JOIN artifact_input i ON i.run_id = wanted.value
JOIN artifact v ON v.id = i.artifact_id AND v.state = 'committed'
ORDER BY wanted.place, i.rowid;

-- name: outputs_of
SELECT o.run_id, o.artifact_id
FROM (SELECT value, min(key) AS place FROM json_each(?) GROUP BY value) wanted
JOIN artifact_output o ON o.run_id = wanted.value
JOIN artifact v ON v.id = o.artifact_id AND v.state = 'committed'
ORDER BY wanted.place, o.rowid;

-- name: users_of
SELECT i.artifact_id, i.run_id
FROM (SELECT value, min(key) AS place FROM json_each(?) GROUP BY value) wanted
JOIN artifact v ON v.id = wanted.value AND v.state = 'committed'
JOIN artifact_input i ON i.artifact_id = v.id
ORDER BY wanted.place, i.rowid;

-- name: makers_of
SELECT o.artifact_id, o.run_id
FROM (SELECT value, min(key) AS place FROM json_each(?) GROUP BY value) wanted
JOIN artifact v ON v.id = wanted.value AND v.state = 'committed'
JOIN artifact_output o ON o.artifact_id = v.id
ORDER BY wanted.place, o.rowid;

-- name: versions
SELECT v.id, e.name, p.name, c.name, t.name, m.version_index,
    (SELECT json_group_array(a.alias ORDER BY a.alias) FROM artifact_alias a
     WHERE a.artifact_id = m.artifact_id AND a.collection_id = m.collection_id),
    v.num_files, v.size_bytes, v.created_at
FROM (SELECT value, min(key) AS place FROM json_each(?) GROUP BY value) wanted
JOIN artifact v ON v.id = wanted.value AND v.state = 'committed'
JOIN artifact_member m ON m.artifact_id = v.id
JOIN artifact_collection c ON c.id = m.collection_id
JOIN artifact_type t ON t.id = c.type_id
JOIN project p ON p.id = c.project_id AND p.deleted_at IS NULL
JOIN entity e ON e.id = p.entity_id
ORDER BY wanted.place, m.collection_id <> v.collection_id, m.created_at, m.collection_id;

-- name: runs
SELECT r.id, e.name, p.name, r.name, r.display_name, r.job_type, r.state, r.created_at
FROM (SELECT value, min(key) AS place FROM json_each(?) GROUP BY value) wanted
JOIN run r ON r.id = wanted.value AND r.deleted_at IS NULL
JOIN project p ON p.id = r.project_id AND p.deleted_at IS NULL
JOIN entity e ON e.id = p.entity_id
ORDER BY wanted.place;
