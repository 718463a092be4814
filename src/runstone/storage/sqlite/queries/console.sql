-- name: put_line
-- order_at stays: a line that is rewritten keeps its place among those of other writers.
INSERT INTO console_line (run_id, writer, number, text, at, level, label, order_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
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

-- name: last_line
SELECT order_at, writer, number, text, at, level, label FROM console_line
WHERE run_id = ? AND writer = ? ORDER BY number DESC LIMIT 1;

-- name: time_of
SELECT order_at FROM console_line
WHERE run_id = ? AND writer = ? AND number >= ? ORDER BY number LIMIT 1;

-- name: timed_lines
SELECT order_at, writer, number, text, at, level, label FROM console_line
WHERE run_id = ? AND writer = ? AND number >= ? AND number < ? ORDER BY number LIMIT ?;

-- name: joined_texts
-- In the order of the primary key, as that is how the rows are found.
SELECT group_concat(text, char(0)) FROM console_line
WHERE run_id = :run AND writer = :writer AND number >= :start AND number < :stop
    AND (:level IS NULL OR level = :level);

-- name: bytes_of
SELECT coalesce(sum(octet_length(text)), 0) FROM console_line
WHERE run_id = ? AND writer = ? AND number IN (SELECT value FROM json_each(?));
