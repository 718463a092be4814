-- name: put_line
INSERT INTO console_line (run_id, writer, number, text, at, level, label)
VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (run_id, writer, number) DO UPDATE SET text = excluded.text, at = excluded.at,
    level = excluded.level, label = excluded.label;

-- name: first_writer
-- The writers one after the other: each step is one look into the index.
SELECT writer FROM console_line WHERE run_id = ? ORDER BY writer LIMIT 1;

-- name: next_writer
SELECT writer FROM console_line WHERE run_id = ? AND writer > ? ORDER BY writer LIMIT 1;

-- name: lines_of
SELECT writer, number, text, at, level, label FROM console_line
WHERE run_id = ? AND writer = ? AND number > ? ORDER BY number LIMIT ?;

-- name: tail
SELECT writer, number, text, at, level, label FROM console_line
WHERE run_id = ? ORDER BY writer DESC, number DESC LIMIT ?;

-- name: num_lines
SELECT number + 1 FROM console_line WHERE run_id = ? AND writer = ? ORDER BY number DESC LIMIT 1;
