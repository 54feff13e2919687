// The page asks the room every two seconds. A network that is away for a moment is no reason for a toast each time:
// one line says it, and goes when the room answers again.
(() => {
  const lost = (is) => { const line = document.getElementById("lost"); if (line) line.hidden = !is; };
  const asks = (event) => event.target.id === "state";

  for (const name of ["htmx:sendError", "htmx:responseError"]) {
    document.addEventListener(name, (event) => { if (asks(event)) { event.stopPropagation(); lost(true); } }, true);
  }
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!asks(event)) return;
    const failed = event.detail.xhr.status >= 400;
    if (failed) event.stopPropagation();
    lost(failed);
  }, true);
})();
