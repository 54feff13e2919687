// Conversations: extras beside forms that do the same without them.
(() => {
  // On an excerpt the digits 1 to 9 mark its codes, in the order in which they stand.
  document.addEventListener("keydown", (event) => {
    const box = event.target.closest?.("[data-digits]");
    if (!box || event.ctrlKey || event.metaKey || event.altKey || !/^[1-9]$/.test(event.key)) return;
    const marks = box.querySelectorAll("input[type=checkbox]");
    const mark = marks[Number(event.key) - 1];
    if (!mark) return;
    event.preventDefault();
    mark.click();
    mark.focus();
  });

  // Selected words of an excerpt can be cut out: its form is sent with both ends of the selection.
  const offsetIn = (box, node, offset) => {
    const part = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node)?.closest("[data-end]");
    if (!part || !box.contains(part)) return null;
    return Number(part.dataset.end) - part.textContent.length + (node.nodeType === Node.TEXT_NODE ? offset : 0);
  };

  const ends = () => {
    const chosen = getSelection();
    if (!chosen.rangeCount || chosen.isCollapsed) return null;
    const range = chosen.getRangeAt(0);
    const box = (range.startContainer.parentElement ?? range.startContainer).closest?.("[data-cut]");
    if (!box) return null;
    const at = [
      offsetIn(box, range.startContainer, range.startOffset),
      offsetIn(box, range.endContainer, range.endOffset),
    ];
    return at.includes(null) ? null : { box, at };
  };

  document.addEventListener("selectionchange", () => {
    const found = ends();
    for (const button of document.querySelectorAll("[data-cut-out]")) {
      button.hidden = !found || button.form !== found.box.closest("form");
    }
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-cut-out]");
    const found = button && ends();
    if (!found) return;
    for (const at of found.at) {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name: "at", value: at });
      button.form.append(field);
    }
    button.form.submit();
  });

  // Pressing the button would take the selection away before it is read.
  document.addEventListener("mousedown", (event) => { if (event.target.closest?.("[data-cut-out]")) event.preventDefault(); });
})();
