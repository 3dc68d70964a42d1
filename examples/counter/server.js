// Counts what it is told to count, in PostgreSQL. It knows nothing of Faultline: it reads the usual variables.
const http = require('node:http');
const { Pool } = require('pg');

const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 10, connectionTimeoutMillis: 1000 });
pool.on('error', (error) => console.error('an idle connection broke:', error.message));

async function answer(request) {
  const [, kind, name] = request.url.split('/');
  if (kind === 'healthz') {
    await pool.query('SELECT 1');
    return [200, { ok: true }];
  }
  if (kind !== 'counters' || !name) return [404, { error: 'no such thing' }];
  if (request.method === 'POST') {
    const { rows } = await pool.query(
      `INSERT INTO counters (name, value) VALUES ($1, 1)
       ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value`, [name]);
    return [200, { name, value: rows[0].value }];
  }
  const { rows } = await pool.query('SELECT value FROM counters WHERE name = $1', [name]);
  return rows.length ? [200, { name, value: rows[0].value }] : [404, { error: 'no such counter' }];
}

const server = http.createServer((request, response) => {
  answer(request)
    .catch((error) => [503, { error: error.message }])
    .then(([status, body]) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)));
});

pool.query('CREATE TABLE IF NOT EXISTS counters (name text PRIMARY KEY, value integer NOT NULL)')
  .then(() => server.listen(process.env.PORT, process.env.HOST));
process.on('SIGTERM', () => server.close(() => process.exit(0)));
