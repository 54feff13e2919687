// One form: every change is on the device before the next one, and whoever comes back finds it as it was.
import * as bar from "./bar.js";
import * as clock from "./clock.js";
import * as drafts from "./drafts.js";
import * as keep from "./keep.js";
import * as photos from "./photos.js";
import * as store from "./store.js";
import * as sync from "./sync.js";
import * as vault from "./vault.js";
import * as widgets from "./widgets.js";
import { saveCopy } from "./copy.js";
import { facts, say } from "./words.js";

const PATIENCE = 3000;
const form = document.querySelector("[data-form]");
const body = form.querySelector("[data-body]");
const about = form.elements.about;
const state = { draft: null, key: null, isNew: true, times: {}, begun: "", counts: {} };
let [running, next] = [Promise.resolve(), null];

async function begin() {
  await sync.lockIfAlone();
  state.key = await vault.keyOf(facts.who);
  if (!state.key) await sync.contact().catch(() => {});
  state.key ??= await vault.keyOf(facts.who);
  if (!state.key) return stop("locked");
  const asked = new URLSearchParams(location.hash.slice(1)).get("form");
  const held = asked && await drafts.find(asked);
  const id = held ? asked : crypto.randomUUID();
  state.isNew = !held;
  history.replaceState(null, "", `#form=${id}`);
  hold(id, { signal: AbortSignal.timeout(PATIENCE) });
}

// One tab writes a form, and while it is open it is not sent. Another tab says so and writes nothing.
function hold(id, options) {
  state.id = id;
  navigator.locks.request(`field-form-${id}`, options, async () => {
    await open(id);
    return new Promise(() => {});
  }).catch((error) => stop(["AbortError", "TimeoutError"].includes(error.name) ? "elsewhere" : "failed"));
}

async function open(id) {
  const held = await drafts.find(id);
  // Sent while it was being opened.
  if (!held && !state.isNew) return location.assign(facts.home);
  if (held && held.who !== facts.who) return stop("locked");
  const { who, code, name, place, language } = facts;
  state.draft = held ?? { id, who, code, name, place, language, state: drafts.OPEN, why: "", wrong: {} };
  if (held) await restore(held);
  else state.begun = new Date().toISOString();
  clock.begin(form, state.clock, save);
  document.querySelector("[data-stopped]").hidden = true;
  body.disabled = false;
  body.hidden = false;
  tellErrors(state.draft.wrong);
  await listPhotos();
  await bar.show({ saved: held?.changed ?? 0 });
}

async function restore(held) {
  const kept = await drafts.read(state.key, held);
  Object.assign(state, { times: kept.times, begun: kept.begun, clock: kept.clock });
  about.value = kept.about;
  widgets.fill(form, kept.controls);
}

function stop(why) {
  body.disabled = true;
  const box = document.querySelector("[data-stopped]");
  box.querySelector("p").textContent = say(why);
  box.querySelector("[data-take-over]").hidden = why !== "elsewhere";
  box.hidden = false;
}

// Changes that come while one is being written are written together, right after it.
function save() {
  next ??= running.then(() => { next = null; running = write(); return running; });
  return next;
}

async function write() {
  const { times, begun } = state;
  const words = { about: about.value, controls: widgets.controls(form), times, begun, clock: clock.held(), readable: widgets.readable(form) };
  try {
    keep.hold();
    await drafts.save(state.key, state.draft, words);
    state.isNew = false;
    await bar.show({ saved: Date.now(), trouble: "" });
  } catch (error) {
    await bar.show({ trouble: say(store.isFull(error) ? "full" : "notSaved") });
  }
}

function changed(event) {
  if (event.target.type === "file") return;
  if (event.target.matches("[data-notes] textarea")) widgets.stamp(event.target);
  state.times[event.target.name] = new Date().toTimeString().slice(0, 8);
  // What was finished and is written on is finished no more.
  state.draft = { ...state.draft, state: drafts.OPEN };
  widgets.show(form);
  save();
}

async function addPhotos(input) {
  const item = input.name.slice(2);
  const files = [...input.files];
  input.value = "";
  if (state.isNew) await save();
  let trouble = "";
  for (const file of files) trouble = await addPhoto(file, item) || trouble;
  state.draft = { ...state.draft, state: drafts.OPEN };
  await save();
  // Said last: that the rest was saved must not take its place.
  if (trouble) await bar.show({ trouble });
}

// What went wrong, in words; blank where the picture is kept.
async function addPhoto(file, item) {
  if ((state.counts[item] ?? 0) >= photos.MOST) return say("enough", { most: photos.MOST });
  let bytes;
  try {
    bytes = await photos.small(file);
  } catch {
    return say(photos.isOfIphone(file) ? "heic" : "unreadable");
  }
  try {
    await drafts.addPhoto(state.key, state.draft, item, bytes);
    await listPhotos();
    return "";
  } catch (error) {
    return say(store.isFull(error) ? "fullPhoto" : "notSaved");
  }
}

async function listPhotos() {
  const held = await drafts.photosOf(state.draft);
  state.counts = {};
  for (const input of form.querySelectorAll("input[type=file]")) {
    const item = input.name.slice(2);
    const own = held.filter((photo) => photo.item === item);
    state.counts[item] = own.length;
    await photos.list(input.closest("fieldset"), own, state.key, async (photo) => {
      await drafts.removePhoto(photo);
      await listPhotos();
      input.focus();
    });
  }
}

async function finish() {
  const found = widgets.wrong(form, (key) => state.counts[key] ?? 0);
  tellErrors(found);
  if (Object.keys(found).length) return;
  await save();
  for (const photo of await drafts.photosOf(state.draft)) {
    // It belongs to a question that is not asked in the end.
    if (!widgets.isAsked(photo.item)) await drafts.removePhoto(photo);
  }
  state.draft = { ...state.draft, state: drafts.WAITING, why: "", reason: "", wrong: {} };
  await save();
  const { state: kept } = await drafts.find(state.draft.id);
  if (kept === drafts.WAITING) location.assign(facts.home);
}

function tellErrors(found) {
  for (const old of form.querySelectorAll(".field-wrong")) { old.closest(".err")?.classList.remove("err"); old.remove(); }
  for (const control of form.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
  const box = document.querySelector("[data-wrong]");
  const lines = Object.entries(found).map(([key, why]) => tellError(key, why)).filter(Boolean);
  const told = lines.length || !state.draft?.why ? lines : [];
  box.querySelector("[data-why]").textContent = state.draft?.why ?? "";
  box.querySelector("ul").replaceChildren(...told);
  box.hidden = !told.length && !state.draft?.why;
  if (!box.hidden) box.focus();
}

function tellError(key, why) {
  const item = widgets.boxOf(key);
  const place = item ?? about.closest(".field");
  const words = document.createElement("p");
  words.className = "err-msg field-wrong";
  words.textContent = why;
  place.classList.add("err");
  const control = place.querySelector("input, textarea, select");
  control?.setAttribute("aria-invalid", "true");
  (place.querySelector("legend") ?? place.querySelector("label")).after(words);
  const link = document.createElement("button");
  link.type = "button";
  link.className = "btn-link";
  link.textContent = `${item?.querySelector("legend").textContent.trim() ?? ""} ${why}`.trim();
  link.addEventListener("click", () => { place.scrollIntoView(); (control ?? place).focus(); });
  const line = document.createElement("li");
  line.append(link);
  return line;
}

function listen() {
  for (const box of form.querySelectorAll("[data-counts]")) widgets.addButtons(box);
  for (const input of form.querySelectorAll("input[type=file]")) input.addEventListener("change", () => addPhotos(input));
  form.addEventListener("input", changed);
  form.addEventListener("submit", (event) => { event.preventDefault(); finish(); });
  form.querySelector("[data-later]").addEventListener("click", async () => { await save(); location.assign(facts.home); });
  form.querySelector("[data-copy]").addEventListener("click", async () => { await save(); await saveCopy(state.key, await drafts.find(state.draft.id)); });
  document.querySelector("[data-take-over]").addEventListener("click", () => hold(state.id, { steal: true }));
  addEventListener("hashchange", () => location.reload());
  widgets.show(form);
}

if (keep.isAble()) {
  listen();
  begin().then(() => sync.start(), () => stop("failed"));
} else {
  stop("unable");
}
