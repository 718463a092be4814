-- fragment: run_rows
SELECT r.id, r.project_id, e.name, p.name, r.name, r.number, r.display_name, r.state, r.created_at,
    r.heartbeat_at, r.finished_at, r.user_id, u.name, r.run_group, r.job_type, r.tags, r.notes,
    r.host, r.program, r.git_commit, r.git_remote, r.sweep, r.exit_code, r.stop_requested,
    r.change_seq, r.deleted_at, r.archived
FROM run r
JOIN project p ON p.id = r.project_id
JOIN entity e ON e.id = p.entity_id
JOIN entity u ON u.id = r.user_id

-- fragment: is_found
r.name LIKE :search ESCAPE '\'
        OR r.display_name LIKE :search ESCAPE '\'
        OR r.run_group LIKE :search ESCAPE '\'
        OR r.job_type LIKE :search ESCAPE '\'
        OR (r.tags <> '[]' AND EXISTS (
            SELECT 1 FROM json_each(r.tags) tag WHERE tag.value LIKE :search ESCAPE '\'))

-- name: run_by_name
{{run_rows}}
WHERE r.project_id = ? AND r.name = ? AND r.deleted_at IS NULL;

-- name: run_by_id
{{run_rows}}
WHERE r.id = ?;

-- name: runs_by_ids
{{run_rows}}
WHERE r.id IN (SELECT value FROM json_each(?)) AND r.deleted_at IS NULL;

-- name: trashed_run
{{run_rows}}
WHERE r.project_id = ? AND r.name = ? AND r.deleted_at IS NOT NULL;

-- name: list_trash
{{run_rows}}
WHERE r.project_id = :project AND r.deleted_at IS NOT NULL
    AND (r.deleted_at, r.id) < (:deleted_at, :id)
ORDER BY r.deleted_at DESC, r.id DESC LIMIT :limit;

-- name: count_trash
SELECT count(*) FROM run WHERE project_id = ? AND deleted_at IS NOT NULL;

-- name: trashed_before
{{run_rows}}
WHERE r.deleted_at IS NOT NULL AND r.deleted_at <= ?
ORDER BY r.deleted_at, r.id LIMIT ?;

-- name: list_runs
-- Run ids rise in order of creation, so they order a page and mark where the next begins.
{{run_rows}}
WHERE r.project_id = :project AND r.id < :before AND r.deleted_at IS NULL
    AND (:search IS NULL OR {{is_found}})
ORDER BY r.id DESC LIMIT :limit;

-- name: list_some_runs
-- The archived ones, or all others.
{{run_rows}}
WHERE r.project_id = :project AND r.archived = :archived AND r.id < :before
    AND r.deleted_at IS NULL AND (:search IS NULL OR {{is_found}})
ORDER BY r.id DESC LIMIT :limit;

-- name: count_runs
SELECT count(*) FROM run WHERE project_id = ? AND deleted_at IS NULL;

-- name: count_some_runs
SELECT count(*) FROM run
WHERE project_id = :project AND archived = :archived AND deleted_at IS NULL;

-- name: count_found_runs
SELECT count(*) FROM run r
WHERE r.project_id = :project AND r.deleted_at IS NULL
    AND (:archived IS NULL OR r.archived = :archived) AND ({{is_found}});

-- name: changed_since
{{run_rows}}
WHERE r.project_id = ? AND r.change_seq > ? ORDER BY r.change_seq LIMIT ?;

-- name: changes_since
SELECT r.id, r.project_id, e.name, p.name, r.name, r.change_seq,
    r.deleted_at IS NOT NULL, p.entity_id
FROM run r
JOIN project p ON p.id = r.project_id
JOIN entity e ON e.id = p.entity_id
WHERE r.change_seq > ? ORDER BY r.change_seq;

-- name: silent_since
{{run_rows}}
WHERE r.state IN ('running', 'preempting') AND r.deleted_at IS NULL AND r.heartbeat_at < ?
ORDER BY r.heartbeat_at, r.id;

-- name: run_id
SELECT id FROM run WHERE project_id = ? AND name = ? AND deleted_at IS NULL;

-- name: used_name
SELECT id FROM run WHERE project_id = ? AND name = ?;

-- name: last_change_seq
SELECT value FROM counter WHERE name = 'change_seq';

-- name: next_change_seq
INSERT INTO counter (name, value) VALUES ('change_seq', 1)
ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value;

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

-- name: trash_run
UPDATE run SET deleted_at = ?, change_seq = ? WHERE id = ? AND deleted_at IS NULL
RETURNING project_id;

-- name: restore_run
UPDATE run SET deleted_at = NULL, change_seq = ? WHERE id = ? AND deleted_at IS NOT NULL
RETURNING id;

-- name: trash_all_runs
UPDATE run SET deleted_at = :now, change_seq = :seq + numbered.place
FROM (
    SELECT id, row_number() OVER (ORDER BY id) AS place FROM run
    WHERE project_id = :project AND deleted_at IS NULL
) AS numbered
WHERE run.id = numbered.id;

-- name: restore_all_runs
UPDATE run SET deleted_at = NULL, change_seq = :seq + numbered.place
FROM (
    SELECT id, row_number() OVER (ORDER BY id) AS place FROM run
    WHERE project_id = :project AND deleted_at = :deleted_at
) AS numbered
WHERE run.id = numbered.id
RETURNING run.id;

-- name: trash_runs
UPDATE run SET deleted_at = :now, change_seq = :seq + given.place
FROM (
    SELECT r.id, r.project_id, row_number() OVER (ORDER BY r.id) AS place
    FROM json_each(:runs) AS chosen JOIN run r ON r.id = chosen.value WHERE r.deleted_at IS NULL
) AS given
WHERE run.id = given.id
RETURNING run.id, run.project_id;

-- name: restore_runs
UPDATE run SET deleted_at = NULL, change_seq = :seq + given.place
FROM (
    SELECT r.id, row_number() OVER (ORDER BY r.id) AS place
    FROM json_each(:runs) AS chosen JOIN run r ON r.id = chosen.value
    WHERE r.deleted_at IS NOT NULL
) AS given
WHERE run.id = given.id
RETURNING run.id;

-- name: taken_names
SELECT r.name FROM json_each(:runs) AS chosen
JOIN run r ON r.id = chosen.value
JOIN run other ON other.project_id = :project AND other.name = r.name
WHERE r.project_id <> :project ORDER BY r.id;

-- name: move_runs
UPDATE run SET project_id = :project, number = :number + given.place, change_seq = :seq + given.place
FROM (
    SELECT r.id, row_number() OVER (ORDER BY r.id) AS place
    FROM json_each(:runs) AS chosen JOIN run r ON r.id = chosen.value
    WHERE r.project_id <> :project
) AS given
WHERE run.id = given.id
RETURNING run.id;

-- name: projects_of
SELECT DISTINCT project_id FROM run WHERE id IN (SELECT value FROM json_each(?));

-- name: move_texts
UPDATE run_text SET project_id = :project
WHERE run_id IN (SELECT value FROM json_each(:runs));

-- name: note_moved_runs
UPDATE project SET num_runs_ever = num_runs_ever + :num, updated_at = :now WHERE id = :project;

-- name: delete_texts
DELETE FROM run_text WHERE run_id IN (SELECT value FROM json_each(?));

-- name: advance_change_seq
INSERT INTO counter (name, value) VALUES ('change_seq', ?)
ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value RETURNING value;

-- name: delete_texts_of
DELETE FROM run_text WHERE run_id IN (SELECT id FROM run WHERE project_id = ?);

-- name: delete_run
DELETE FROM run WHERE id = ?
RETURNING project_id, change_seq, deleted_at IS NOT NULL;

-- name: note_removed
INSERT INTO removed_run (run_id) VALUES (?);

-- name: recent_projects
-- The newest n ended runs are in the n projects where one ended last, which an index tells.
SELECT p.id FROM project p
WHERE p.deleted_at IS NULL
    AND (:entities IS NULL OR p.entity_id IN (SELECT value FROM json_each(:entities)))
ORDER BY (
    SELECT max(r.heartbeat_at) FROM run r
    WHERE r.project_id = p.id AND r.deleted_at IS NULL
        AND r.state NOT IN ('running', 'preempting')
) DESC LIMIT :limit;

-- name: recent_live
{{run_rows}}
WHERE r.state IN ('running', 'preempting') AND r.deleted_at IS NULL AND p.deleted_at IS NULL
    AND (:entities IS NULL OR p.entity_id IN (SELECT value FROM json_each(:entities)))
ORDER BY r.heartbeat_at DESC, r.id DESC LIMIT :limit;

-- name: recent_ended
{{run_rows}}
WHERE r.project_id = ? AND r.deleted_at IS NULL AND r.state NOT IN ('running', 'preempting')
ORDER BY r.heartbeat_at DESC, r.id DESC LIMIT ?;

-- name: search_runs
-- Reads every text, as the best are not known before all are seen: 100,000 take some 10 ms. Two
-- words are looked for without asking JSON for each run; most searches have no more.
SELECT t.run_id,
    CASE WHEN instr(t.text, :exact) > 0 THEN 0
        WHEN instr(t.text, :prefix) > 0 THEN 1
        WHEN t.text GLOB :word_prefix THEN 2
        ELSE 3
    END AS found
FROM run_text t
WHERE instr(t.text, :first) > 0 AND instr(t.text, :second) > 0
    AND (:others IS NULL OR NOT EXISTS (
        SELECT 1 FROM json_each(:others) word WHERE instr(t.text, word.value) = 0))
    AND t.project_id IN (
        SELECT p.id FROM project p WHERE p.deleted_at IS NULL
            AND (:entities IS NULL OR p.entity_id IN (SELECT value FROM json_each(:entities))))
ORDER BY found, t.run_id DESC LIMIT :limit;

-- name: put_text
INSERT INTO run_text (run_id, project_id, text) VALUES (?, ?, ?)
ON CONFLICT (run_id) DO UPDATE SET text = excluded.text;

-- name: delete_text
DELETE FROM run_text WHERE run_id = ?;

-- name: note_forgotten
INSERT INTO counter (name, value) VALUES ('forgotten_seq', ?)
ON CONFLICT (name) DO UPDATE SET value = max(counter.value, excluded.value);

-- name: forgotten_seq
SELECT value FROM counter WHERE name = 'forgotten_seq';

-- name: note_deleted_run
UPDATE project SET runs_deleted_seq = max(runs_deleted_seq, ?) WHERE id = ?;

-- name: insert_alert
INSERT INTO alert (run_id, title, body, level, created_at) VALUES (?, ?, ?, ?, ?);

-- name: alerts
SELECT run_id, title, body, level, created_at FROM alert WHERE run_id = ? ORDER BY id;
