// One key for each person. The one in use cannot be taken out of the browser. Beside it lies the same key, locked: only
// what the server tells that person, signed in, opens it. To lock a person's forms, the key in use is thrown away.
import { get, put, write } from "./store.js";

const AES = "AES-GCM";
const text = new TextEncoder();

export async function keyOf(who) {
  return (await get("keys", who))?.key ?? null;
}

// Make the key, or unlock it, with what the server told.
export async function unlock(who, lock) {
  const held = await get("keys", who);
  if (held?.key) return held.key;
  const raw = held ? await opened(held, lock) : crypto.getRandomValues(new Uint8Array(32));
  const locked = held ? { iv: held.iv, locked: held.locked } : await locking(raw, lock);
  const key = await crypto.subtle.importKey("raw", raw, AES, false, ["encrypt", "decrypt"]);
  raw.fill(0);
  await put("keys", { id: who, key, ...locked });
  return key;
}

export async function lockUp(who) {
  const held = await get("keys", who);
  if (held?.key) await put("keys", { id: who, iv: held.iv, locked: held.locked });
}

// Everybody but the one who is here.
export async function lockOthers(who) {
  await write(["keys"], (store) => {
    const keys = store("keys");
    keys.getAll().onsuccess = ({ target }) => {
      for (const { id, iv, locked } of target.result) if (id !== who) keys.put({ id, iv, locked });
    };
  });
}

async function locking(raw, lock) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, locked: await crypto.subtle.encrypt({ name: AES, iv }, await keyFrom(lock), raw) };
}

async function opened({ iv, locked }, lock) {
  return new Uint8Array(await crypto.subtle.decrypt({ name: AES, iv }, await keyFrom(lock), locked));
}

function keyFrom(lock) {
  const raw = Uint8Array.from(lock.match(/../g), (pair) => parseInt(pair, 16));
  return crypto.subtle.importKey("raw", raw, AES, false, ["encrypt", "decrypt"]);
}

// What is sealed for one row cannot be opened as another's.
export async function seal(key, id, bytes) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, body: await crypto.subtle.encrypt({ name: AES, iv, additionalData: text.encode(id) }, key, bytes) };
}

export async function unseal(key, id, { iv, body }) {
  return crypto.subtle.decrypt({ name: AES, iv, additionalData: text.encode(id) }, key, body);
}

export const sealWords = (key, id, words) => seal(key, id, text.encode(JSON.stringify(words)));
export const unsealWords = async (key, id, row) => JSON.parse(new TextDecoder().decode(await unseal(key, id, row)));
