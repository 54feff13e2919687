// The controls of a form: what a script adds to them, what they hold, and how they are filled again.
import { facts, say } from "./words.js";

export const boxOf = (key) => document.getElementById(`q-${key}`);
export const isAsked = (key) => Boolean(boxOf(key)) && !boxOf(key).closest("[data-waits-for][hidden]");

// Everything that is filled in, by the name of its control.
export function controls(form) {
  const held = {};
  for (const [name, value] of new FormData(form)) {
    if (name.startsWith("q.") && typeof value === "string" && value.trim()) (held[name] ??= []).push(value);
  }
  return held;
}

export function fill(form, held) {
  for (const [name, values] of Object.entries(held)) {
    growTo(form, name);
    for (const control of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (["radio", "checkbox"].includes(control.type)) control.checked = values.includes(control.value);
      else if (control.type !== "file") control.value = values[0];
    }
  }
  show(form);
}

// What waits for an answer appears with it, where that one is asked; each stands after what it waits for.
export function show(form) {
  for (const item of form.querySelectorAll("[data-waits-for]")) {
    const until = item.dataset.waitsUntil.split(" ");
    const given = [...form.querySelectorAll(`[name="${CSS.escape(item.dataset.waitsFor)}"]`)];
    const isGiven = (control) => control.checked && until.includes(control.value) && !control.closest("[data-waits-for][hidden]");
    item.hidden = !given.some(isGiven);
  }
}

const NOTE = /^(.*\.)(\d+)\.(at|text|tag)$/;

function growTo(form, name) {
  const found = name.match(NOTE);
  const first = found && form.querySelector(`[name="${CSS.escape(`${found[1]}0.text`)}"]`);
  if (!first) return;
  const list = first.closest("[data-notes]");
  while (list.children.length <= Number(found[2])) addNote(list);
}

// A note gets the time when one begins to write it, and a fresh line follows the last one.
export function stamp(text) {
  const note = text.closest(".note");
  const at = note.querySelector("input[type=time]");
  if (text.value && !at.value) at.value = new Date().toTimeString().slice(0, 5);
  if (text.value && !note.nextElementSibling) addNote(note.parentElement);
}

function addNote(list) {
  const fresh = list.lastElementChild.cloneNode(true);
  const number = list.children.length;
  for (const part of fresh.querySelectorAll("[name],[for]")) {
    for (const name of ["name", "id", "for"]) {
      const old = part.getAttribute(name);
      if (old) part.setAttribute(name, old.replace(NOTE, `$1${number}.$3`));
    }
    if (part.tagName === "LABEL") part.textContent = part.textContent.replace(/\d+/, number + 1);
    else part.value = "";
  }
  list.append(fresh);
}

// Counting with the thumb.
export function addButtons(box) {
  const input = box.querySelector("input");
  const name = box.closest(".tally-row").querySelector("label").textContent;
  for (const [step, sign, words] of [[-1, "−", say("fewer", { name })], [1, "+", say("more", { name })]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-second";
    button.textContent = sign;
    button.setAttribute("aria-label", words);
    button.addEventListener("click", () => {
      input.value = Math.max(0, (parseInt(input.value, 10) || 0) + step);
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
    if (step < 0) input.before(button); else input.after(button);
  }
}

// What the server would refuse, by the key of its item: better told here than days later.
export function wrong(form, photosOf) {
  const held = controls(form);
  const found = {};
  for (const [key, item] of Object.entries(facts.items)) {
    if (!isAsked(key)) continue;
    const values = Object.entries(held).filter(([name]) => name === `q.${key}` || name.startsWith(`q.${key}.`));
    const isGiven = item.photo ? photosOf(key) > 0 : values.length > 0;
    if (item.required && !isGiven) found[key] = say("needed");
    else if (item.number && isGiven && !isNumber(values[0][1], item)) found[key] = say("number");
    else if (boxOf(key).querySelector("[data-counts]") && values.some(([, [one]]) => !/^\d+$/.test(one.trim()))) found[key] = say("whole");
  }
  return found;
}

function isNumber(values, { least, most }) {
  if (values.includes("?")) return true;
  const number = Number(values.at(-1).trim().replace(",", "."));
  return Number.isFinite(number) && !(least !== null && number < least) && !(most !== null && number > most);
}

// Questions and answers as a person reads them, for a copy.
export function readable(form) {
  return Object.keys(facts.items).filter(isAsked).map((key) => {
    const box = boxOf(key);
    return [box.querySelector("legend").textContent.trim(), linesOf(box)];
  });
}

function linesOf(box) {
  const notes = [...box.querySelectorAll(".note")];
  if (notes.length) return notes.map((note) => parts(note).join(" · ")).filter(Boolean);
  return parts(box);
}

function parts(box) {
  const given = [...box.querySelectorAll("input, select, textarea")].filter((control) => control.type !== "file" && isFilled(control));
  return given.map((control) => {
    const row = control.closest(".ask-row, .tally-row")?.querySelector("legend, label");
    return (row && !row.contains(control) ? [row.textContent, wordsOf(control)] : [wordsOf(control)]).map((part) => part.trim()).join(": ");
  });
}

function wordsOf(control) {
  if (control.selectedOptions) return control.selectedOptions[0].textContent;
  const label = control.closest("label");
  return label ? (label.querySelector("b") ?? label).textContent : control.value;
}

function isFilled(control) {
  return ["radio", "checkbox"].includes(control.type) ? control.checked : control.value.trim() !== "";
}
