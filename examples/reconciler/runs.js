// Runs: claimed one by one from the store, a few at work at once, each ended there whatever comes between.
const { setTimeout: sleep } = require('node:timers/promises');
const apis = require('./apis');
const { reconcile } = require('./reconcile');
const store = require('./store');

const AT_ONCE = 4;
const POLL_MS = 500;
const DEADLINE_MS = 60_000;  // of a run: it ends before its claim lapses
const CLAIMS = 5;            // a run that took its process down so often is given up

async function summaryOf(run) {
  if (run.attempt > CLAIMS) throw new Error(`given up: its process died ${CLAIMS} times`);
  const [charges, orders] = await Promise.all([apis.charges(run.source.config, run), apis.orders(run.target.config, run)]);
  return reconcile(charges, orders, run.rules.matching.find((rule) => rule.field === 'amount')?.tolerance ?? 0);
}

// As PostgreSQL can keep it: an API may answer anything, and its words are in the message.
const textOf = (problem) => problem.message.replaceAll('\0', '').slice(0, 500);

async function work(run) {
  run.deadline = Date.now() + DEADLINE_MS;
  const [summary, error] = await summaryOf(run).then((made) => [made, null], (problem) => [null, textOf(problem)]);
  if (error) console.error(`run ${run.id} failed:`, error);
  // What is known only waits for the database: to be late is better than to do it all again.
  const stored = () => store.endRun(run, summary, error).then(() => true, () => false);
  while (!await stored()) await sleep(POLL_MS);
}

const inHand = new Map();  // id of a run -> the promise of its end
let stopping = false;
let wake = () => {};

async function start() {
  while (!stopping) {
    // Made before the claim: who wakes us while it is under way is not missed.
    const woken = new Promise((resolve) => { wake = resolve; });
    const run = inHand.size < AT_ONCE && await store.claimRun([...inHand.keys()]).catch(() => undefined);
    if (run) {
      inHand.set(run.id, work(run).finally(() => { inHand.delete(run.id); wake(); }));
    } else {
      await Promise.race([woken, sleep(POLL_MS)]);
    }
  }
}

function finish() {
  stopping = true;
  return Promise.all(inHand.values());
}

module.exports = { start, wake: () => wake(), finish };
