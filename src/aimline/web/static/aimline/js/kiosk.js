// A shared tablet that nobody touches makes room for the next person, so that nobody goes on where another stopped.
(() => {
  const dialog = document.getElementById("still-there");
  const ASK_AFTER = 180_000;
  const LEAVE_AFTER = 60_000;
  let timer;

  function wait() {
    clearTimeout(timer);
    timer = setTimeout(ask, ASK_AFTER);
  }

  function ask() {
    dialog.showModal();
    timer = setTimeout(() => document.getElementById("leave").requestSubmit(), LEAVE_AFTER);
  }

  dialog.addEventListener("close", wait);
  for (const touch of ["pointerdown", "keydown", "input", "scroll"]) {
    addEventListener(touch, () => dialog.open || wait(), { passive: true });
  }
  wait();
})();
