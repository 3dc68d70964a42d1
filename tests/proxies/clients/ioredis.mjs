// What npm's ioredis and bullmq do with Redis: node ioredis.mjs URL. Prints what they got, for comparison.
import Redis from 'ioredis';
import { Queue, QueueEvents, Worker } from 'bullmq';

const url = process.argv[2];
const say = (what, value) => console.log(what, JSON.stringify(value));
const redis = new Redis(url);
await redis.flushdb();
say('pipeline', await redis.pipeline().set('a', 1).incr('a').lpush('l', 'x', 'y').lrange('l', 0, -1).get('none').exec());
say('multi', await redis.multi().set('b', 2).get('b').exec());
redis.defineCommand('twice', { numberOfKeys: 1, lua: 'return redis.call("GET", KEYS[1]) * 2' });
say('script', [await redis.twice('a'), await redis.twice('a')]);
await redis.xadd('stream', '1-1', 'field', 'value');
say('stream', await redis.xread('COUNT', 1, 'STREAMS', 'stream', '0'));
let cursor = '0', found = 0;
for (let i = 0; i < 1000; ++i) {
  redis.set(`scan:${i}`, i);
}
do {
  const [next, keys] = await redis.scan(cursor, 'MATCH', 'scan:*', 'COUNT', 100);
  cursor = next;
  found += keys.length;
} while (cursor !== '0');
say('scanned', found);
const subscriber = new Redis(url);
const message = new Promise((resolve) => subscriber.on('message', (channel, text) => resolve([channel, text])));
await subscriber.subscribe('news', 'sports');
await redis.publish('news', 'hello');
say('message', await message);
await subscriber.unsubscribe();
await subscriber.quit();
const watcher = new Redis(url);
await watcher.ping(); // its INFO is answered: ioredis cannot read a line of the monitor in one chunk with the answer to MONITOR
const monitor = await watcher.monitor();
const seen = new Promise((resolve) => monitor.on('monitor', (time, args) => args[0] === 'echo' && resolve(args)));
await redis.echo('watched');
say('monitored', await seen);
monitor.disconnect();
watcher.disconnect();

const host = new URL(url).hostname, port = Number(new URL(url).port);
const connection = { host, port, maxRetriesPerRequest: null };
const queue = new Queue('jobs', { connection });
const events = new QueueEvents('jobs', { connection });
await events.waitUntilReady();
const tries = {};
const worker = new Worker('jobs', async (job) => {
  tries[job.data.n] = (tries[job.data.n] ?? 0) + 1;
  if (job.data.n % 10 === 0 && tries[job.data.n] === 1) {
    throw new Error('the first try fails');
  }
  return job.data.n * 2;
}, { connection, concurrency: 5 });
const jobs = await queue.addBulk(Array.from({ length: 50 }, (_, n) => ({
  name: 'double', data: { n }, opts: { attempts: 2, backoff: { type: 'fixed', delay: 1 } } })));
say('done', await Promise.all(jobs.map((job) => job.waitUntilFinished(events))));
say('retried', Object.entries(tries).filter(([, count]) => count > 1).map(([n]) => n));
await worker.close();
await events.close();
await queue.close();
await redis.quit();
