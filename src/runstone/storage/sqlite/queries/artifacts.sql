-- name: types
SELECT id, project_id, name, description, created_at FROM artifact_type
WHERE project_id = ? ORDER BY name;

-- name: type
SELECT id, project_id, name, description, created_at FROM artifact_type WHERE id = ?;

-- name: type_by_name
SELECT id FROM artifact_type WHERE project_id = ? AND name = ?;

-- name: insert_type
INSERT INTO artifact_type (project_id, name, description, created_at) VALUES (?, ?, ?, ?)
RETURNING id;

-- fragment: collection_rows
SELECT c.id, c.project_id, c.type_id, t.name, c.name, c.kind, c.description, c.tags, c.created_at,
    c.updated_at, c.latest_index
FROM artifact_collection c JOIN artifact_type t ON t.id = c.type_id

-- name: collection
{{collection_rows}} WHERE c.id = ?;

-- name: collection_by_name
{{collection_rows}} WHERE c.project_id = ? AND c.name = ?;

-- name: collections
{{collection_rows}}
WHERE c.project_id = :project AND (:type IS NULL OR c.type_id = :type) ORDER BY c.id;

-- name: insert_collection
INSERT INTO artifact_collection
    (project_id, type_id, name, kind, description, tags, created_at, updated_at)
VALUES (?, ?, ?, ?, ?, '[]', ?, ?) RETURNING id;

-- name: update_collection
UPDATE artifact_collection SET name = ?, type_id = ?, description = ?, tags = ?, updated_at = ?
WHERE id = ? RETURNING id;

-- name: delete_collection
DELETE FROM artifact_collection WHERE id = ? RETURNING id;

-- fragment: artifact_rows
SELECT id, collection_id, state, digest, description, metadata, tags, manifest_id, num_files,
    size_bytes, ttl_s, history_step, run_id, user_id, client_id, distributed_id, wanted_aliases,
    created_at, updated_at
FROM artifact

-- name: artifact
{{artifact_rows}} WHERE id = ?;

-- name: artifact_by_client_id
{{artifact_rows}} WHERE client_id = ? ORDER BY id DESC LIMIT 1;

-- name: pending_of
{{artifact_rows}}
WHERE state = 'pending' AND collection_id = ? AND distributed_id = ? ORDER BY id LIMIT 1;

-- name: abandoned
SELECT id FROM artifact WHERE state = 'pending' AND updated_at < ? ORDER BY id LIMIT ?;

-- name: committed_with
{{artifact_rows}}
WHERE collection_id = ? AND digest = ? AND state = 'committed' ORDER BY id DESC LIMIT 1;

-- name: insert_artifact
INSERT INTO artifact (collection_id, state, digest, description, metadata, tags, num_files,
    size_bytes, ttl_s, history_step, run_id, user_id, client_id, distributed_id, wanted_aliases,
    created_at, updated_at)
VALUES (?, 'pending', ?, ?, ?, ?, 0, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id;

-- name: update_artifact
UPDATE artifact SET state = ?, digest = ?, description = ?, metadata = ?, tags = ?, manifest_id = ?,
    num_files = ?, size_bytes = ?, ttl_s = ?, wanted_aliases = ?, updated_at = ?
WHERE id = ? RETURNING id;

-- name: delete_artifact
DELETE FROM artifact WHERE id = ? RETURNING id;

-- fragment: member_rows
SELECT m.collection_id, m.artifact_id, m.version_index, m.created_at,
    (SELECT json_group_array(a.alias ORDER BY a.alias) FROM artifact_alias a
     WHERE a.artifact_id = m.artifact_id AND a.collection_id = m.collection_id)
FROM artifact_member m

-- name: memberships_of
{{member_rows}} JOIN artifact v ON v.id = m.artifact_id
WHERE m.artifact_id = ?
ORDER BY m.collection_id <> v.collection_id, m.created_at, m.collection_id;

-- name: members
{{member_rows}} WHERE m.collection_id = ? AND m.version_index < ?
ORDER BY m.version_index DESC LIMIT ?;

-- name: count_members
SELECT count(*) FROM artifact_member WHERE collection_id = ?;

-- name: member
{{member_rows}} WHERE m.collection_id = ? AND m.version_index = ?;

-- name: member_of
{{member_rows}} WHERE m.collection_id = ? AND m.artifact_id = ?;

-- name: member_by_alias
{{member_rows}} WHERE m.collection_id = :collection AND m.artifact_id =
    (SELECT artifact_id FROM artifact_alias WHERE collection_id = :collection AND alias = :alias);

-- name: next_index
UPDATE artifact_collection SET latest_index = coalesce(latest_index + 1, 0), updated_at = ?
WHERE id = ? RETURNING latest_index;

-- name: insert_member
INSERT INTO artifact_member (collection_id, version_index, artifact_id, created_at)
VALUES (?, ?, ?, ?);

-- name: delete_member
DELETE FROM artifact_member WHERE collection_id = ? AND artifact_id = ?;

-- name: aliases
SELECT alias, artifact_id FROM artifact_alias WHERE collection_id = ? ORDER BY alias;

-- name: set_alias
INSERT INTO artifact_alias (collection_id, alias, artifact_id) VALUES (?, ?, ?)
ON CONFLICT (collection_id, alias) DO UPDATE SET artifact_id = excluded.artifact_id;

-- name: delete_alias
DELETE FROM artifact_alias WHERE collection_id = ? AND alias = ?;

-- fragment: of_one_that_is_there
EXISTS (SELECT 1 FROM artifact WHERE artifact.id = artifact_manifest.artifact_id)

-- fragment: manifest_rows
SELECT id, artifact_id, name, kind, digest, base_id, has_arrived FROM artifact_manifest

-- name: manifest
{{manifest_rows}} WHERE id = ? AND {{of_one_that_is_there}};

-- name: manifests_of
{{manifest_rows}} WHERE artifact_id = ? AND {{of_one_that_is_there}} ORDER BY id;

-- name: patch_named
{{manifest_rows}} WHERE kind = 'patch' AND name = ? AND {{of_one_that_is_there}}
ORDER BY id DESC LIMIT 1;

-- name: manifest_text
SELECT text FROM artifact_manifest WHERE id = ? AND has_arrived AND {{of_one_that_is_there}};

-- name: is_final
SELECT 1 FROM artifact_manifest m JOIN artifact v ON v.id = m.artifact_id
WHERE m.id = ? AND v.manifest_id = m.id AND v.state = 'committed';

-- name: insert_manifest
INSERT INTO artifact_manifest (artifact_id, name, kind, digest, base_id, has_arrived)
VALUES (?, ?, ?, ?, ?, 0) RETURNING id;

-- name: update_manifest
UPDATE artifact_manifest SET digest = ?, base_id = ?, has_arrived = 0, text = NULL
WHERE id = ? AND {{of_one_that_is_there}} RETURNING id;

-- name: put_manifest_text
UPDATE artifact_manifest SET text = ?, has_arrived = 1
WHERE id = ? AND {{of_one_that_is_there}} RETURNING id;

-- name: content
SELECT md5, size_bytes, blob, created_at FROM content WHERE md5 = ?;

-- name: contents
-- A list of digests in hex, as JSON: one statement for ten thousand of them.
SELECT c.md5, c.size_bytes, c.blob, c.created_at
FROM json_each(?) wanted JOIN content c ON c.md5 = unhex(wanted.value);

-- name: contents_in_project
SELECT c.md5 FROM json_each(:md5s) wanted JOIN content c ON c.md5 = unhex(wanted.value)
WHERE EXISTS (
    SELECT 1 FROM artifact_content ac
    JOIN artifact v ON v.id = ac.artifact_id
    JOIN artifact_collection s ON s.id = v.collection_id
    WHERE ac.content_id = c.id AND s.project_id = :project
);

-- name: refers_to
SELECT 1 FROM artifact_content JOIN artifact v ON v.id = artifact_id
WHERE artifact_id = ? AND content_id = (SELECT id FROM content WHERE md5 = ?);

-- name: referred
SELECT c.md5, c.size_bytes FROM artifact_content ac
JOIN artifact v ON v.id = ac.artifact_id JOIN content c ON c.id = ac.content_id
WHERE ac.artifact_id = ?;

-- name: mark_of_referred
SELECT count(*), coalesce(sum(content_id), 0) FROM artifact_content WHERE artifact_id = ?;

-- name: remove_contents
DELETE FROM artifact_content WHERE artifact_id = :artifact AND content_id IN (
    SELECT c.id FROM json_each(:md5s) wanted JOIN content c ON c.md5 = unhex(wanted.value)
);

-- name: insert_content
INSERT INTO content (md5, size_bytes, blob, created_at) VALUES (?, ?, ?, ?)
ON CONFLICT (md5) DO NOTHING;

-- name: add_contents
INSERT INTO artifact_content (artifact_id, content_id)
SELECT :artifact, c.id FROM json_each(:md5s) wanted JOIN content c ON c.md5 = unhex(wanted.value)
WHERE true ON CONFLICT DO NOTHING;

-- name: unneeded_contents
SELECT md5, size_bytes, blob, created_at FROM content c
WHERE created_at < ? AND NOT EXISTS (
    SELECT 1 FROM artifact_content ac JOIN artifact v ON v.id = ac.artifact_id
    WHERE ac.content_id = c.id
)
ORDER BY id LIMIT ?;

-- name: delete_content
DELETE FROM content WHERE md5 = ? AND NOT EXISTS
    (SELECT 1 FROM artifact_content ac WHERE ac.content_id = content.id)
RETURNING id;

-- name: blob_with_content
SELECT 1 FROM content WHERE blob = ?;

-- name: stored_bytes
SELECT coalesce(sum(size_bytes), 0) FROM content;

-- name: inputs
SELECT artifact_id FROM artifact_input WHERE run_id = ? ORDER BY rowid;

-- name: outputs
SELECT o.artifact_id FROM artifact_output o JOIN artifact v ON v.id = o.artifact_id
WHERE o.run_id = ? AND v.state = 'committed' ORDER BY o.rowid;

-- name: used_by
SELECT run_id FROM artifact_input WHERE artifact_id = ? ORDER BY rowid;

-- name: add_input
INSERT INTO artifact_input (run_id, artifact_id, used_as, created_at) VALUES (?, ?, ?, ?)
ON CONFLICT DO NOTHING;

-- name: add_output
INSERT INTO artifact_output (run_id, artifact_id) VALUES (?, ?) ON CONFLICT DO NOTHING;
