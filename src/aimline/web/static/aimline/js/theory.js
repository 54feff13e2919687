// Dragging a row to another place in its column: an extra beside the two buttons, which do the same.
(() => {
  let held = null;

  const rowOf = (event) => event.target.closest?.("[data-order]>li");
  const place = (row) => [...row.parentElement.children].indexOf(row);

  function prepare(from) {
    for (const row of from.querySelectorAll("[data-order]>li")) row.draggable = true;
  }

  function clear() {
    for (const row of document.querySelectorAll("[data-order]>li")) row.classList.remove("over", "away");
  }

  document.addEventListener("dragstart", (event) => {
    held = rowOf(event);
    // Text inside a form is selected, not dragged.
    if (!held || held.querySelector("input:not([type=hidden])")) { held = null; return; }
    held.classList.add("away");
    event.dataTransfer.effectAllowed = "move";
  });
  document.addEventListener("dragover", (event) => {
    const row = rowOf(event);
    if (!held || !row || row.parentElement !== held.parentElement) return;
    event.preventDefault();
    clear();
    held.classList.add("away");
    if (row !== held) row.classList.add("over");
  });
  document.addEventListener("drop", (event) => {
    const row = rowOf(event);
    if (!held || !row || row === held || row.parentElement !== held.parentElement) return;
    event.preventDefault();
    const values = { by: place(row) - place(held) };
    htmx.ajax("POST", held.dataset.move, { source: held, target: "#columns", swap: "outerHTML", values });
  });
  document.addEventListener("dragend", () => { clear(); held = null; });
  document.addEventListener("htmx:load", (event) => prepare(event.detail.elt.parentElement ?? document));

  prepare(document);
})();
