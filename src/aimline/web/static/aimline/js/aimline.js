// The whole script of the chrome and the widgets. Every page works without it.
(() => {
  const root = document.documentElement;
  const find = (selector, from = document) => from.querySelector(selector);
  const YEAR = 31536000;

  // Light or dark, kept in a cookie so that the server draws the right one from the start.
  function setTheme(theme) {
    root.dataset.bsTheme = theme;
    document.cookie = `theme=${theme};path=/;max-age=${YEAR};samesite=lax${location.protocol === "https:" ? ";secure" : ""}`;
  }

  function isDark() {
    return root.dataset.bsTheme ? root.dataset.bsTheme === "dark" : matchMedia("(prefers-color-scheme:dark)").matches;
  }

  // Dialogs; one with data-from loads its body the first time it opens.
  async function open(dialog) {
    const body = find("[data-body]", dialog);
    if (body && !body.childElementCount) {
      const answer = await fetch(dialog.dataset.from, { headers: { "HX-Request": "true" } });
      if (!answer.ok || answer.redirected || answer.headers.has("HX-Redirect")) return false;
      body.innerHTML = await answer.text();
      prepare(body);
    }
    dialog.showModal();
    return true;
  }

  // Toasts stay 8 seconds, and as long as the pointer or the focus rests on them.
  function time(toast) {
    let left = setTimeout(() => toast.remove(), 8000);
    const stop = () => clearTimeout(left);
    const start = () => { stop(); left = setTimeout(() => toast.remove(), 8000); };
    for (const name of ["pointerenter", "focusin"]) toast.addEventListener(name, stop);
    for (const name of ["pointerleave", "focusout"]) toast.addEventListener(name, start);
  }

  function say(template) {
    find("#toasts").append(template.content.cloneNode(true));
    prepare(find("#toasts"));
  }

  // A slider that follows the number, and the number the slider.
  function addSlider(box) {
    const number = find("input", box);
    const range = document.createElement("input");
    range.type = "range";
    for (const name of ["min", "max", "step"]) range.setAttribute(name, number.getAttribute(name));
    range.setAttribute("aria-labelledby", `${number.id}-slider`);
    const label = find(`label[for="${number.id}"]`);
    if (label) label.id = `${number.id}-slider`;
    range.value = number.value || 50;
    range.addEventListener("input", () => {
      number.value = range.value;
      number.dispatchEvent(new Event("change", { bubbles: true }));
    });
    number.addEventListener("input", () => { if (number.value) range.value = number.value; });
    box.append(range);
  }

  function filter(input) {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of document.getElementById(input.dataset.filters).children) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
    }
  }

  // What only makes sense with a script appears here, also in what HTMX brings in later.
  function prepare(from) {
    const each = (selector, act) => {
      if (from.matches?.(selector)) act(from);
      for (const part of from.querySelectorAll(selector)) act(part);
    };
    each("[data-toast]:not([data-timed])", (toast) => { toast.dataset.timed = ""; time(toast); });
    each("[data-sure]:not([data-ready])", (box) => { box.dataset.ready = ""; addSlider(box); });
    each("[data-closes],.filter,[data-print]", (part) => { part.hidden = false; });
    each("[data-focus]", (part) => part.focus());
  }

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) {
      event.preventDefault();
      open(document.getElementById(opener.dataset.opens)).then((done) => { if (!done && opener.href) location = opener.href; });
    }
    if (event.target.closest("[data-print]")) print();
    event.target.closest("[data-closes]")?.closest("details,dialog")?.removeAttribute("open");
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
    // A click on the dim ground around a dialog closes it.
    if (event.target.matches?.("dialog[open]:not(.static)")) event.target.close();
  });

  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && find("details.menu[open]");
    if (menu) { menu.open = false; find("summary", menu).focus(); }
  });

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-theme-form]")) return;
    event.preventDefault();
    setTheme(isDark() ? "light" : "dark");
  });

  // Where this device holds forms that were taken along, it is cleared, and asked about what was not sent, first.
  document.addEventListener("submit", (event) => {
    if (!event.target.dataset.leavesBy || !localStorage.getItem("field-holds")) return;
    event.preventDefault();
    sessionStorage.setItem("field-leaves", "yes");
    location.assign(event.target.dataset.leavesBy);
  });

  document.addEventListener("input", (event) => { if (event.target.dataset?.filters) filter(event.target); });

  // An answer that says where it belongs (an error as a toast) is shown there; anything else that failed says so.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.getResponseHeader("HX-Retarget")) event.detail.shouldSwap = true;
  });
  document.addEventListener("htmx:responseError", (event) => {
    if (!event.detail.xhr.getResponseHeader("HX-Retarget")) say(find("#not-sent"));
  });
  document.addEventListener("htmx:sendError", () => say(find("#not-sent")));
  document.addEventListener("htmx:load", (event) => prepare(event.detail.elt));

  prepare(document.body);
})();
