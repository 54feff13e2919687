// Serves what a device keeps: pages of this room and their files first from the cache, so that they open anywhere.
// It never keeps anything by itself and touches nothing else.
const HOME = new URL(self.registration.scope).pathname;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin || request.cache === "reload") return;
  if (request.mode === "navigate" && url.pathname.startsWith(HOME)) event.respondWith(page(request));
  else if (request.mode !== "navigate" && !url.pathname.startsWith(HOME)) event.respondWith(file(request));
});

async function page(request) {
  const held = await caches.match(request, { ignoreSearch: true, ignoreVary: true });
  if (held) return held;
  try {
    return await fetch(request);
  } catch (error) {
    const home = await caches.match(HOME, { ignoreVary: true });
    return home ? Response.redirect(HOME) : Response.error();
  }
}

async function file(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}
