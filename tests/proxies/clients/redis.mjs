// What npm's redis does over RESP3: node redis.mjs URL. Prints what it got, for comparison.
import { createClient } from 'redis';

const url = process.argv[2];
const say = (what, value) => console.log(what, JSON.stringify(value));
const client = createClient({ url, RESP: 3 });
client.on('error', (error) => say('error', error.message));
await client.connect();
await client.flushDb();
await Promise.all(Array.from({ length: 500 }, (_, i) => client.set(`key:${i}`, `value ${i}`)));
say('pipelined', await Promise.all(Array.from({ length: 500 }, (_, i) => client.get(`key:${i}`))));
await client.hSet('hash', { a: '1', b: '2' });
say('map', await client.hGetAll('hash'));
await client.zAdd('scores', [{ score: 1.5, value: 'a' }, { score: 2, value: 'b' }]);
say('doubles', await client.zRangeWithScores('scores', 0, -1));
say('multi', await client.multi().set('x', '1').incr('x').get('x').exec());
try {
  await client.multi().set('x', 'text').incr('x').exec();
} catch (error) {
  say('failed', error.message);
}
say('script', await client.eval('return {1, {2, {3}}, redis.call("GET", KEYS[1])}', { keys: ['x'] }));
say('null', await client.get('nothing'));
say('large', (await client.set('large', 'x'.repeat(1_000_000)), (await client.get('large')).length));

const subscriber = client.duplicate();
await subscriber.connect();
const heard = [];
let all;
const done = new Promise((resolve) => { all = resolve; });
const take = (message, channel) => { heard.push([channel, message]); if (heard.length === 20) { all(); } };
await subscriber.subscribe(['one', 'two'], take);
await subscriber.pSubscribe('th*', take);
for (let i = 0; i < 10; ++i) {
  await client.publish(i % 2 ? 'one' : 'two', `${i}`);
  await client.publish('three', `${i}`);
}
await done;
say('heard', heard);
await subscriber.unsubscribe('one');
await subscriber.unsubscribe('two');
await subscriber.pUnsubscribe('th*');
say('afterwards', await subscriber.ping());
const blocked = subscriber.blPop('list', 0);
await client.rPush('list', 'item');
say('blocked', await blocked);
await subscriber.close();

// Client-side caching: the server pushes what became invalid.
const tracking = client.duplicate();
await tracking.connect();
await tracking.sendCommand(['CLIENT', 'TRACKING', 'ON']);
await tracking.get('key:1');
await client.set('key:1', 'new');
say('tracked', await tracking.get('key:1'));
await tracking.close();
await client.close();
