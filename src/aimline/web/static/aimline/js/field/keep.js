// What makes the pages open without a network: a worker that serves them, and a cache that holds them.
import { facts } from "./words.js";

const PREFIX = "field-";
export const isAble = () => Boolean(navigator.serviceWorker && window.caches && window.indexedDB && crypto.subtle && navigator.locks);
export const pageOf = (code) => `${facts.home}${code}/`;

// Other pages know by it that signing out has to pass here.
const HOLDS = "field-holds";
export const hold = () => localStorage.setItem(HOLDS, "forms");
export const isEmpty = () => localStorage.removeItem(HOLDS);

async function current() {
  return (await caches.keys()).filter((name) => name.startsWith(PREFIX));
}

export async function keptCodes() {
  const names = await current();
  const asked = (await Promise.all(names.map(async (name) => (await caches.open(name)).keys()))).flat();
  const paths = asked.map(({ url }) => new URL(url).pathname).filter((path) => path.startsWith(facts.home));
  return [...new Set(paths.map((path) => path.slice(facts.home.length, -1)).filter(Boolean))];
}

// Fill a new cache completely, then let go of the old: a page never meets files of another version.
export async function keep(contact, codes, also = []) {
  await navigator.serviceWorker.register(facts.worker, { scope: facts.home, updateViaCache: "none" });
  // Some browsers ask the person first, and nothing waits for the answer.
  navigator.storage?.persist?.().catch(() => {});
  hold();
  const name = `${PREFIX}${contact.version}`;
  const old = (await current()).filter((other) => other !== name);
  const cache = await caches.open(name);
  const there = new Set((await cache.keys()).map(({ url }) => new URL(url).pathname));
  const wanted = [facts.home, ...codes.map(pageOf), ...contact.files];
  try {
    await Promise.all(wanted.filter((path) => !there.has(path) || path === facts.home).map((path) => fetchInto(cache, path)));
    await Promise.all(also.map((code) => copyInto(cache, pageOf(code))));
  } catch (error) {
    if (old.length) await caches.delete(name);
    throw error;
  }
  await Promise.all(old.map((other) => caches.delete(other)));
}

async function fetchInto(cache, path) {
  const answer = await fetch(path, { cache: "reload", redirect: "error" });
  if (!answer.ok) throw new Error(path);
  await cache.put(path, answer);
}

async function copyInto(cache, path) {
  const held = await caches.match(path);
  if (held) await cache.put(path, held);
}

export async function isCurrent(contact) {
  return (await current()).includes(`${PREFIX}${contact.version}`);
}

export async function letGo() {
  await Promise.all((await current()).map((name) => caches.delete(name)));
}

export async function leave() {
  await letGo();
  const registered = await navigator.serviceWorker.getRegistration(facts.home);
  await registered?.unregister();
}
