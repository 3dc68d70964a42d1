\set VERBOSITY verbose
CREATE TABLE t (id int PRIMARY KEY, name text, amount numeric(10,2));
INSERT INTO t SELECT i, 'name ' || i, i * 1.5 FROM generate_series(1, 100) i;
SELECT count(*), sum(amount) FROM t;
SELECT format('SELECT %L AS generated', i) FROM generate_series(1, 3) i \gexec
SELECT 1 AS a \; SELECT 2 AS b;
\copy (SELECT * FROM t WHERE id <= 5 ORDER BY id) TO STDOUT
COPY t FROM STDIN;
101	copied	1.25
102	copied	2.50
\.
COPY t FROM STDIN;
1	twice	0
\.
SELECT 1/0;
BEGIN;
UPDATE t SET amount = 0;
SELECT nothing;
SELECT 1;
ROLLBACK;
SELECT sum(amount) FROM t;
PREPARE find(int) AS SELECT name FROM t WHERE id = $1;
EXECUTE find(7);
EXECUTE find(101);
DO $$ BEGIN RAISE NOTICE 'noticed'; END $$;
LISTEN news;
NOTIFY news, 'first';
SELECT repeat('wide', 50000) IS NOT NULL;
\set FETCH_COUNT 10
SELECT id FROM t ORDER BY id LIMIT 35;
