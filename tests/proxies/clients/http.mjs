// What node's fetch does: node http.mjs URL. Prints what it got, for comparison.
const url = process.argv[2];
for (const path of ['/small', '/large', '/missing', '/small?with=query']) {
  const response = await fetch(url + path);
  const body = await response.arrayBuffer();
  console.log(path, response.status, body.byteLength);
}
const all = await Promise.all(Array.from({ length: 100 }, (_, i) => fetch(`${url}/small?${i}`).then((r) => r.text())));
console.log('at once', new Set(all).size, all.length);
const head = await fetch(`${url}/large`, { method: 'HEAD' });
console.log('head', head.status, head.headers.get('content-length'));
const upload = await fetch(`${url}/small`, { method: 'POST', body: 'x'.repeat(200_000) });
console.log('post', upload.status);
