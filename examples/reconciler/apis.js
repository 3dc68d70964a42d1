// Charges from Stripe and orders from Shopify, page by page; kept for a moment for all runs of one account.
const { createHash } = require('node:crypto');
const { setTimeout: sleep } = require('node:timers/promises');
const { cached } = require('./cache');
const { minorUnits } = require('./reconcile');

const { STRIPE_API_BASE: STRIPE, SHOPIFY_API_BASE: SHOPIFY } = process.env;
const KEPT_MS = 5000;
const ANSWER_MS = 3000;
const ATTEMPTS = 3;  // for one page

async function ask(url, headers) {
  // A redirect would take the token elsewhere.
  const response = await fetch(url, { headers, redirect: 'error', signal: AbortSignal.timeout(ANSWER_MS) });
  const text = await response.text();
  if (response.status === 200) return { body: JSON.parse(text), link: response.headers.get('link') ?? '' };
  const passes = response.status === 429 || response.status >= 500;
  throw Object.assign(new Error(`answered ${response.status}`), { final: !passes });
}

// No answer, 429 and 5xx pass by: asked again, after pauses that grow and differ.
async function get(url, headers, run) {
  const traced = run.traceparent ? { ...headers, traceparent: run.traceparent } : headers;
  for (let attempt = 1; ; attempt++) {
    if (Date.now() > run.deadline) throw new Error('the run took too long');
    try {
      return await ask(url, traced);
    } catch (error) {
      if (error.final || attempt === ATTEMPTS) throw new Error(`${url}: ${error.cause?.message ?? error.message}`);
      await sleep(200 * 2 ** attempt * (0.5 + Math.random() / 2));
    }
  }
}

// The name of an account, which does not give its key away.
const account = (...words) => createHash('sha256').update(words.join('\n')).digest('hex').slice(0, 16);

const charges = ({ apiKey = 'sk_test_load_test' }, run) => cached(`charges:${account(apiKey)}`, KEPT_MS, async () => {
  const found = [];
  for (let after = ''; ;) {
    const { body } = await get(`${STRIPE}/v1/charges?limit=100${after}`, { authorization: `Bearer ${apiKey}` }, run);
    for (const { id, created, amount, currency, status, metadata } of body.data) {
      if (status === 'succeeded') {
        found.push({ id, created, amount, currency: currency.toUpperCase(), orderId: metadata?.order_id ?? null });
      }
    }
    if (!body.has_more) return found;
    after = `&starting_after=${encodeURIComponent(body.data.at(-1).id)}`;
  }
});

const orders = ({ apiKey = 'test_shopify_key', shopDomain = 'test-shop.myshopify.com' }, run) =>
  cached(`orders:${account(shopDomain, apiKey)}`, KEPT_MS, async () => {
    const found = [];
    const headers = { 'x-shopify-access-token': apiKey, 'x-shopify-shop-domain': shopDomain };
    for (let url = `${SHOPIFY}/admin/api/2025-07/orders.json?limit=250&status=any`; url;) {
      const { body, link } = await get(url, headers, run);
      for (const { id, total_price: price, currency } of body.orders) {
        found.push({ id: String(id), currency, total: minorUnits(price, currency) });
      }
      url = /<([^>]+)>;[^<]*rel="?next\b/.exec(link)?.[1];
      if (url && !url.startsWith(`${SHOPIFY}/`)) throw new Error('the link to the next page leads elsewhere');
    }
    return found;
  });

module.exports = { charges, orders };
