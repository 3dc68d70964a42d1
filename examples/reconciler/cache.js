// Redis, as a cache and nothing else: whatever happens to it, the answer is "not kept", and that soon.
const Redis = require('ioredis');

const ANSWER_MS = 250;
const REST_MS = 500;  // after a failure it is left alone for so long, or every request would wait for it in vain

const redis = new Redis(process.env.REDIS_URL, {
  connectTimeout: 500,
  commandTimeout: ANSWER_MS,
  socketTimeout: ANSWER_MS,   // a connection that has gone silent is replaced by a new one
  enableOfflineQueue: false,  // what cannot be asked now fails now,
  maxRetriesPerRequest: 0,    // and so does what was under way when the connection broke
  retryStrategy: () => 200,   // it is connected to again for ever
});

let up = true;
let restUntil = 0;

function failed(error) {
  if (up) console.error('redis unavailable:', error.message);
  up = false;
  restUntil = Date.now() + REST_MS;
}
redis.on('error', failed);

// Nothing when Redis cannot be asked.
async function ask(command, ...words) {
  if (Date.now() < restUntil) return undefined;
  try {
    if (redis.status !== 'ready') throw new Error('not connected');
    const reply = await redis.call(command, ...words);
    if (!up) console.log('redis available again');
    up = true;
    return reply;
  } catch (error) {
    failed(error);
    return undefined;
  }
}

const underWay = new Map();

// What is kept under the key, otherwise what `make` makes, which is kept from then on if it is anything. Of those who ask at
// once one makes it for all: without Redis they would all do the same work.
async function cached(key, milliseconds, make) {
  const kept = await ask('GET', key);
  if (kept) return JSON.parse(kept);
  if (!underWay.has(key)) underWay.set(key, make().finally(() => underWay.delete(key)));
  const made = await underWay.get(key);
  if (made) await ask('SET', key, JSON.stringify(made), 'PX', milliseconds);
  return made;
}

module.exports = { cached, isUp: () => up, reachable: async () => (await ask('PING')) !== undefined };
