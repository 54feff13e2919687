// The bar that says at all times what is saved, what waits and what was sent.
import * as drafts from "./drafts.js";
import * as store from "./store.js";
import { count, facts, say, timeOf } from "./words.js";

const bar = document.querySelector("[data-bar]");
const state = { net: navigator.onLine ? "online" : "offline", sending: false, saved: 0, trouble: "" };

export const net = () => state.net;

export async function show(news = {}) {
  Object.assign(state, news);
  if (!bar) return;
  const { drafts: waiting, photos } = await drafts.waiting(facts.who);
  const stuck = (await drafts.mine(facts.who)).filter((draft) => draft.state === drafts.STUCK).length;
  const sent = (await store.all("sent")).filter(({ who }) => who === facts.who);
  write("[data-net]", state.net === "online" ? "" : say(state.net));
  write("[data-saved]", state.trouble || saved());
  write("[data-waits]", waits(waiting.length, photos, stuck));
  write("[data-stuck]", stuck ? count("stuck", stuck) : "");
  write("[data-went]", went(sent));
  bar.classList.toggle("calm", state.net === "online" && !waiting.length && !stuck && !state.trouble);
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
