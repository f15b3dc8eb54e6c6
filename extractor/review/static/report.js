// What the report does by itself: finds documents by name, and shows the source of one when it is opened. All else in
// the page stands without scripts.
(() => {
  "use strict";
  const shared = JSON.parse(document.getElementById("shared").textContent);
  const documents = [...document.querySelectorAll("details.doc")];

  // Letters without their marks: "ke hoach" finds "Kế hoạch".
  const folded = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replaceAll("đ", "d");

  const field = document.getElementById("find");
  const found = document.getElementById("found");
  const heads = documents.map((one) => [...one.querySelectorAll("summary .title, summary .facts")].map((part) => folded(part.textContent)).join(" "));
  const find = () => {
    const words = folded(field.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    documents.forEach((one, index) => {
      one.hidden = !words.every((word) => heads[index].includes(word));
      if (!one.hidden) shown += 1;
    });
    found.textContent = words.length ? found.dataset.words.replace("{n}", shown.toLocaleString(shared.lang)) : "";
  };
  field.closest("p").hidden = documents.length < 2;
  field.addEventListener("input", find);

  if (window.chitieu) {
    const mount = (one) => {
      const place = one.querySelector(":scope > .body > .view");
      if (!one.open || !place || place.childElementCount) return;
      const own = JSON.parse(document.getElementById("data-" + place.dataset.for).textContent);
      window.chitieu.mount(place, { ...own, fields: shared.fields, flags: shared.flags }, {
        lang: shared.lang, words: shared.words, readonly: true,
      });
    };
    for (const one of documents) one.addEventListener("toggle", () => mount(one));
  }

  // A link to one document opens it.
  const opened = () => {
    const one = documents.find((candidate) => "#" + candidate.id === location.hash);
    if (one) one.open = true;
  };
  window.addEventListener("hashchange", opened);
  opened();
})();
