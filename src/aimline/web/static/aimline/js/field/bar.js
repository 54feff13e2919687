// The bar that says at all times what is saved, what waits and what was sent.
import * as drafts from "./drafts.js";
import * as store from "./store.js";
import { count, facts, say, timeOf } from "./words.js";

const bar = document.querySelector("[data-bar]");
const state = { net: navigator.onLine ? "online" : "offline", sending: false, saved: 0, trouble: "", clock: "" };

export const net = () => state.net;

export async function show(news = {}) {
  Object.assign(state, news);
  if (!bar) return;
  const { drafts: waiting, photos } = await drafts.waiting(facts.who);
  const stuck = (await drafts.mine(facts.who)).filter((draft) => draft.state === drafts.STUCK).length;
  const sent = (await store.all("sent")).filter(({ who }) => who === facts.who);
  const told = {
    net: state.net === "online" ? "" : say(state.net),
    saved: state.trouble || saved(),
    waits: waits(waiting.length, photos, stuck),
    stuck: stuck ? count("stuck", stuck) : "",
    went: went(sent),
    clock: state.clock,
  };
  for (const [name, words] of Object.entries(told)) write(`[data-${name}]`, words);
  tell({ ...told, saved: state.trouble });
  bar.querySelector("[data-offline]").hidden = state.net === "online";
  bar.querySelector("[data-waits]").classList.toggle("is-due", waiting.length > 0);
  bar.classList.toggle("calm", state.net === "online" && !waiting.length && !stuck && !state.trouble && !state.clock);
  bar.querySelector("[data-send]").hidden = !waiting.length || state.net === "signin";
  bar.querySelector("[data-send]").disabled = state.sending;
  bar.querySelector("[data-signin]").hidden = state.net !== "signin";
  bar.hidden = false;
}

function write(where, words) {
  const place = bar.querySelector(where);
  if (place.textContent !== words) place.textContent = words;
  place.hidden = !words;
}

// What is read out: not each time something is saved, or nobody could listen to anything else.
function tell(told) {
  const words = Object.values(told).filter(Boolean).join(" ");
  const place = bar.querySelector("[data-told]");
  if (place.textContent !== words) place.textContent = words;
}

function saved() {
  return state.saved ? say("saved", { time: timeOf(state.saved) }) : "";
}

function waits(forms, photos, stuck) {
  if (!forms) return stuck ? "" : say("nothing");
  if (state.sending) return count("sending", forms);
  return photos ? say("waitBoth", { forms: count("waitForms", forms), photos: count("waitPhotos", photos) }) : count("wait", forms);
}

function went(sent) {
  if (!sent.length) return "";
  return count("sent", sent.length, { time: timeOf(Math.max(...sent.map(({ at }) => at))) });
}

drafts.onChange(() => show());
