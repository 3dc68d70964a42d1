// What npm's pg does with a database: node postgres.mjs URL. Prints what it got, for comparison.
import pg from 'pg';

const client = new pg.Client({ connectionString: process.argv[2] });
await client.connect();
const say = (what, rows) => console.log(what, JSON.stringify(rows));

await client.query('CREATE TEMP TABLE t (id int PRIMARY KEY, name text, at timestamptz)');
for (let i = 0; i < 20; ++i) {
  await client.query('INSERT INTO t VALUES ($1, $2, $3)', [i, `name ${i}`, new Date(1e12 + i * 1000)]);
}
say('rows', (await client.query('SELECT * FROM t WHERE id > $1 ORDER BY id', [14])).rows);
for (let i = 0; i < 3; ++i) {
  say('named', (await client.query({ name: 'one', text: 'SELECT name FROM t WHERE id = $1', values: [i] })).rows);
}
say('several', (await client.query('SELECT 1 AS a; SELECT 2 AS b')).map((result) => result.rows));
for (const text of ['SELECT 1/0', 'SELECT nothing', 'INSERT INTO t VALUES (1)']) {
  try {
    await client.query(text);
  } catch (error) {
    say('error', [error.code, error.message]);
  }
}
try {
  await client.query('SELECT $1::int / 0', [1]);
} catch (error) {
  say('error', [error.code, error.message]);
}
await client.query('BEGIN');
await client.query('UPDATE t SET name = $1', ['changed']);
await client.query('ROLLBACK');
say('rolled back', (await client.query('SELECT count(DISTINCT name) FROM t')).rows);
const heard = new Promise((resolve) => client.on('notification', (n) => resolve([n.channel, n.payload])));
await client.query('LISTEN news');
await client.query("NOTIFY news, 'read all about it'");
say('heard', await heard);
say('wide', (await client.query("SELECT repeat('x', 300000) AS x")).rows[0].x.length);
await client.end();

const pool = new pg.Pool({ connectionString: process.argv[2], max: 5 });
const all = await Promise.all(
  Array.from({ length: 100 }, (_, i) => pool.query('SELECT $1::int * 2 AS twice', [i]).then((r) => r.rows[0].twice)));
say('pool', all);
await pool.end();
