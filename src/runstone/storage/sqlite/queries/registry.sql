-- fragment: registry_rows
SELECT p.id, p.entity_id, e.name, o.id, o.name, p.name, p.description, r.visibility,
    r.allows_any_type, r.user_id, p.created_at, p.updated_at
FROM registry r JOIN project p ON p.id = r.project_id JOIN entity e ON e.id = p.entity_id
JOIN organization o ON o.id = e.organization_id

-- name: registry
{{registry_rows}} WHERE r.project_id = ?;

-- name: registry_by_name
{{registry_rows}} WHERE o.id = ? AND p.name = ? AND p.deleted_at IS NULL;

-- name: registries
{{registry_rows}} WHERE p.deleted_at IS NULL ORDER BY p.id;

-- name: registries_of
{{registry_rows}} WHERE o.id = ? AND p.deleted_at IS NULL ORDER BY p.id;

-- name: owner_of_project
SELECT e.kind FROM project p JOIN entity e ON e.id = p.entity_id
WHERE p.id = ? AND e.organization_id IS NOT NULL;

-- name: insert_registry
INSERT INTO registry (project_id, visibility, allows_any_type, user_id) VALUES (?, ?, ?, ?);

-- name: update_registry
UPDATE registry SET visibility = ?, allows_any_type = ? WHERE project_id = ? RETURNING project_id;

-- name: update_project
UPDATE project SET name = ?, description = ?, updated_at = ? WHERE id = ? RETURNING id;

-- name: project_called
SELECT id FROM project WHERE entity_id = ? AND name = ?;

-- name: members
SELECT m.entity_id, e.name, e.kind, m.role FROM registry_member m JOIN entity e ON e.id = m.entity_id
WHERE m.registry_id = ? ORDER BY e.kind = 'team', e.name_key;

-- name: set_member
INSERT INTO registry_member (registry_id, entity_id, role) VALUES (?, ?, ?)
ON CONFLICT (registry_id, entity_id) DO UPDATE SET role = excluded.role;

-- name: remove_member
DELETE FROM registry_member WHERE registry_id = ? AND entity_id = ?;

-- name: protected_aliases
SELECT alias FROM registry_protected_alias WHERE registry_id = ? ORDER BY alias;

-- name: protect_alias
INSERT INTO registry_protected_alias (registry_id, alias) VALUES (?, ?) ON CONFLICT DO NOTHING;

-- name: unprotect_alias
DELETE FROM registry_protected_alias WHERE registry_id = ? AND alias = ?;

-- fragment: change_rows
SELECT id, registry_id, registry, username, at, kind, collection, version, before, alias, source,
    member, detail
FROM registry_change

-- name: changes_of_registry
{{change_rows}} WHERE registry_id = ? AND id < ? ORDER BY id DESC LIMIT ?;

-- name: changes_of_organization
{{change_rows}} WHERE organization_id = ? AND id < ? ORDER BY id DESC LIMIT ?;

-- name: insert_change
INSERT INTO registry_change (organization_id, registry_id, registry, username, at, kind, collection,
    version, before, alias, source, member, detail)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);
