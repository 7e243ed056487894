// @ts-check
/**
 * The messenger's service worker. The server puts one line before this file: `self.TAKT = { release, files }`.
 *
 * Files of a release never change, so they come from the cache. The page itself comes from the network, and from the
 * cache when the network does not answer in time. Everything else (the API, other apps on this host) is left alone.
 */

/** @type {any} */
const worker = self;
/** @type {{ release: string, files: string[] }} */
const { release, files } = worker.TAKT;

const CACHE = `takt messenger ${release}`;
const PAGE = "/";
const PAGES = /^\/(?:$|c\/|s\/|start$|settings$)/;
const PATIENCE_MS = 2_500;

worker.addEventListener("install", (/** @type {any} */ event) => {
  event.waitUntil(fill().then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (/** @type {any} */ event) => {
  event.waitUntil(takeOver());
});

worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (PAGES.test(pathname)) event.respondWith(page(request));
  } else if (files.includes(pathname)) {
    event.respondWith(file(request));
  }
});

/** Everything of the release at once, or nothing. */
async function fill() {
  const cache = await caches.open(CACHE);
  await cache.addAll([PAGE, ...files]);
}

/** Old releases go; open pages learn which release runs now. */
async function takeOver() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("takt messenger ") && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
  for (const client of await worker.clients.matchAll()) client.postMessage({ release });
}

/** @param {Request} request */
async function file(request) {
  return (await caches.match(request)) ?? fetch(request);
}

/** @param {Request} request */
async function page(request) {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.status < 500) return answer;
  } catch {
    // offline, or the server is away: the kept page works with what is kept
  }
  return (await caches.match(PAGE)) ?? Response.error();
}
