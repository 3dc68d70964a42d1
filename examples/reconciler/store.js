// Everything that is kept in PostgreSQL: the schema, transactions that say how they failed, the queries.
const os = require('node:os');
const { DatabaseError, Pool } = require('pg');

const SCHEMA = `
  SELECT pg_advisory_xact_lock(7221);  -- processes that start together make it one after the other
  CREATE TABLE IF NOT EXISTS jobs (
    id uuid PRIMARY KEY, tenant text NOT NULL, name text NOT NULL,
    source jsonb NOT NULL, target jsonb NOT NULL, rules jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now());
  CREATE INDEX IF NOT EXISTS jobs_by_tenant ON jobs (tenant, created_at DESC, id);
  CREATE TABLE IF NOT EXISTS executions (
    id uuid PRIMARY KEY, job_id uuid NOT NULL REFERENCES jobs (id), status text NOT NULL DEFAULT 'pending', error text,
    attempt integer NOT NULL DEFAULT 0, claimed_by text, claimed_until timestamptz, traceparent text,
    created_at timestamptz NOT NULL DEFAULT now(), started_at timestamptz, completed_at timestamptz);
  CREATE INDEX IF NOT EXISTS executions_by_job ON executions (job_id, created_at DESC, id);
  CREATE INDEX IF NOT EXISTS executions_open ON executions (created_at) WHERE status IN ('pending', 'running');
  CREATE TABLE IF NOT EXISTS reports (
    execution_id uuid PRIMARY KEY REFERENCES executions (id), job_id uuid NOT NULL REFERENCES jobs (id),
    summary jsonb NOT NULL, created_at timestamptz NOT NULL DEFAULT now());
  CREATE INDEX IF NOT EXISTS reports_by_job ON reports (job_id, created_at DESC);
  CREATE TABLE IF NOT EXISTS audit_logs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant text, method text NOT NULL, path text NOT NULL,
    status_code integer NOT NULL, request_id text NOT NULL, timestamp timestamptz NOT NULL);`;

const JOB = 'id, name, source, target, rules, created_at AS "createdAt"';
const INSTANCE = process.env.INSTANCE || `${os.hostname()}:${process.env.PORT}`;  // marks what this process has claimed

// The database cannot be used for now, and nothing was done.
class DatabaseUnavailable extends Error {}
// The connection broke at COMMIT: it was done, or it was not.
class OutcomeUnknown extends Error {}

const pool = new Pool({
  connectionString: process.env.DATABASE_URL,
  max: 10,
  connectionTimeoutMillis: 2000,  // for a free connection too
  statement_timeout: 2000,        // the server ends what takes longer,
  query_timeout: 2500,            // and where it does not answer at all the connection is given up
});
// An 'error' event that nobody listens to ends the process. The pool listens while a connection is idle, and only then.
pool.on('connect', (client) => client.on('error', () => {}));
pool.on('error', () => {});

let available = true;
function noteAvailable(now, why) {
  if (now !== available) now ? console.log('postgres available again') : console.error('postgres unavailable:', why);
  available = now;
}

// Whether the database is the trouble (connection, resources, shutdown, disk; a standby, a deadlock), and not the statement.
const isUnavailable = (error) =>
  !(error instanceof DatabaseError) || /^(08|53|57|58|25006|40)/.test(error.code);

async function begin(traceparent) {
  const comment = traceparent ? ` /*traceparent='${traceparent}'*/` : '';
  const quick = Date.now() + 500;
  // Idle connections may all have died with the server: each is tried, and then a new one.
  for (let idle = pool.idleCount; ; idle--) {
    const client = await pool.connect();
    try {
      await client.query('BEGIN' + comment);
      return client;
    } catch (error) {
      client.release(error);
      if (idle <= 0 || Date.now() > quick) throw error;
    }
  }
}

async function transaction(traceparent, work) {
  let client;
  let committing = false;
  try {
    client = await begin(traceparent);
    const result = await work((sql, values) => client.query(sql, values));
    committing = true;
    await client.query('COMMIT');
    client.release();
    noteAvailable(true);
    return result;
  } catch (error) {
    client?.release(error);  // closes the connection, and that rolls back
    if (client && !isUnavailable(error)) throw error;
    noteAvailable(false, error.message);
    throw committing ? new OutcomeUnknown(error.message) : new DatabaseUnavailable(error.message);
  }
}

const rows = (traceparent, sql, values) => transaction(traceparent, async (query) => (await query(sql, values)).rows);

module.exports = {
  DatabaseUnavailable,
  OutcomeUnknown,
  // Whether the tables are there now.
  prepare: () => pool.query(SCHEMA).then(() => true, (error) => console.error('waiting for postgres:', error.message)),
  ping: () => rows('', 'SELECT 1'),

  createJob: async (traceparent, tenant, job) => (await rows(traceparent,
    `INSERT INTO jobs (id, tenant, name, source, target, rules) VALUES ($1, $2, $3, $4, $5, $6) RETURNING ${JOB}`,
    [job.id, tenant, job.name, job.source, job.target, job.rules]))[0],

  findJob: async (traceparent, tenant, id) =>
    (await rows(traceparent, `SELECT ${JOB} FROM jobs WHERE id = $1 AND tenant = $2`, [id, tenant]))[0],

  listJobs: (traceparent, tenant, limit, page) => rows(traceparent,
    `SELECT ${JOB} FROM jobs WHERE tenant = $1 ORDER BY created_at DESC, id LIMIT $2 OFFSET $3`,
    [tenant, limit, (page - 1) * limit]),

  createRun: async (traceparent, id, jobId) => (await rows(traceparent,
    `INSERT INTO executions (id, job_id, traceparent) VALUES ($1, $2, $3)
     RETURNING id AS "executionId", job_id AS "jobId", status`, [id, jobId, traceparent]))[0],

  listRuns: (traceparent, jobId, limit) => rows(traceparent,
    `SELECT id, job_id AS "jobId", status, error, attempt, created_at AS "createdAt", started_at AS "startedAt",
       completed_at AS "completedAt" FROM executions WHERE job_id = $1 ORDER BY created_at DESC, id LIMIT $2`,
    [jobId, limit]),

  latestReport: async (traceparent, jobId) => (await rows(traceparent,
    `SELECT job_id AS "jobId", execution_id AS "executionId", created_at AS "createdAt", summary
     FROM reports WHERE job_id = $1 ORDER BY created_at DESC LIMIT 1`, [jobId]))[0],

  // The oldest run that is pending, whose claim has lapsed, or that is ours and not in hand: claimed before this process
  // crashed, or by a claim whose answer was lost.
  claimRun: async (inHand) => (await rows('',
    `UPDATE executions e SET status = 'running', attempt = attempt + 1, claimed_by = $1,
       claimed_until = now() + interval '90 seconds', started_at = coalesce(started_at, now())
     FROM jobs j WHERE j.id = e.job_id AND e.id = (
       SELECT id FROM executions WHERE status = 'pending' OR (status = 'running' AND
         (claimed_until < now() OR (claimed_by = $1 AND id <> ALL ($2::uuid[]))))
       ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING e.id, e.attempt, e.traceparent, j.id AS "jobId", j.source, j.target, j.rules`, [INSTANCE, inHand]))[0],

  // Ends a run with the summary of its report, or with an error. Without effect where the claim is no longer ours or the run has
  // ended, so it can be tried again when nobody knows whether it was done.
  endRun: (run, summary, error) => transaction(run.traceparent, async (query) => {
    const ended = await query(
      `UPDATE executions SET status = $4, error = $5, completed_at = now()
       WHERE id = $1 AND status = 'running' AND claimed_by = $2 AND attempt = $3`,
      [run.id, INSTANCE, run.attempt, summary ? 'completed' : 'failed', error]);
    if (summary && ended.rowCount === 1) {
      await query('INSERT INTO reports (execution_id, job_id, summary) VALUES ($1, $2, $3)', [run.id, run.jobId, summary]);
    }
  }),

  addAudit: (entries) => rows('',
    `INSERT INTO audit_logs (tenant, method, path, status_code, request_id, timestamp)
     SELECT * FROM json_to_recordset($1)
       AS entry(tenant text, method text, path text, status integer, request_id text, time timestamptz)`,
    [JSON.stringify(entries)]),
};
