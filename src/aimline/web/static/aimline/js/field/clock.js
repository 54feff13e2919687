// The clock of a lesson: it says which moment it is, and what is tapped is marked for that moment. It goes on when the
// page is closed, because the lesson does; what it holds is saved with the form.
import { say } from "./words.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const clocks = [];
let state = { since: 0, ran: 0 };
let changed = () => {};

export const held = () => state;

// `whenChanged` is told when somebody starts or stops it.
export function begin(form, kept, whenChanged) {
  state = kept ?? state;
  changed = whenChanged;
  for (const list of form.querySelectorAll("[data-moments]")) clocks.push(draw(list));
  for (const clock of clocks) tick(clock);
  if (clocks.length) setInterval(() => clocks.forEach(tick), SECOND / 2);
  if (state.since) stayAwake();
}

function draw(list) {
  const moments = [...list.children].map((row) => ({ at: startOf(row), row }));
  const step = moments.length > 1 ? moments[1].at - moments[0].at : MINUTE;
  const box = made("div", "moment");
  const clock = { box, moments, step, now: null, time: made("p", "moment-time num"), said: made("p", "moment-said"), button: made("button", "btn btn-primary btn-lg"), chips: made("div", "chips moment-chips"), all: made("summary", "") };
  // The time is there to be looked at; what is read out is the moment, when it changes.
  clock.time.setAttribute("role", "timer");
  clock.time.setAttribute("aria-live", "off");
  clock.said.setAttribute("role", "status");
  clock.button.type = "button";
  clock.button.addEventListener("click", startOrStop);
  const head = made("div", "moment-head");
  head.append(clock.time, clock.button);
  box.append(head, clock.said, clock.chips);
  const more = made("details", "moment-all");
  list.before(box, more);
  more.append(clock.all, list);
  list.addEventListener("input", () => tick(clock, true));
  return clock;
}

function startOf(row) {
  const [minutes, seconds] = row.querySelector("label.num, legend").textContent.trim().split(":").map(Number);
  return minutes * MINUTE + (seconds || 0) * SECOND;
}

function startOrStop() {
  const now = Date.now();
  state = state.since ? { since: 0, ran: passed() } : { since: now, ran: state.ran };
  if (state.since) stayAwake();
  clocks.forEach((clock) => tick(clock, true));
  changed();
}

// A clock that was set back meanwhile takes nothing away.
const passed = () => state.ran + (state.since ? Math.max(0, Date.now() - state.since) : 0);

function tick(clock, isAnew = false) {
  const time = passed();
  const shown = `${Math.floor(time / MINUTE)}:${String(Math.floor(time / SECOND) % 60).padStart(2, "0")}`;
  if (clock.time.textContent !== shown) clock.time.textContent = shown;
  const isBegun = Boolean(state.since || state.ran);
  const now = isBegun ? clock.moments.find(({ at }) => at <= time && time < at + clock.step) ?? null : null;
  if (!isAnew && clock.now === now && clock.all.textContent) return;
  const isNext = clock.now && now && clock.now !== now;
  clock.now = now;
  // Where nobody looks at the screen.
  if (isNext) navigator.vibrate?.(200);
  clock.button.textContent = say(state.since ? "clockPause" : isBegun ? "clockGoOn" : "clockStart");
  write(clock.said, sentence(clock, isBegun));
  drawChips(clock);
  write(clock.all, say("clockAll", { marked: clock.moments.filter(({ row }) => valueOf(row)).length, all: clock.moments.length }));
}

function sentence(clock, isBegun) {
  if (!isBegun) return say("clockBefore");
  if (!clock.now) return say("clockOver");
  return say("clockNow", { from: minutes(clock.now.at), to: minutes(clock.now.at + clock.step) });
}

const minutes = (time) => `${Math.floor(time / MINUTE)}:${String((time / SECOND) % 60).padStart(2, "0")}`;

// One button for each thing that may be seen, for the moment it is.
function drawChips(clock) {
  const choices = clock.now ? choicesOf(clock.now.row) : [];
  const chosen = clock.now ? valueOf(clock.now.row) : "";
  while (clock.chips.children.length > choices.length) clock.chips.lastChild.remove();
  choices.forEach(({ value, words }, place) => {
    const chip = clock.chips.children[place] ?? clock.chips.appendChild(made("button", "btn btn-second btn-lg"));
    chip.type = "button";
    write(chip, words);
    chip.setAttribute("aria-pressed", String(value === chosen));
    chip.onclick = () => mark(clock.now.row, value === valueOf(clock.now.row) ? "" : value);
  });
}

function choicesOf(row) {
  const list = row.querySelector("select");
  if (list) return [...list.options].filter(({ value }) => value).map(({ value, textContent }) => ({ value, words: textContent }));
  return [...row.querySelectorAll("input[type=radio]")].map((radio) => ({ value: radio.value, words: radio.closest("label").textContent.trim() }));
}

function valueOf(row) {
  const list = row.querySelector("select");
  return (list ?? row.querySelector("input:checked"))?.value ?? "";
}

function mark(row, value) {
  const list = row.querySelector("select");
  if (list) list.value = value;
  else for (const radio of row.querySelectorAll("input[type=radio]")) radio.checked = radio.value === value;
  (list ?? row.querySelector("input")).dispatchEvent(new Event("input", { bubbles: true }));
}

// A screen that goes dark in a lesson is one more thing to hold; where it cannot be kept on, nothing is lost.
async function stayAwake() {
  await navigator.wakeLock?.request("screen").catch(() => {});
}

function made(tag, look) {
  const part = document.createElement(tag);
  part.className = look;
  return part;
}

function write(place, words) {
  if (place.textContent !== words) place.textContent = words;
}
