// What a script adds to a form that is filled in while one looks and listens. Without it, the Save button does the same.
(() => {
  const form = document.querySelector("[data-autosave]");
  if (!form) return;
  const state = form.querySelector("[data-state]");
  const SOON = 1500;
  const AGAIN = 15000;
  let waiting = 0;
  let edits = 0;
  let sending = false;
  let leaving = false;

  const say = (what) => { state.textContent = state.dataset[what]; };

  // Pictures wait for the button: sending them again and again would use up somebody's data plan.
  function filled() {
    const data = new FormData(form);
    for (const input of form.querySelectorAll("input[type=file]")) data.delete(input.name);
    data.set("do", "save");
    return data;
  }

  async function save() {
    if (sending || leaving) return later(SOON);
    const seen = edits;
    sending = true;
    say("saving");
    try {
      const answer = await fetch(form.action, { method: "POST", body: filled(), headers: { "X-Autosave": "1" }, redirect: "error" });
      const told = answer.headers.get("Content-Type")?.startsWith("application/json") ? await answer.json() : {};
      if (told.saved) form.elements.was.value = told.was;
      say(told.saved ? "saved" : "wrong");
      if (told.saved && seen !== edits) later(SOON);
    } catch {
      say("offline");
      later(AGAIN);
    } finally {
      sending = false;
    }
  }

  function later(wait) {
    clearTimeout(waiting);
    waiting = setTimeout(save, wait);
  }

  // What waits for an answer appears with it, where that one is asked; each stands after what it waits for.
  function given(name) {
    return [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)]
      .filter((control) => control.checked && !control.closest("[data-waits-for][hidden]"))
      .map((control) => control.value);
  }

  function show() {
    for (const item of form.querySelectorAll("[data-waits-for]")) {
      const until = item.dataset.waitsUntil.split(" ");
      item.hidden = !given(item.dataset.waitsFor).some((value) => until.includes(value));
    }
  }

  // A note gets the time when one begins to write it, and a fresh line follows the last one.
  function stamp(text) {
    const note = text.closest(".note");
    const at = note.querySelector("input[type=time]");
    if (text.value && !at.value) at.value = new Date().toTimeString().slice(0, 5);
    if (text.value && !note.nextElementSibling) addNote(note);
  }

  function addNote(last) {
    const fresh = last.cloneNode(true);
    const number = [...last.parentElement.children].length;
    for (const part of fresh.querySelectorAll("[name],[for]")) {
      for (const name of ["name", "id", "for"]) {
        const old = part.getAttribute(name);
        if (old) part.setAttribute(name, old.replace(/\.\d+\.(at|text|tag)$/, `.${number}.$1`));
      }
      if ("value" in part) part.value = "";
      if (part.tagName === "LABEL") part.textContent = part.textContent.replace(/\d+/, number + 1);
    }
    last.after(fresh);
  }

  // Counting with the thumb.
  function addButtons(box) {
    const input = box.querySelector("input");
    const words = box.closest(".tally-row").querySelector("label").textContent;
    for (const [step, sign, name] of [[-1, "−", form.dataset.fewer], [1, "+", form.dataset.more]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-second";
      button.textContent = sign;
      button.setAttribute("aria-label", `${name}: ${words}`);
      button.addEventListener("click", () => {
        input.value = Math.max(0, (parseInt(input.value, 10) || 0) + step);
        input.dispatchEvent(new Event("input", { bubbles: true }));
      });
      if (step < 0) input.before(button); else input.after(button);
    }
  }

  form.addEventListener("input", (event) => {
    edits += 1;
    if (event.target.matches("[data-notes] textarea")) stamp(event.target);
    show();
    later(SOON);
  });
  form.addEventListener("submit", () => { leaving = true; clearTimeout(waiting); });
  addEventListener("online", () => later(0));
  // A page from the browser's memory may be older than what is kept.
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  for (const box of form.querySelectorAll("[data-counts]")) addButtons(box);
  show();
})();
