// Speaking with the server: who is here, and sending what waits. Nothing goes from the device before it is acknowledged.
import * as bar from "./bar.js";
import * as drafts from "./drafts.js";
import * as keep from "./keep.js";
import * as store from "./store.js";
import * as vault from "./vault.js";
import { dayOf, facts, say, timeOf } from "./words.js";

const DAYS_ALONE = 14;
const DAY = 24 * 60 * 60 * 1000;
const EVERY = 20 * 1000;
const SOON = [2000, 6000];
const CLOCK_MAY_BE_OFF = 10 * 60 * 1000;
const OFFLINE = "offline";
export const SIGN_IN = "signin";
const ONLINE = "online";
const BUSY = "busy";

let tries = 0;

// Not reached, or not let in, ends one round; whatever was not sent waits for the next.
class Stop extends Error {
  constructor(net) { super(net); this.net = net; }
}

async function ask(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, { cache: "no-store", redirect: "error", ...options });
  } catch {
    throw new Stop(OFFLINE);
  }
  if (answer.status === 401) throw new Stop(SIGN_IN);
  if (answer.status >= 500 || answer.status === 429) throw new Stop(BUSY);
  const isData = answer.headers.get("Content-Type")?.startsWith("application/json");
  return { ok: answer.ok, status: answer.status, ...(isData ? { told: await answer.json() } : {}) };
}

export async function contact() {
  const { ok, told } = await ask(facts.contact);
  if (!ok || !told) throw new Stop(BUSY);
  if (told.who !== facts.who) await changeOver(told.who);
  await bar.show({ clock: offBy(told.now) });
  await vault.unlock(told.who, told.lock);
  await store.write(["device"], (rows) => {
    rows("device").put({ id: "who", value: told.who });
    rows("device").put({ id: "contact", value: Date.now() });
  });
  return told;
}

// How a clock that is wrong by more than a few minutes is called; blank where it is right.
function offBy(now) {
  return Math.abs(Date.now() - now) > CLOCK_MAY_BE_OFF ? say("clockWrong", { day: dayOf(Date.now(), "numeric"), time: timeOf(Date.now()) }) : "";
}

// Somebody else is signed in now: the earlier person's forms stay, locked; the pages are fetched anew.
async function changeOver(who) {
  await vault.lockOthers(who);
  await keep.letGo();
  await store.note("who", who);
  location.assign(facts.home);
  throw new Stop(OFFLINE);
}

// After too long alone the forms are locked until the person signs in again.
export async function lockIfAlone() {
  const last = await store.noted("contact");
  // The clock was ahead then: the days are counted from now.
  if (last > Date.now() + DAY) return store.note("contact", Date.now());
  if (last && Date.now() - last > DAYS_ALONE * DAY) await vault.lockUp(facts.who);
}

// What is kept, and what a form on this device needs, is kept as it is now; what nobody can answer any more goes.
export async function renew(told) {
  const kept = await keep.keptCodes();
  const begun = new Set((await drafts.mine(told.who)).map(({ code }) => code));
  const wanted = [...new Set([...kept, ...begun])];
  const still = wanted.filter((code) => told.codes.includes(code));
  if (!still.length && !begun.size) return keep.letGo();
  if (await keep.isCurrent(told) && still.every((code) => kept.includes(code))) return;
  await keep.keep(told, still, wanted.filter((code) => begun.has(code) && !still.includes(code)));
}

// One round at a time, in whichever tab comes first.
export function sync() {
  return navigator.locks.request("field-sync", { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    try {
      await bar.show({ sending: true });
      const told = await contact();
      tries = 0;
      await bar.show({ net: ONLINE });
      await sendAll(told);
      // Where this fails, what is kept stays as it was.
      await renew(told).catch(() => {});
      return told;
    } catch (error) {
      await bar.show(error instanceof Stop ? { net: error.net } : { trouble: say("failed") });
      soon();
      return null;
    } finally {
      await bar.show({ sending: false });
      drafts.tell();
    }
  });
}

async function sendAll(told) {
  const key = await vault.keyOf(told.who);
  const { drafts: waiting } = await drafts.waiting(told.who);
  for (const { id } of waiting.reverse()) {
    // What somebody has open is sent once they leave it.
    await navigator.locks.request(`field-form-${id}`, { ifAvailable: true }, async (lock) => {
      const draft = lock && await drafts.find(id);
      if (draft?.state === drafts.WAITING) await send(key, draft, told.token);
    });
  }
}

async function send(key, draft, token) {
  const path = `${facts.home}${draft.code}/`;
  const headers = { "X-CSRFToken": token };
  const body = await drafts.read(key, draft);
  const photos = await drafts.photosOf(draft);
  for (const photo of photos.filter(({ held }) => !held)) {
    const refused = await sendPhoto(key, photo, path, headers);
    if (refused) return stick(draft, refused);
  }
  const pictures = {};
  for (const photo of await drafts.photosOf(draft)) (pictures[photo.item] ??= []).push(photo.held);
  const form = { submission: draft.id, language: draft.language, about: body.about, answers: body.controls, pictures };
  const answer = await ask(`${path}forms/`, { method: "POST", headers: { ...headers, "Content-Type": "application/json" }, body: JSON.stringify(form) });
  await settle(draft, answer, Object.values(pictures).flat());
}

async function sendPhoto(key, photo, path, headers) {
  const data = new FormData();
  data.set("picture", new Blob([await drafts.bytesOf(key, photo)], { type: "image/jpeg" }), "picture.jpg");
  const answer = await ask(`${path}pictures/`, { method: "POST", headers, body: data });
  if (!answer.ok || !answer.told) return answer;
  await store.put("photos", { ...photo, held: answer.told.picture });
  return null;
}

async function settle(draft, answer, pictures) {
  const { ok, told } = answer;
  const isHeld = ok && told?.submission === draft.id && pictures.every((one) => told.pictures.includes(one));
  if (isHeld) {
    await drafts.remove(draft, { id: crypto.randomUUID(), who: draft.who, name: draft.name, at: Date.now() });
  } else if (ok || told?.reason === "pictures") {
    // What the server does not hold is sent again next time.
    for (const photo of await drafts.photosOf(draft)) await store.put("photos", { ...photo, held: "" });
  } else {
    await stick(draft, answer);
  }
}

// It stays here, with the reason, until somebody looks at it.
async function stick(draft, { status, told = {} }) {
  // Without a word of ours it was the token, which the next round asks for anew.
  if (status === 403 && !told.message) throw new Stop(BUSY);
  const { message = say("refused"), reason = "", fields = {} } = told;
  const why = reason === "closed" ? say("closed") : message;
  await drafts.mark(draft.id, { state: drafts.STUCK, why, reason, wrong: fields });
}

async function again() {
  if (document.hidden || !navigator.onLine) return;
  if (bar.net() !== ONLINE || (await drafts.waiting(facts.who)).drafts.length) await sync();
}

// A device says that it has a network a moment before anything gets through.
function soon() {
  if (navigator.onLine && tries < SOON.length) setTimeout(() => sync(), SOON[tries++]);
}

export function start() {
  addEventListener("online", () => { tries = 0; sync(); });
  addEventListener("offline", () => bar.show({ net: OFFLINE }));
  document.addEventListener("visibilitychange", again);
  setInterval(again, EVERY);
  document.querySelector("[data-send]")?.addEventListener("click", () => sync());
  return sync();
}
