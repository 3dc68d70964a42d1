// What the API answers: each handler gives a status and a body, or throws an ApiError.
const { randomUUID } = require('node:crypto');
const { cached } = require('./cache');
const runs = require('./runs');
const store = require('./store');

const BODY_LIMIT = 256 * 1024;
const JOB_MS = 30_000;  // that a job is kept in the cache: it never changes

class ApiError extends Error {
  constructor(status, code, message) {
    super(message);
    Object.assign(this, { status, code });
  }
}
const invalid = (message) => new ApiError(400, 'validation_error', message);
const noSuchJob = () => new ApiError(404, 'job_not_found', 'there is no such job');

async function readJson(request) {
  if (!(Number(request.headers['content-length']) <= BODY_LIMIT)) {
    throw new ApiError(413, 'body_too_large', `a body says its length, of at most ${BODY_LIMIT} bytes`);
  }
  const text = Buffer.concat(await request.toArray()).toString();
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('the body must be JSON');
  }
}

function jobOf(body) {
  const { name, source, target, rules } = body ?? {};
  if (typeof name !== 'string' || !name || name.length > 200) throw invalid('name must be a text of 1 to 200 letters');
  for (const [what, side, adapter] of [['source', source, 'stripe'], ['target', target, 'shopify']]) {
    if (side?.adapter !== adapter) throw invalid(`${what}.adapter must be "${adapter}"`);
    // What is in the config becomes headers of requests.
    const fits = ([key, value]) => ['apiKey', 'shopDomain'].includes(key) && /^[!-~]{1,500}$/.test(value);
    if (!Object.entries(side.config ?? {}).every(fits)) throw invalid(`${what}.config has an apiKey and a shopDomain`);
  }
  const matching = rules?.matching ?? [];
  const known = ({ field, type, tolerance = 0 }) => ['order_id', 'amount', 'currency'].includes(field) && type === 'exact' &&
    typeof tolerance === 'number' && tolerance >= 0 && tolerance <= 1e6;
  if (!Array.isArray(matching) || !matching.every((rule) => known(Object(rule)))) {
    throw invalid('rules.matching has rules of a field (order_id, amount, currency), type "exact" and tolerance (0 to 1e6)');
  }
  const sideOf = ({ adapter, config = {} }) => ({ adapter, config });
  return { id: randomUUID(), name, source: sideOf(source), target: sideOf(target), rules: { matching } };
}

function number(query, name, otherwise, most) {
  const value = Number(query.get(name) ?? otherwise);
  if (!Number.isInteger(value) || value < 1 || value > most) throw invalid(`${name} must be a whole number from 1 to ${most}`);
  return value;
}

// A job as it is shown: without the keys.
function shown(job) {
  const without = ({ adapter, config: { apiKey, ...config } }) => ({ adapter, config });
  return { ...job, source: without(job.source), target: without(job.target) };
}

async function findJob({ tenant, id, traceparent }) {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) throw noSuchJob();
  const job = await cached(`job:${tenant}:${id}`, JOB_MS, async () => {
    const found = await store.findJob(traceparent, tenant, id);
    return found && shown(found);
  });
  if (!job) throw noSuchJob();
  return job;
}

async function createJob({ request, tenant, traceparent }) {
  return [201, { data: shown(await store.createJob(traceparent, tenant, jobOf(await readJson(request)))) }];
}

async function listJobs({ tenant, query, traceparent }) {
  const [limit, page] = [number(query, 'limit', 20, 100), number(query, 'page', 1, 10_000)];
  return [200, { data: (await store.listJobs(traceparent, tenant, limit, page)).map(shown), pagination: { page, limit } }];
}

async function runJob(call) {
  const { id } = await findJob(call);
  const run = await store.createRun(call.traceparent, randomUUID(), id);
  runs.wake();
  return [202, { data: run }];
}

async function listRuns(call) {
  const { id } = await findJob(call);
  return [200, { data: await store.listRuns(call.traceparent, id, number(call.query, 'limit', 20, 100)) }];
}

async function showReport(call) {
  const { id } = await findJob(call);
  const report = await store.latestReport(call.traceparent, id);
  if (!report) throw new ApiError(404, 'report_not_ready', 'no run of this job has completed yet');
  return [200, { data: report }];
}

const routes = [
  ['POST', /^\/api\/v1\/jobs$/, createJob],
  ['GET', /^\/api\/v1\/jobs$/, listJobs],
  ['GET', /^\/api\/v1\/jobs\/([^/]+)$/, async (call) => [200, { data: await findJob(call) }]],
  ['POST', /^\/api\/v1\/jobs\/([^/]+)\/run$/, runJob],
  ['GET', /^\/api\/v1\/jobs\/([^/]+)\/executions$/, listRuns],
  ['GET', /^\/api\/v1\/reports\/([^/]+)$/, showReport],
];

module.exports = { ApiError, routes };
