-- name: put_line
INSERT INTO console_line (run_id, writer, number, text, at, level, label)
VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (run_id, writer, number) DO UPDATE SET text = excluded.text, at = excluded.at,
    level = excluded.level, label = excluded.label;

-- name: lines
SELECT writer, number, text, at, level, label FROM console_line
WHERE run_id = ? AND number > ? ORDER BY writer, number LIMIT ?;

-- name: lines_of
SELECT writer, number, text, at, level, label FROM console_line
WHERE run_id = ? AND writer = ? AND number > ? ORDER BY number LIMIT ?;

-- name: tail
SELECT writer, number, text, at, level, label FROM console_line
WHERE run_id = ? ORDER BY writer DESC, number DESC LIMIT ?;

-- name: num_lines
SELECT coalesce(max(number) + 1, 0) FROM console_line WHERE run_id = ? AND writer = ?;
