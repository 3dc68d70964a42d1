// Reconciles payments by the same contract as the reference service (fixtures/settler), but in another language. It knows
// nothing of Faultline: it reads the usual variables.
const { randomUUID } = require('node:crypto');
const http = require('node:http');
const { setTimeout: sleep } = require('node:timers/promises');
const api = require('./api');
const cache = require('./cache');
const runs = require('./runs');
const store = require('./store');

const tenants = new Map(process.env.API_KEY.split(',').map((entry) => entry.split(':').slice(0, 2)));
let phase = 'starting';  // serving, stopping
const answered = new Map([[500, 0], [503, 0]]);  // how often each status
let audit = [];  // what is not in the database yet

async function readiness() {
  let reason = phase;
  if (phase === 'serving') reason = await store.ping().then(() => null, () => 'postgres');
  if (reason) return [503, { status: 'unavailable', reasons: [reason] }];
  return [200, await cache.reachable() ? { status: 'ok' } : { status: 'degraded', reasons: ['redis'] }];
}

function metrics() {
  const lines = [`redis_up ${Number(cache.isUp())}`];
  for (const [status, count] of answered) {
    lines.push(`http_requests_total{status="${status}"} ${count}`);
    if (status >= 500) lines.push(`http_request_errors_total{status="${status}"} ${count}`);
  }
  return [200, lines.join('\n') + '\n'];
}

const routes = [
  ['GET', /^\/healthz$/, () => [200, { status: 'ok' }]],
  ['GET', /^\/readyz$/, readiness],
  ['GET', /^\/metrics$/, metrics],
  ...api.routes,
];

async function serve(call) {
  if (call.path.startsWith('/api/')) {
    if (phase === 'starting') throw new api.ApiError(503, 'starting', 'the service is starting');
    call.tenant = tenants.get(call.request.headers['x-api-key']);
    if (!call.tenant) throw new api.ApiError(401, 'unauthorized', 'X-API-Key is missing or not known');
  }
  const [, path, handler] = routes.find(([method, path]) => method === call.request.method && path.test(call.path)) ?? [];
  if (!handler) throw new api.ApiError(404, 'not_found', 'there is nothing at this path');
  call.id = path.exec(call.path)[1];
  return handler(call);
}

function problemOf(error, call) {
  if (error instanceof api.ApiError) return [error.status, error.code, error.message];
  if (error instanceof store.OutcomeUnknown && call.request.method !== 'GET') {
    // A 503 would say that nothing was done.
    return [500, 'outcome_unknown', 'it may have been done: look before trying again'];
  }
  if (error instanceof store.OutcomeUnknown || error instanceof store.DatabaseUnavailable) {
    return [503, 'database_unavailable', 'the database cannot be used for now'];
  }
  // Class 22: a value that PostgreSQL cannot keep, such as a text with a NUL in it.
  if (/^22/.test(error.code)) return [400, 'validation_error', error.message];
  console.error(`request ${call.requestId} failed:`, error);
  return [500, 'internal_error', 'something went wrong here'];
}

async function handle(request, response) {
  const [path, query] = request.url.split('?');
  const { 'x-request-id': id = '', traceparent = '' } = request.headers;
  const call = {
    request, path, query: new URLSearchParams(query),
    requestId: /^[\w.:-]{1,128}$/.test(id) ? id : randomUUID(),
    traceparent: /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(traceparent) ? traceparent : '',
  };
  const [status, body] = await serve(call).catch((error) => {
    const [status, code, message] = problemOf(error, call);
    return [status, { error: { code, message, requestId: call.requestId } }];
  });
  answered.set(status, (answered.get(status) ?? 0) + 1);
  if (path.startsWith('/api/')) {
    audit.push({ tenant: call.tenant, method: request.method, path, status, request_id: call.requestId, time: new Date() });
  }
  const plain = typeof body === 'string';
  response.setHeader('content-type', plain ? 'text/plain; version=0.0.4' : 'application/json');
  response.setHeader('x-request-id', call.requestId);
  if (status === 503) response.setHeader('retry-after', '1');
  if (status === 413 || phase === 'stopping') response.setHeader('connection', 'close');
  response.writeHead(status).end(plain ? body : JSON.stringify(body));
}

async function keepAudit() {
  for (; ; await sleep(200)) {
    const batch = audit.splice(0, 1000);
    // What cannot be stored now waits, before what came meanwhile; of too much the oldest is lost.
    if (batch.length) await store.addAudit(batch).catch(() => { audit = [...batch, ...audit].slice(-10_000); });
  }
}

const server = http.createServer(handle);
// Longer than clients keep a connection: if we close it first, a request may be on its way.
server.keepAliveTimeout = 60_000;

async function start() {
  server.listen(process.env.PORT, process.env.HOST);
  while (!await store.prepare()) await sleep(200);
  if (phase === 'stopping') return;
  phase = 'serving';
  runs.start();
  keepAudit();
}

async function stop() {
  phase = 'stopping';
  const closed = new Promise((resolve) => server.close(resolve));
  await Promise.race([Promise.all([closed, runs.finish()]), sleep(5000)]);
  if (audit.length) await store.addAudit(audit).catch(() => {});
  process.exit(0);  // a run that is still at work is ours by its claim: the next process takes it up
}

start();
process.once('SIGTERM', stop);
