// The list of what is to be looked at again: lets go of decisions whose words are no longer in any text.
(function () {
  "use strict";
  const NAME = "chitieu.reviewer";

  document.addEventListener("DOMContentLoaded", () => {
    const list = document.querySelector("[data-again]");
    if (!list) return;
    const csrf = document.querySelector('meta[name="csrf-token"]').content;
    for (const button of list.querySelectorAll("button[data-row]")) {
      button.hidden = false;
      button.addEventListener("click", () => dismiss(button, csrf, list));
    }
  });

  async function dismiss(button, csrf, list) {
    button.disabled = true;
    const { doc, table, row } = button.dataset;
    const reviewer = localStorage.getItem(NAME) || list.dataset.reviewer || "?";
    let done = false;
    try {
      const answer = await fetch("/api/dismiss", {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
        body: JSON.stringify({ doc_id: doc, table, row_id: row, reviewer }),
      });
      done = answer.ok;
    } catch {
      done = false;
    }
    const item = button.closest("li");
    button.disabled = done;
    if (!done) {
      button.textContent = list.dataset.failed;
      return;
    }
    const next = (item.nextElementSibling || item.previousElementSibling)?.querySelector("button, a");
    item.remove();
    (next || document.querySelector("h1")).focus();
  }
})();
