// Dragging a card to a place: an extra beside the form that the card has anyway, which does the same without a pointer.
//
//   <article data-drag-to>                                      a card
//     <form method="post" action="…">
//       <select name="finding" data-drag-choice>…</select>      where to: one option for each place
//       <button name="stance" value="supports" data-drag-send>  the button a drop stands for (else the form's first)
//   <section data-drop="…">                                     a place; its value is that of one option
//
// A drop chooses the place in the card's select and sends its form, so the server sees what the button would send.
// A place takes only cards whose select has its value. Cards and places that arrive later work without further ado.
(() => {
  const PLACE = "drag-to";
  let held = null;

  const choiceOf = (card) => card.querySelector("[data-drag-choice]");
  const takes = (place) => [...choiceOf(held).options].some((one) => one.value === place.dataset.drop);

  function placeOf(event) {
    const place = held && event.target.closest?.("[data-drop]");
    return place && takes(place) ? place : null;
  }

  function prepare(from) {
    const cards = from.querySelectorAll("[data-drag-to]:not([draggable])");
    for (const card of cards) if (choiceOf(card)) card.draggable = true;
  }

  function mark(place) {
    for (const other of document.querySelectorAll("[data-drop].over")) if (other !== place) other.classList.remove("over");
    place?.classList.add("over");
  }

  function clear() {
    mark(null);
    held?.classList.remove("away");
    held = null;
    delete document.documentElement.dataset.dragging;
  }

  // A form that reloads the page leads back to where one was.
  function send(card, place) {
    const choice = choiceOf(card);
    choice.value = place.dataset.drop;
    sessionStorage.setItem(PLACE, JSON.stringify([location.pathname, scrollX, scrollY]));
    choice.form.requestSubmit(choice.form.querySelector("[data-drag-send]") ?? undefined);
  }

  function comeBack() {
    const [path, x, y] = JSON.parse(sessionStorage.getItem(PLACE) ?? "[]");
    sessionStorage.removeItem(PLACE);
    if (path === location.pathname && !location.hash) scrollTo(x, y);
  }

  document.addEventListener("dragstart", (event) => {
    const card = event.target.closest?.("[data-drag-to]");
    // A link or a word in a card goes its own way.
    if (!card || card !== event.target || !choiceOf(card)) return;
    held = card;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
    card.classList.add("away");
    document.documentElement.dataset.dragging = "";
  });
  document.addEventListener("dragover", (event) => {
    const place = placeOf(event);
    mark(place);
    if (place) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const place = placeOf(event);
    if (!place) return;
    event.preventDefault();
    send(held, place);
  });
  document.addEventListener("dragend", clear);
  document.addEventListener("htmx:load", (event) => prepare(event.detail.elt.parentElement ?? document));

  prepare(document);
  comeBack();
})();
