CREATE TYPE state AS ENUM ('new', 'done');
CREATE TABLE jobs (id serial PRIMARY KEY, name text NOT NULL UNIQUE, state state DEFAULT 'new', payload jsonb);
CREATE TABLE runs (id bigint GENERATED ALWAYS AS IDENTITY, job int REFERENCES jobs ON DELETE CASCADE,
                   at timestamptz, amount numeric CHECK (amount >= 0), PRIMARY KEY (id, job)) PARTITION BY HASH (job);
CREATE TABLE runs_0 PARTITION OF runs FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE runs_1 PARTITION OF runs FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE INDEX ON runs (at DESC);
CREATE VIEW totals AS SELECT j.name, sum(r.amount) AS total FROM jobs j JOIN runs r ON r.job = j.id GROUP BY 1;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN NEW.at := 'epoch'; RETURN NEW; END $body$;
CREATE TRIGGER touched BEFORE INSERT ON runs FOR EACH ROW EXECUTE FUNCTION touch();
INSERT INTO jobs (name, payload) SELECT 'job ' || i, jsonb_build_object('n', i, 'text', repeat('x', 1000)) FROM generate_series(1, 200) i;
INSERT INTO runs (job, amount) SELECT 1 + i % 200, i FROM generate_series(1, 5000) i;
