// The reconciliation itself: which charge paid for which order. Pure.

// How many decimals the smallest unit of a currency has, as Stripe counts them.
const NONE = 'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' ');
const THREE = 'BHD JOD KWD OMR TND'.split(' ');
const decimalsOf = (currency) => (NONE.includes(currency) ? 0 : THREE.includes(currency) ? 3 : 2);

// "12.30" USD -> 1230. By its digits: as a floating-point number 0.29 * 100 is 28.999…
function minorUnits(decimal, currency) {
  const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(decimal) ?? [];
  const decimals = decimalsOf(currency);
  const units = Number(sign + whole + fraction.slice(0, decimals).padEnd(decimals, '0'));
  if (!Number.isSafeInteger(units) || /[^0]/.test(fraction.slice(decimals))) {
    throw new Error(`'${decimal}' is no amount of ${currency}`);
  }
  return units;
}

// `tolerance` is in whole units of the currency: 0.01 is a cent of USD, and nothing of JPY.
const agree = (charge, order, tolerance) => charge.currency === order.currency &&
  Math.abs(charge.amount - order.total) <= Math.floor(tolerance * 10 ** decimalsOf(order.currency) + 1e-6);

// A charge belongs to the order it names. Of several that name one order the first by (created, id) counts; the others are
// unmatched, as is an order's second entry. Every record is counted once.
function reconcile(charges, orders, tolerance) {
  const count = { matched: 0, mismatched: 0, unmatchedSource: 0 };
  const unpaid = new Map();
  for (const order of orders) if (!unpaid.has(order.id)) unpaid.set(order.id, order);
  for (const charge of [...charges].sort((a, b) => a.created - b.created || (a.id < b.id ? -1 : 1))) {
    const order = unpaid.get(charge.orderId);
    unpaid.delete(charge.orderId);
    count[!order ? 'unmatchedSource' : agree(charge, order, tolerance) ? 'matched' : 'mismatched'] += 1;
  }
  const unmatchedTarget = orders.length - count.matched - count.mismatched;
  return { ...count, unmatchedTarget, unmatched: count.unmatchedSource + unmatchedTarget,
           sourceTotal: charges.length, targetTotal: orders.length, stale: false };
}

module.exports = { minorUnits, reconcile };
