-- fragment: rule_rows
SELECT r.id, r.project_id, r.collection_id, r.collection_type, r.collection_name, r.text, r.is_on,
    r.set_by, r.created_at, r.updated_at
FROM retention_rule r

-- name: rules
{{rule_rows}} JOIN project p ON p.id = r.project_id
WHERE CASE WHEN :project IS NULL THEN p.deleted_at IS NULL ELSE r.project_id = :project END
ORDER BY r.id;

-- name: rule
{{rule_rows}} WHERE r.id = ?;

-- name: rule_of
{{rule_rows}} WHERE r.collection_id = ?;

-- name: insert_rule
INSERT INTO retention_rule (project_id, collection_id, collection_type, collection_name, text,
    is_on, set_by, created_at, updated_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id;

-- name: update_rule
UPDATE retention_rule SET collection_id = ?, collection_type = ?, collection_name = ?, text = ?,
    is_on = ?, set_by = ?, updated_at = ?
WHERE id = ? RETURNING id;

-- name: delete_rule
DELETE FROM retention_rule WHERE id = ?;

-- name: default_ttl
SELECT ttl_s FROM default_ttl WHERE entity_id = :entity AND project_id IS :project;

-- name: delete_default_ttl
DELETE FROM default_ttl WHERE entity_id = :entity AND project_id IS :project;

-- name: insert_default_ttl
INSERT INTO default_ttl (entity_id, project_id, ttl_s) VALUES (:entity, :project, :ttl);

-- name: inherited_ttl
SELECT coalesce(
    (SELECT ttl_s FROM default_ttl WHERE project_id = p.id),
    (SELECT ttl_s FROM default_ttl WHERE entity_id = p.entity_id AND project_id IS NULL)
), t.name
FROM artifact_collection c
JOIN artifact_type t ON t.id = c.type_id
JOIN project p ON p.id = c.project_id
WHERE c.id = ?;

-- name: facts
SELECT v.id, m.version_index, v.created_at, v.size_bytes, v.num_files,
    (SELECT json_group_array(a.alias ORDER BY a.alias) FROM artifact_alias a
        WHERE a.artifact_id = v.id AND a.collection_id = m.collection_id),
    v.tags, v.description, u.name, iif(:with_metadata, v.metadata, ''),
    (SELECT count(*) FROM artifact_member o
        WHERE o.artifact_id = v.id AND o.collection_id <> m.collection_id),
    v.run_id, coalesce(r.state IN ('running', 'preempting'), 0),
    EXISTS (SELECT 1 FROM artifact_input i JOIN run used ON used.id = i.run_id
        WHERE i.artifact_id = v.id AND used.state IN ('running', 'preempting')
            AND used.deleted_at IS NULL)
FROM artifact_member m
JOIN artifact v ON v.id = m.artifact_id AND v.collection_id = m.collection_id
LEFT JOIN entity u ON u.id = v.user_id
LEFT JOIN run r ON r.id = v.run_id AND r.deleted_at IS NULL
WHERE m.collection_id = :collection AND v.state = 'committed'
    AND (:only IS NULL OR v.id IN (SELECT value FROM json_each(:only)))
ORDER BY m.version_index DESC;

-- name: expired
-- Each collection's versions by age: of the project's lifetime, and of lifetimes of their own.
SELECT v.id, coalesce(v.ttl_s, d.ttl_s, e.ttl_s) AS ttl, t.name
FROM artifact_collection c
JOIN artifact_type t ON t.id = c.type_id
JOIN project p ON p.id = c.project_id AND p.deleted_at IS NULL
LEFT JOIN default_ttl d ON d.project_id = p.id
LEFT JOIN default_ttl e ON e.entity_id = p.entity_id AND e.project_id IS NULL
JOIN artifact v ON v.collection_id = c.id AND v.state = 'committed'
WHERE v.id > :after AND ttl > 0 AND v.created_at <= :now - ttl * 1000000
    AND NOT EXISTS (SELECT 1 FROM artifact_member o
        WHERE o.artifact_id = v.id AND o.collection_id <> c.id)
ORDER BY v.id;

-- name: logical
SELECT count(*), coalesce(sum(size_bytes), 0) FROM artifact
WHERE id IN (SELECT value FROM json_each(:gone));

-- name: freed
-- A content goes with these versions if they are all that refer to it.
SELECT count(*), coalesce(sum(c.size_bytes), 0) FROM (
    SELECT k.content_id, count(*) AS num_gone FROM artifact_content k
    WHERE k.artifact_id IN (SELECT v.id FROM json_each(:gone) g JOIN artifact v ON v.id = g.value)
    GROUP BY k.content_id
) held
JOIN content c ON c.id = held.content_id
-- References of versions that are deleted already are erased in steps.
WHERE held.num_gone = (SELECT count(*) FROM artifact_content every
    JOIN artifact still ON still.id = every.artifact_id WHERE every.content_id = held.content_id);

-- name: versions_in
SELECT v.id FROM artifact_collection c JOIN artifact v ON v.collection_id = c.id
WHERE c.project_id = :project
    AND (:collections IS NULL OR c.id IN (SELECT value FROM json_each(:collections)));

-- name: insert_deletion
INSERT INTO retention_deletion
    (project_id, collection, version_index, size_bytes, reason, why, deleted_at)
VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: deletions
SELECT id, project_id, collection, version_index, size_bytes, reason, why, deleted_at
FROM retention_deletion WHERE project_id = ? AND id < ? ORDER BY id DESC LIMIT ?;
