-- name: entity_by_name
SELECT id, name, kind, organization_id, created_at FROM entity WHERE name_key = ?;

-- name: entity_by_id
SELECT id, name, kind, organization_id, created_at FROM entity WHERE id = ?;

-- name: entities
SELECT id, name, kind, organization_id, created_at FROM entity ORDER BY name_key;

-- name: entities_of_kind
SELECT id, name, kind, organization_id, created_at FROM entity WHERE kind = ? ORDER BY name_key;

-- name: user_by_id
SELECT u.id, e.name, u.full_name, u.email, u.is_admin, e.created_at, u.is_service
FROM user_account u JOIN entity e ON e.id = u.id WHERE u.id = ?;

-- name: users
SELECT u.id, e.name, u.full_name, u.email, u.is_admin, e.created_at, u.is_service
FROM user_account u JOIN entity e ON e.id = u.id ORDER BY e.name_key;

-- name: password_hash
SELECT password_hash FROM user_account WHERE id = ?;

-- name: organization_by_name
SELECT id, name, created_at FROM organization WHERE name_key = ?;

-- name: organization_entity
SELECT id, name, kind, organization_id, created_at FROM entity
WHERE organization_id = ? AND kind = 'organization';

-- name: organizations
SELECT id, name, created_at FROM organization ORDER BY name_key;

-- name: members
SELECT m.user_id, e.name, m.role
FROM team_member m JOIN entity e ON e.id = m.user_id WHERE m.team_id = ? ORDER BY e.name_key;

-- name: teams_of
SELECT e.id, e.name, e.kind, e.organization_id, e.created_at, m.role
FROM team_member m JOIN entity e ON e.id = m.team_id WHERE m.user_id = ? ORDER BY e.name_key;

-- name: organization_members
SELECT m.user_id, e.name, m.role
FROM organization_member m JOIN entity e ON e.id = m.user_id
WHERE m.organization_id = ? ORDER BY e.name_key;

-- name: keys
SELECT k.id, k.user_id, e.name, k.name, k.hint, k.created_at, k.last_used_at, k.expires_at
FROM api_key k JOIN entity e ON e.id = k.user_id ORDER BY k.created_at DESC, k.id DESC;

-- name: keys_of
SELECT k.id, k.user_id, e.name, k.name, k.hint, k.created_at, k.last_used_at, k.expires_at
FROM api_key k JOIN entity e ON e.id = k.user_id
WHERE k.user_id = ? ORDER BY k.created_at DESC, k.id DESC;

-- name: key_by_hash
SELECT k.id, k.user_id, e.name, k.name, k.hint, k.created_at, k.last_used_at, k.expires_at
FROM api_key k JOIN entity e ON e.id = k.user_id WHERE k.secret_hash = ?;

-- name: session_user
SELECT user_id FROM browser_session WHERE token_hash = ? AND expires_at > ?;

-- name: insert_entity
INSERT INTO entity (name, name_key, kind, organization_id, created_at)
VALUES (?, ?, ?, ?, ?) RETURNING id;

-- name: insert_user
INSERT INTO user_account (id, full_name, email, is_admin, is_service) VALUES (?, ?, ?, ?, ?);

-- name: insert_organization
INSERT INTO organization (name, name_key, created_at) VALUES (?, ?, ?) RETURNING id;

-- name: count_projects_of
SELECT count(*) FROM project WHERE entity_id = ?;

-- name: count_runs_by
SELECT count(*) FROM run WHERE user_id = ?;

-- name: delete_entity
DELETE FROM entity WHERE id = ? RETURNING id;

-- name: delete_organization
DELETE FROM organization WHERE id = ? RETURNING id;

-- name: set_password_hash
UPDATE user_account SET password_hash = ? WHERE id = ? RETURNING id;

-- name: set_member
INSERT INTO team_member (team_id, user_id, role) VALUES (?, ?, ?)
ON CONFLICT (team_id, user_id) DO UPDATE SET role = excluded.role;

-- name: remove_member
DELETE FROM team_member WHERE team_id = ? AND user_id = ?;

-- name: set_organization_member
INSERT INTO organization_member (organization_id, user_id, role) VALUES (?, ?, ?)
ON CONFLICT (organization_id, user_id) DO UPDATE SET role = excluded.role;

-- name: insert_key
INSERT INTO api_key (user_id, name, secret_hash, hint, created_at, expires_at)
VALUES (?, ?, ?, ?, ?, ?) RETURNING id;

-- name: delete_key
DELETE FROM api_key WHERE id = ? RETURNING id;

-- name: touch_key
UPDATE api_key SET last_used_at = ? WHERE id = ?;

-- name: insert_session
INSERT INTO browser_session (token_hash, user_id, expires_at) VALUES (?, ?, ?);

-- name: delete_session
DELETE FROM browser_session WHERE token_hash = ? OR expires_at <= ?;

-- name: insert_sign_in_link
INSERT INTO sign_in_link (token_hash, user_id, expires_at) VALUES (?, ?, ?);

-- name: take_sign_in_link
DELETE FROM sign_in_link WHERE token_hash = ? RETURNING user_id, expires_at;

-- name: drop_expired_links
DELETE FROM sign_in_link WHERE expires_at <= ?;
