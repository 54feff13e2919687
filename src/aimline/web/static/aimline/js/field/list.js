// What can be taken along, what is on this device, and leaving it clean.
import * as bar from "./bar.js";
import * as drafts from "./drafts.js";
import * as keep from "./keep.js";
import * as store from "./store.js";
import * as sync from "./sync.js";
import * as vault from "./vault.js";
import { saveCopy } from "./copy.js";
import { count, dayOf, facts, say, timeOf } from "./words.js";

// Set by the button of any other page that signs out.
const LEAVES = "field-leaves";
const here = document.querySelector("[data-here]");
const find = (name, from = document) => from.querySelector(`[data-${name}]`);

let [shown, drawn] = ["", Promise.resolve()];
const draw = () => { drawn = drawn.then(drawForms); return drawn; };

async function drawForms() {
  const key = await vault.keyOf(facts.who);
  const mine = await drafts.mine(facts.who);
  const sent = (await store.all("sent")).filter(({ who }) => who === facts.who).sort((a, b) => b.at - a.at);
  const others = await drafts.numberOfOthers(facts.who);
  // What has not changed is not drawn again: whoever stands on one of its buttons would lose their place.
  const now = JSON.stringify([Boolean(key), mine.map(({ id, state, changed }) => [id, state, changed]), sent, others]);
  if (now === shown) return;
  shown = now;
  const rows = key ? await Promise.all(mine.map((draft) => row(key, draft))) : [];
  find("forms").replaceChildren(...rows);
  find("mine").hidden = !rows.length;
  tellLocked(key ? 0 : mine.length, others);
  drawSent(sent);
  here.hidden = false;
}

function tellLocked(own, others) {
  const words = [own ? count("lockedOwn", own) : "", others ? count("lockedOthers", others) : ""];
  find("locked").hidden = !own && !others;
  find("locked").querySelector("p").textContent = words.join(" ").trim();
}

async function row(key, draft) {
  const line = find("row").content.firstElementChild.cloneNode(true);
  const body = await drafts.read(key, draft);
  const part = (name) => find(name, line);
  const isStuck = draft.state === drafts.STUCK;
  part("about").textContent = body.about || say("noAbout");
  part("of").textContent = `${draft.name} · ${draft.place}`;
  const saved = { day: dayOf(draft.changed), time: timeOf(draft.changed) };
  part("state").textContent = isStuck ? draft.why : say(`state_${draft.state}`, saved);
  line.classList.toggle("bad", isStuck);
  part("open").href = `${keep.pageOf(draft.code)}#form=${draft.id}`;
  // Writing on it would not change why it was refused.
  const isSettled = isStuck && !Object.keys(draft.wrong).length;
  part("open").hidden = isSettled;
  part("anew").hidden = !(isSettled && draft.reason === "other");
  part("again").hidden = !(isSettled && draft.reason !== "other");
  part("again").addEventListener("click", async () => { await drafts.mark(draft.id, { state: drafts.WAITING }); sync.sync(); });
  part("anew").addEventListener("click", async () => { await drafts.rename(key, draft); sync.sync(); });
  part("copy").addEventListener("click", () => saveCopy(key, draft));
  part("delete").addEventListener("click", async () => { if (await agreed(say("askDelete"), say("delete"))) await drafts.remove(draft); });
  for (const button of line.querySelectorAll("a, button")) button.setAttribute("aria-describedby", labelled(part("about"), draft.id));
  return line;
}

function labelled(part, id) {
  part.id = `form-${id}`;
  return part.id;
}

function drawSent(sent) {
  find("sent").hidden = !sent.length;
  find("sent-list").replaceChildren(...sent.slice(0, 10).map(({ name, at }) => {
    const line = document.createElement("li");
    line.textContent = say("sentLine", { name, day: dayOf(at), time: timeOf(at) });
    return line;
  }));
}

async function drawKept() {
  const kept = await keep.keptCodes();
  for (const line of document.querySelectorAll("[data-code]")) {
    const isKept = kept.includes(line.dataset.code);
    find("keep", line).hidden = isKept;
    find("start", line).hidden = !isKept;
    find("kept", line).textContent = say(isKept ? "kept" : "notKept");
  }
}

async function take(line) {
  const button = find("keep", line);
  const told = find("kept", line);
  button.disabled = true;
  told.textContent = say("keeping");
  try {
    const contact = await sync.contact();
    await keep.keep(contact, [...new Set([...(await keep.keptCodes()), line.dataset.code])].filter((code) => contact.codes.includes(code)));
    await drawKept();
    find("start", line).focus();
  } catch (error) {
    told.textContent = say(store.isFull(error) ? "full" : "keepFailed");
  } finally {
    button.disabled = false;
  }
}

// A question that is answered by the button it names, or not.
function agreed(words, label) {
  const dialog = find("agree");
  dialog.querySelector("p").textContent = words;
  find("yes", dialog).textContent = label;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}

async function leave() {
  const unsent = (await drafts.mine(facts.who)).length;
  if (unsent && !await agreed(count("askLeave", unsent), say("leaveDelete"))) return;
  const token = await sync.contact().then((told) => told.token, ({ net }) => (net === sync.SIGN_IN ? "" : null));
  if (token === null) return void (find("leave-said").textContent = say("leaveOffline"));
  await wipeMine();
  if (token) await fetch(facts.signOut, { method: "POST", headers: { "X-CSRFToken": token }, redirect: "manual" });
  location.assign(facts.signIn);
}

// Everything of this person goes. What others left locked stays theirs.
async function wipeMine() {
  keep.isEmpty();
  const others = await drafts.numberOfOthers(facts.who);
  if (others) {
    for (const draft of await drafts.mine(facts.who)) await drafts.remove(draft);
    await store.remove("keys", facts.who);
    for (const line of await store.all("sent")) await store.remove("sent", line.id);
    await keep.letGo();
  } else {
    await store.wipe();
    await keep.leave();
  }
}

// A newer page than this one is kept now: show it, once.
function renewed(told) {
  if (!told || told.version === facts.version || sessionStorage.getItem("field-shown") === told.version) return;
  sessionStorage.setItem("field-shown", told.version);
  location.reload();
}

async function begin() {
  await sync.lockIfAlone();
  drafts.onChange(draw);
  for (const line of document.querySelectorAll("[data-code]")) find("keep", line).addEventListener("click", () => take(line));
  find("leave").addEventListener("click", leave);
  await drawKept();
  await draw();
  await bar.show();
  if (sessionStorage.getItem(LEAVES)) {
    sessionStorage.removeItem(LEAVES);
    leave();
  }
  renewed(await sync.start());
}

if (keep.isAble()) begin();
else find("unable").hidden = false;
