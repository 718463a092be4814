-- fragment: view_rows
SELECT id, project_id, kind, name, display_name, description, spec_bytes, user_id, created_at,
    updated_at, revision, parent_id
FROM saved_view

-- name: view
{{view_rows}} WHERE id = ?;

-- name: view_by_name
{{view_rows}} WHERE project_id = ? AND kind = ? AND name = ?;

-- name: spec
SELECT spec FROM saved_view WHERE id = ?;

-- name: list_views
{{view_rows}}
WHERE project_id = :project AND id < :before
    AND (:kind IS NULL OR kind = :kind)
    AND (:name IS NULL OR name = :name)
    AND (:user IS NULL OR user_id = :user)
ORDER BY id DESC LIMIT :limit;

-- name: drafts_of
{{view_rows}} WHERE parent_id = ? ORDER BY id DESC;

-- name: insert_view
INSERT INTO saved_view (project_id, kind, name, display_name, description, spec_bytes, user_id,
    created_at, updated_at, revision, parent_id, spec)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?) RETURNING id;

-- name: update_view
UPDATE saved_view SET kind = ?, name = ?, display_name = ?, description = ?, updated_at = ?,
    revision = revision + 1
WHERE id = ?;

-- name: put_spec
UPDATE saved_view SET spec = ?, spec_bytes = ? WHERE id = ?;

-- name: delete_view
DELETE FROM saved_view WHERE id = ? RETURNING id;
