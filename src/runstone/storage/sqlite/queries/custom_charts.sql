-- fragment: chart_rows
SELECT c.id, c.entity_id, e.name, c.name, c.display_name, c.language, c.access, c.spec, c.user_id,
    c.created_at
FROM custom_chart c JOIN entity e ON e.id = c.entity_id

-- name: chart
{{chart_rows}} WHERE c.entity_id = ? AND c.name = ?;

-- name: charts_of
{{chart_rows}} WHERE c.entity_id = ? ORDER BY c.name;

-- name: insert_chart
INSERT INTO custom_chart (entity_id, name, display_name, language, access, spec, user_id,
    created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?);

-- name: delete_chart
DELETE FROM custom_chart WHERE id = ? RETURNING id;
