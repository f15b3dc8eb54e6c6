// One document as reviewers see it: its text with the findings marked, beside the rows made of it.
//
//   window.chitieu.mount(element, data, {lang, words, readonly, api})
//
// `data` is the JSON of one document; `words` the words of one language. A classic script without any dependency: the
// page of the server loads it, the report holds it inline. It never fetches by itself: `api.details(rowId)` does, where
// there is an `api`. review.js adds what decides.
//
// Offsets in `data` count Unicode code points; strings of JavaScript count UTF-16 units: `Offsets` goes between the two.
// Text of documents is hostile: it only ever becomes text nodes.
(function () {
  "use strict";

  const KINDS = ["targets", "places", "deadlines", "assignments"];
  const LETTERS = {
    vi: { targets: "C", places: "Đ", deadlines: "H", assignments: "P", documents: "V" },
    en: { targets: "T", places: "P", deadlines: "D", assignments: "A", documents: "F" },
  };
  // Columns that are not shown as fields: where a row stands and how it came about is shown otherwise.
  const HIDDEN = new Set(["quote", "start", "end", "flags", "rule", "confidence", "doc_id", "section_id", "sha256", "source",
    "target_id", "place_id", "deadline_id", "assignment_id", "number_start", "number_end", "candidates"]);
  const LONGEST_LINE = 5000; // units; longer lines are cut, because browsers lay a line out as a whole
  const BLOCK_LINES = 40; // lines whose layout is skipped together while they are out of sight
  const CHUNK_CARDS = 20;
  const MOST_CONTROLS = 300; // of one line that are shown one by one
  const LONGEST_WORDS = 1500; // units of a text shown outside the source

  const CONTROL =
    /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]+/gu;
  const CONTROL_NAMES = {
    0x00ad: "SHY", 0x061c: "ALM", 0x200b: "ZWSP", 0x200c: "ZWNJ", 0x200d: "ZWJ", 0x200e: "LRM", 0x200f: "RLM",
    0x2028: "LS", 0x2029: "PS", 0x202a: "LRE", 0x202b: "RLE", 0x202c: "PDF", 0x202d: "LRO", 0x202e: "RLO",
    0x2060: "WJ", 0x2066: "LRI", 0x2067: "RLI", 0x2068: "FSI", 0x2069: "PDI", 0xfeff: "BOM",
  };

  // ---------------------------------------------------------------------------------------------- text to nodes

  function controlName(points) {
    const named = points.slice(0, 3).map((character) => {
      const code = character.codePointAt(0);
      return CONTROL_NAMES[code] || "U+" + code.toString(16).toUpperCase().padStart(4, "0");
    });
    return "⟨" + named.join(" ") + (points.length > 3 ? " … ×" + points.length : "") + "⟩";
  }

  // Appends a document's text; characters that would not be seen, or would turn what stands beside them, get a name.
  function put(element, text) {
    let at = 0;
    CONTROL.lastIndex = 0;
    for (let found = CONTROL.exec(text); found !== null; found = CONTROL.exec(text)) {
      if (found.index > at) element.append(document.createTextNode(text.slice(at, found.index)));
      const control = document.createElement("span");
      control.className = "ctl";
      control.dataset.name = controlName(Array.from(found[0]));
      const raw = document.createElement("span");
      raw.className = "raw";
      raw.append(document.createTextNode(found[0]));
      control.append(raw);
      element.append(control);
      at = found.index + found[0].length;
    }
    if (at < text.length) element.append(document.createTextNode(at ? text.slice(at) : text));
    return element;
  }

  // A document's words outside the source: of a reasonable length, and in a direction of their own.
  function said(text, longest) {
    const most = longest || LONGEST_WORDS;
    const element = document.createElement("bdi");
    return put(element, text.length > most ? text.slice(0, most) + " …" : text);
  }

  // An element: h("p", {class: "x", onclick: f, "aria-label": "y"}, child, …); strings become text nodes.
  function h(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (name === "class") element.className = value;
      else element.setAttribute(name, value === true ? "" : value);
    }
    for (const child of children.flat(2)) {
      if (child !== null && child !== undefined && child !== false && child !== "") element.append(child);
    }
    return element;
  }

  // The index of the last value that is not above `wanted`, or -1.
  function lastAtMost(values, wanted) {
    let low = 0;
    let high = values.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[middle] <= wanted) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  // The key that was pressed where a Vietnamese keyboard program (Unikey, EVKey) took letters back and typed them anew:
  // "a" and then "j" arrive as "a", Backspace, "ạ". Telex: tones are letters, other marks are doubled letters or "w".
  const TELEX = [["\u0301", "s"], ["\u0300", "f"], ["\u0309", "r"], ["\u0303", "x"], ["\u0323", "j"], ["\u0306", "w"], ["\u031b", "w"]];

  function keyBehind(letters) {
    const apart = letters.normalize("NFD");
    const found = TELEX.find(([sign]) => apart.includes(sign));
    if (found) return found[1];
    const doubled = /([aeo])\u0302/i.exec(apart);
    if (doubled) return doubled[1];
    return /đ/i.test(letters) ? "d" : letters.slice(-1);
  }

  class Offsets {
    constructor(text) {
      this.text = text;
      this.points = []; // offset of each astral character, in code points
      this.units = []; // and in UTF-16 units
      const astral = /[\ud800-\udbff][\udc00-\udfff]/g;
      for (let found = astral.exec(text); found !== null; found = astral.exec(text)) {
        this.points.push(found.index - this.units.length);
        this.units.push(found.index);
      }
      this.length = text.length - this.units.length;
    }

    unit(point) {
      return point + (this.points.length ? lastAtMost(this.points, point - 1) + 1 : 0);
    }

    point(unit) {
      return unit - (this.units.length ? lastAtMost(this.units, unit - 1) + 1 : 0);
    }

    slice(start, end) {
      return this.text.slice(this.unit(start), this.unit(end));
    }
  }

  function pointsIn(text) {
    return text.length - (text.match(/[\ud800-\udbff][\udc00-\udfff]/g) || []).length;
  }

  // The source's lines with their ends, in units; those that are too long in several pieces.
  function cutLines(text) {
    const pieces = [];
    const add = (start, end, number) => {
      let first = true;
      while (start < end || first) {
        let stop = Math.min(end, start + LONGEST_LINE);
        if (stop < end) {
          const space = text.lastIndexOf(" ", stop - 1);
          if (space > stop - 300) stop = space + 1;
          else if (/[\ud800-\udbff]/.test(text[stop - 1]) || text[stop] === "\n") stop -= 1;
        }
        pieces.push({ from: start, to: stop, number: first ? number : 0 });
        start = stop;
        first = false;
      }
    };
    const end = /\r\n|\n|\r/g;
    let start = 0;
    let number = 1;
    for (let found = end.exec(text); found !== null; found = end.exec(text)) {
      add(start, found.index + found[0].length, number++);
      start = found.index + found[0].length;
    }
    if (start < text.length || number === 1) add(start, text.length, number);
    return pieces;
  }

  // ---------------------------------------------------------------------------------------------- rows

  // One row of the page: `data` as the server gave it, and where it stands in the page.
  class Row {
    constructor(data) {
      this.data = data;
      this.id = data.id;
      this.card = null;
      this.segments = new Map(); // line → the marks of this row in it
      this.lines = [];
      this.shown = true;
      this.marked = false;
      this.pending = ""; // a verdict on its way to the server
      this.failed = ""; // why the last one was not saved
      this.details = null;
    }

    get table() { return this.data.table; }
    get start() { return this.data.start; }
    get end() { return this.data.end; }
    get cells() { return this.data.cells; }
    get state() { return this.data.state || null; }

    // "todo", or the verdict that counts.
    get verdict() {
      const verdict = this.pending || (this.state && this.state.verdict) || "";
      return verdict === "" || verdict === "reopen" ? "todo" : verdict;
    }

    get flags() { return this.cells.flags ? this.cells.flags.split(";") : []; }
    get confidence() { return this.cells.confidence ? Number(this.cells.confidence) : 1; }
    get conflict() { return Boolean(this.state && this.state.rivals && this.state.rivals.length); }
    get look() { return (this.state && this.state.look) || ""; }
  }

  const inOrder = (a, b) => a.start - b.start || b.end - a.end || (a.id < b.id ? -1 : 1);

  // ---------------------------------------------------------------------------------------------- the view

  class View {
    constructor(element, data, options) {
      this.element = element;
      this.data = data;
      this.lang = options.lang === "en" ? "en" : "vi";
      this.words = options.words || {};
      this.readonly = Boolean(options.readonly);
      this.api = this.readonly ? null : options.api || null;
      this.letters = LETTERS[this.lang];
      this.offsets = new Offsets(data.text);
      this.sections = new Map(data.sections.map((section) => [section.id, section]));
      this.rows = new Map();
      this.order = [];
      this.covers = new WeakMap(); // mark → the rows that it belongs to
      this.byCard = new WeakMap();
      this.selected = null;
      this.last = null; // the last selection of text: it survives a click on a button
      this.filters = { kinds: new Set(KINDS), state: "", sign: "", section: "", least: 0 };
      this.hooks = {}; // set by review.js: actions(row), unread(span), changed(), key(event)
      this.busy = false; // a form stands in the details: they are not drawn anew
      this.rowPlaces = [];
      this.build();
    }

    // A word of the page; {name} is filled in.
    w(key, values) {
      const word = this.words[key];
      let text = word === undefined ? key : word;
      for (const [name, value] of Object.entries(values || {})) text = text.split("{" + name + "}").join(String(value));
      return text;
    }

    kind(table) { return this.w("kind." + table); }

    number(value) { return value.toLocaleString(this.lang === "vi" ? "vi-VN" : "en-GB"); }

    // ------------------------------------------------------------------------------------------ building

    build() {
      this.document = new Row(this.documentRow(this.data.doc));
      this.order = this.data.rows.map((row) => new Row(row)).sort(inOrder);
      this.order.unshift(this.document);
      for (const row of this.order) this.rows.set(row.id, row);
      this.renumber();

      this.live = h("div", { class: "sr", role: "status", "aria-live": "polite" });
      this.text = h("div", {
        class: "text", tabindex: "0", role: "region", "aria-label": this.w("source"), lang: "vi", translate: "no",
      });
      this.list = h("div", { class: "list", tabindex: "-1" });
      this.unreadList = h("div", { class: "unread", hidden: true, tabindex: "0", role: "region", "aria-label": this.w("unread") });
      this.detail = h("section", { class: "detail pane", "aria-label": this.w("details"), tabindex: "-1" });
      this.top = h("div", { class: "top" });
      this.count = h("p", { class: "count", role: "status" });
      this.tabs = h("div", { class: "tabs", role: "group", "aria-label": this.w("panes") },
        this.tab("rows", this.w("rows")),
        this.tab("unread", this.w("unread.short", { n: this.number(this.data.unread.length) })),
        this.tab("detail", this.w("details")));
      this.source = h("section", { class: "source pane", "aria-label": this.w("source") },
        h("div", { class: "legend" }, this.legend()), this.text);
      this.side = h("section", { class: "side pane", "aria-label": this.w("rows") }, this.filterBar(), this.count,
        this.list, this.unreadList);
      this.root = h("div", { class: "chitieu", "data-pane": "rows" }, this.top,
        h("div", { class: "columns" }, this.source, h("div", { class: "work" }, this.tabs, this.side, this.detail)), this.live);
      if (this.readonly) this.root.classList.add("readonly");

      this.layText();
      this.layRows();
      this.element.replaceChildren(this.root);
      this.showPane("rows");
      this.counted();
      this.text.addEventListener("click", (event) => this.clickedText(event));
      this.list.addEventListener("click", (event) => this.clickedList(event));
      document.addEventListener("selectionchange", () => this.noteSelection());
      document.addEventListener("keydown", (event) => this.pressed(event));
      const wanted = location.hash.slice(1);
      this.select(this.rows.get(wanted) || this.order[1] || this.order[0], { quiet: true });
    }

    // The document's own row, as one of the rows.
    documentRow(doc) {
      return {
        id: doc.doc_id, table: "documents", start: -1, end: -1, section: "", cells: doc.cells, sentence: doc.sentence,
        low: false, machine: true, state: doc.state,
      };
    }

    tab(pane, label) {
      return h("button", { type: "button", "data-for": pane, onclick: () => this.showPane(pane) }, label);
    }

    legend() {
      const unread = h("span", { class: "unread-number" }, "12");
      const entry = (mark, words) => h("span", { class: "entry" }, mark, " ", words);
      const sample = (classes, words) => h("mark", { class: "m " + classes }, words);
      return [
        ...KINDS.map((kind) => h("span", { class: "entry k-" + kind },
          h("span", { class: "letter", "aria-hidden": "true" }, this.letters[kind]), " ", this.kind(kind))),
        entry(sample("targets low-targets", "abc"), this.w("low")),
        entry(h("span", { class: "flag-sign", "aria-hidden": "true" }, "⚑"), this.w("flagged")),
        entry(unread, this.w("unread.legend")),
      ];
    }

    filterBar() {
      const refilter = () => this.refilter();
      const select = (name, options) => {
        const field = h("select", { name, onchange: (event) => { this.filters[name] = event.target.value; refilter(); } },
          options.map(([value, words]) => h("option", { value }, words)));
        return h("label", {}, h("span", {}, this.w("filter." + name)), field);
      };
      const totals = {};
      for (const row of this.order) totals[row.table] = (totals[row.table] || 0) + 1;
      this.kindButtons = KINDS.map((kind) => h("button", {
        type: "button", class: "kind k-" + kind, "aria-pressed": "true", "data-kind": kind,
        onclick: (event) => {
          const on = !this.filters.kinds.has(kind);
          if (on) this.filters.kinds.add(kind);
          else this.filters.kinds.delete(kind);
          event.currentTarget.setAttribute("aria-pressed", String(on));
          refilter();
        },
      }, h("span", { class: "letter", "aria-hidden": "true" }, this.letters[kind]), " " + this.kind(kind) + " ",
      h("span", { class: "n" }, this.number(totals[kind] || 0))));
      const states = ["", "todo", "done", "accept", "correct", "reject", "add", "conflict", "look"];
      const used = new Set(this.order.map((row) => row.data.section));
      for (const id of [...used]) {
        for (let at = this.sections.get(id); at && at.parent; at = this.sections.get(at.parent)) used.add(at.parent);
      }
      const sections = this.data.sections.filter((section) => used.has(section.id) && section.heading && section.level <= 3);
      this.filterForm = h("form", { class: "filters", "aria-label": this.w("filters"), onsubmit: (event) => event.preventDefault() },
        h("div", { class: "kinds", role: "group", "aria-label": this.w("filter.kind") }, this.kindButtons),
        h("details", { class: "more" },
          h("summary", {}, this.w("filters")),
          h("div", { class: "selects" },
            select("state", states.map((state) => [state, this.w("filter.state." + (state || "all"))])),
            select("sign", [["", this.w("all")], ["flagged", this.w("flagged")], ["low", this.w("low")],
              ...this.flagChoices()]),
            select("least", [["0", this.w("all")], ...["0.5", "0.8", "0.9", "0.95", "0.99"].map((least) =>
              [least, "≥ " + this.percent(Number(least))])]),
            select("section", [["", this.w("all")], ...sections.slice(0, 400).map((section) =>
              [section.id, "\u00a0\u00a0".repeat(Math.max(section.level - 1, 0)) + this.plain(this.heading(section), 70)])]))));
      return this.filterForm;
    }

    flagChoices() {
      const codes = new Set();
      for (const row of this.order) for (const code of row.flags) codes.add(code);
      return [...codes].sort().map((code) => ["flag:" + code, "⚑ " + this.flagWords(code)]);
    }

    // A document's words where only plain text can stand (options): without what would turn or hide.
    plain(text, most) {
      const words = text.replace(CONTROL, "�").replace(/\s+/g, " ").trim();
      return words.length > most ? words.slice(0, most) + "…" : words;
    }

    heading(section) {
      return [section.marker, section.heading].filter(Boolean).join(" ");
    }

    path(id) {
      const path = [];
      for (let at = this.sections.get(id); at && path.length < 20; at = this.sections.get(at.parent)) {
        if (at.heading) path.unshift(this.heading(at));
      }
      return path;
    }

    percent(share) { return Math.round(share * 100) + (this.lang === "vi" ? " %" : "%"); }

    flagWords(code) { return (this.data.flags[code] || {})[this.lang] || code; }

    sentence(row) { return (row.data.sentence || {})[this.lang] || row.cells.quote || ""; }

    // ------------------------------------------------------------------------------------------ the source

    layText() {
      const heads = new Set();
      this.lines = cutLines(this.data.text).map((piece) => ({
        ...piece, start: this.offsets.point(piece.from), end: this.offsets.point(piece.to), element: null, rows: [], unread: [],
      }));
      this.starts = this.lines.map((line) => line.start);
      for (const section of this.data.sections) {
        if (section.heading && section.level <= 2 && section.heading.length < 200) heads.add(this.lineAt(section.start));
      }
      for (const row of this.order) this.place(row);
      for (const span of this.data.unread) {
        for (const line of this.linesOf(span[0], span[1])) line.unread.push(span);
      }
      const all = document.createDocumentFragment();
      let block = null;
      let left = 0;
      let height = 0;
      const close = () => {
        if (block) block.style.setProperty("--lines", String(height));
      };
      for (const line of this.lines) {
        if (left <= 0) {
          close();
          block = h("div", { class: "block" });
          all.append(block);
          left = BLOCK_LINES;
          height = 0;
        }
        line.element = document.createElement("div");
        line.element.className = heads.has(line) && !line.rows.length ? "line head" : "line";
        if (!this.data.text.slice(line.from, line.to).trim()) line.element.classList.add("blank");
        if (line.number) line.element.dataset.n = String(line.number);
        else line.element.classList.add("cut");
        this.paint(line);
        block.append(line.element);
        const rows = 1 + Math.floor((line.to - line.from) / 75);
        left -= rows / 2 + 0.5;
        height += rows;
      }
      close();
      this.text.append(all);
    }

    lineAt(offset) { return this.lines[Math.max(lastAtMost(this.starts, offset), 0)]; }

    linesOf(start, end) {
      const found = [];
      for (let i = Math.max(lastAtMost(this.starts, start), 0); i < this.lines.length && this.starts[i] < end; i++) {
        found.push(this.lines[i]);
      }
      return found;
    }

    place(row) {
      row.lines = row.end > row.start ? this.linesOf(row.start, row.end) : [];
      for (const line of row.lines) line.rows.push(row);
    }

    unplace(row) {
      const lines = row.lines;
      for (const line of lines) line.rows.splice(line.rows.indexOf(row), 1);
      row.lines = [];
      row.segments.clear();
      return lines;
    }

    // Draws one line: cut at every border of a row, each piece a mark of all the rows that cover it.
    paint(line) {
      const text = this.data.text.slice(line.from, line.to);
      const element = line.element;
      element.replaceChildren();
      for (const row of line.rows) row.segments.delete(line);
      const controls = text.match(CONTROL);
      element.classList.toggle("many-controls", controls !== null && controls.length > MOST_CONTROLS);
      if (controls !== null && controls.length > MOST_CONTROLS) {
        element.dataset.controls = this.w("controls", { n: this.number(controls.length) });
      }
      const append = controls !== null && controls.length <= MOST_CONTROLS
        ? put : (into, words) => into.append(document.createTextNode(words));
      if (!line.rows.length && !line.unread.length) {
        if (text) append(element, text);
        return;
      }
      const borders = new Set([line.start, line.end]);
      for (const { start, end } of line.rows) {
        borders.add(Math.max(start, line.start)).add(Math.min(end, line.end));
      }
      for (const [start, end] of line.unread) borders.add(Math.max(start, line.start)).add(Math.min(end, line.end));
      const cuts = [...borders].sort((a, b) => a - b);
      for (let i = 0; i + 1 < cuts.length; i++) {
        const [start, end] = [cuts[i], cuts[i + 1]];
        const words = this.offsets.slice(start, end);
        const rows = line.rows.filter((row) => row.start < end && start < row.end);
        const unread = line.unread.some((span) => span[0] < end && start < span[1]);
        if (!rows.length && !unread) {
          append(element, words);
          continue;
        }
        const mark = document.createElement(rows.length ? "mark" : "span");
        append(mark, words);
        if (rows.length) {
          rows.sort((a, b) => a.end - a.start - (b.end - b.start));
          this.covers.set(mark, rows);
          mark.dataset.start = String(start);
          for (const row of rows) {
            if (!row.segments.has(line)) row.segments.set(line, []);
            row.segments.get(line).push(mark);
          }
          this.dress(mark);
        } else {
          mark.className = "unread-number";
        }
        element.append(mark);
      }
    }

    // A mark's look, from the rows that it belongs to; shortest first.
    dress(mark) {
      const rows = this.covers.get(mark);
      const start = Number(mark.dataset.start);
      const classes = ["m"];
      const standing = rows.filter((row) => row.verdict !== "reject");
      for (const kind of KINDS) {
        const of = standing.filter((row) => row.table === kind);
        if (!of.length) continue;
        classes.push(kind);
        if (of.every((row) => row.data.low)) classes.push("low-" + kind);
      }
      if (!standing.length) classes.push("rejected");
      else classes.push("tint-" + standing[0].table);
      if (rows.includes(this.selected)) classes.push("on");
      mark.className = classes.join(" ");
      const beginning = rows.filter((row) => row.start === start).reverse();
      if (beginning.length) {
        mark.dataset.tag = beginning.map((row) => this.letters[row.table] + (row.flags.length ? "⚑" : "") +
          ({ accept: "✓", correct: "✎", add: "+", reject: "✗" }[row.verdict] || "")).join(" ");
      }
    }

    marks(row) {
      return row.lines.flatMap((line) => row.segments.get(line) || []);
    }

    // The source between two offsets as a range of the page.
    range(start, end) {
      const range = document.createRange();
      range.setStart(...this.position(start, true));
      range.setEnd(...this.position(Math.max(end, start), false));
      return range;
    }

    position(offset, forward) {
      let line = this.lineAt(offset);
      if (!forward && offset === line.start && line !== this.lines[0]) line = this.lineAt(offset - 1);
      let left = this.offsets.unit(offset) - line.from;
      const walker = document.createTreeWalker(line.element, NodeFilter.SHOW_TEXT);
      let node = walker.nextNode();
      if (node === null) return [line.element, 0];
      for (let next = node; next !== null; next = walker.nextNode()) {
        node = next;
        if (left < node.data.length || (!forward && left === node.data.length)) break;
        left -= node.data.length;
      }
      return [node, Math.min(Math.max(left, 0), node.data.length)];
    }

    // The source offset of a position in the page, or -1 where it is not in the source.
    offsetAt(node, at) {
      if (!this.text.contains(node)) return -1;
      const element = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
      const line = element.closest(".line");
      if (line === null) {
        const next = node.childNodes[at] || null;
        const first = next && next.nodeType === Node.ELEMENT_NODE
          ? (next.matches(".line") ? next : next.querySelector(".line")) : null;
        if (first) return this.lineOfElement(first).start;
        const all = element.querySelectorAll(".line");
        return all.length ? this.lineOfElement(all[all.length - 1]).end : -1;
      }
      const before = document.createRange();
      before.setStart(line, 0);
      before.setEnd(node, at);
      return this.lineOfElement(line).start + pointsIn(before.toString());
    }

    lineOfElement(element) {
      if (!this.lineElements) this.lineElements = new WeakMap(this.lines.map((line) => [line.element, line]));
      return this.lineElements.get(element);
    }

    // The selected part of the source, without white space around it: [start, end], or null.
    selection() {
      const selection = document.getSelection();
      if (!selection || selection.rangeCount === 0 || selection.isCollapsed) return null;
      const range = selection.getRangeAt(0);
      if (!range.intersectsNode(this.text)) return null;
      let start = this.offsetAt(range.startContainer, range.startOffset);
      let end = this.offsetAt(range.endContainer, range.endOffset);
      if (start < 0 && end < 0) return null;
      if (start < 0) start = 0;
      if (end < 0) end = this.offsets.length;
      return this.trimmed(start, end);
    }

    trimmed(start, end) {
      const words = this.offsets.slice(start, end);
      const first = start + pointsIn(words.slice(0, words.length - words.trimStart().length));
      const last = end - pointsIn(words.slice(words.trimEnd().length));
      return first < last ? [first, last] : null;
    }

    noteSelection() {
      const span = this.selection();
      if (span) this.last = span;
      else if (this.text.contains(document.getSelection().anchorNode)) this.last = null;
      if (this.hooks.selecting) this.hooks.selecting(this.last);
    }

    // Shows a stretch of the source: a cue, a number, what a flag contradicts.
    point(start, end, name) {
      this.highlight(name || "chitieu-cue", start, end);
      const line = this.lineAt(start);
      this.reveal(this.text, line.element, () => this.range(start, end).getBoundingClientRect());
      if (this.root.dataset.narrow === "stacked") this.source.scrollIntoView({ block: "nearest" });
      this.say(this.w("shown.in.source", { words: this.plain(this.offsets.slice(start, Math.min(end, start + 120)), 120) }));
    }

    highlight(name, start, end) {
      if (!window.Highlight || !CSS.highlights) return;
      if (start === undefined) CSS.highlights.delete(name);
      else CSS.highlights.set(name, new window.Highlight(this.range(start, end)));
    }

    // Scrolls `box` so that `element` is seen; once more when what came into sight has its true height.
    reveal(box, element, rectangle) {
      const measured = rectangle || (() => element.getBoundingClientRect());
      const step = () => {
        const frame = box.getBoundingClientRect();
        const at = measured();
        const margin = Math.min(80, frame.height / 5);
        if (at.top < frame.top + margin || Math.min(at.bottom, at.top + 60) > frame.bottom - margin / 2) {
          box.scrollTop += at.top - frame.top - frame.height / 3;
          return true;
        }
        return false;
      };
      if (step()) requestAnimationFrame(() => { if (step()) requestAnimationFrame(step); });
    }

    // ------------------------------------------------------------------------------------------ the rows

    renumber() {
      this.order.forEach((row, index) => { row.index = index; });
    }

    layRows() {
      const all = document.createDocumentFragment();
      let chunk = null;
      let list = null;
      let inChunk = 0;
      let section = null;
      for (const row of this.order) {
        if (inChunk === 0) {
          chunk = h("div", { class: "chunk" });
          all.append(chunk);
          list = null;
        }
        if (list === null || row.data.section !== section || row.index === 1) {
          const titled = row.data.section !== section || row.index <= 1;
          section = row.data.section;
          list = this.group(chunk, row, titled);
        }
        list.append(this.makeCard(row));
        inChunk = (inChunk + 1) % CHUNK_CARDS;
      }
      this.list.replaceChildren(all);
    }

    group(into, row, titled) {
      const list = h("ol", {});
      if (titled) into.append(this.groupTitle(row));
      into.append(list);
      return list;
    }

    groupTitle(row) {
      const path = this.path(row.data.section);
      const words = row.table === "documents" ? this.w("the.document") : path.length ? path[path.length - 1] : this.w("no.section");
      const title = h("h3", { class: "section" });
      for (const above of path.slice(0, -1)) title.append(h("span", { class: "above" }, said(above, 60), " › "));
      title.append(said(words, 160));
      return title;
    }

    makeCard(row) {
      row.card = h("li", { class: "card", tabindex: "-1", id: "row-" + row.id });
      this.byCard.set(row.card, row);
      this.fillCard(row);
      return row.card;
    }

    // (Re)draws one card from its row.
    fillCard(row) {
      const { card } = row;
      const verdict = row.verdict;
      card.className = ["card", "k-" + row.table, "is-" + verdict, row.pending && "pending", row.failed && "failed",
        row.conflict && "conflict", row.look && "look", row.marked && "marked", row === this.selected && "on"].filter(Boolean).join(" ");
      const meta = h("div", { class: "meta" },
        h("span", { class: "letter", "aria-hidden": "true" }, this.letters[row.table]),
        h("span", { class: "what" }, this.kind(row.table)),
        row.marked && h("span", { class: "chip" }, this.w("marked")),
        row.data.low && h("span", { class: "chip low" }, this.w("low.short", { p: this.percent(row.confidence) })),
        h("span", { class: "grow" }),
        this.stateChip(row));
      const sentence = h("p", { class: "sentence" }, said(this.sentence(row), 400));
      const flags = row.flags.map((code) => h("p", { class: "flag" }, h("span", { "aria-hidden": "true" }, "⚑ "), this.flagWords(code)));
      card.replaceChildren(meta, sentence, ...flags);
      if (row.conflict) card.append(h("p", { class: "warn" }, "⇄ ", this.w("conflict.short", { who: this.rivalNames(row) })));
      if (row.look) card.append(h("p", { class: "warn" }, "↻ ", this.w("look." + row.look)));
      if (row.failed) card.append(h("p", { class: "warn error" }, "! ", this.w("not.saved"), ": ", row.failed));
    }

    rivalNames(row) {
      return [...new Set(row.state.rivals.map((rival) => this.plain(rival.reviewer, 40)))].join(", ");
    }

    stateChip(row) {
      const sign = { todo: "○", accept: "✓", correct: "✎", add: "+", reject: "✗" }[row.verdict] || "·";
      const who = !row.pending && row.state && row.state.verdict !== "reopen" ? row.state.reviewer : "";
      return h("span", { class: "state" }, h("span", { "aria-hidden": "true" }, sign + " "),
        row.pending ? this.w("saving", { what: this.w("state." + row.verdict) }) : this.w("state." + row.verdict),
        who && h("span", { class: "who" }, " · ", said(who, 40)));
    }

    // Draws anew whatever shows this row.
    redraw(row) {
      this.fillCard(row);
      for (const mark of this.marks(row)) this.dress(mark);
      if (row === this.selected && !this.busy) this.drawDetail();
    }

    // Rows that were decided or came new, and the ids of those that are no longer there.
    update(rows, removed) {
      for (const data of rows) {
        const row = this.rows.get(data.id);
        if (!row) {
          this.insert(new Row(data));
          continue;
        }
        const moved = row.start !== data.start || row.end !== data.end;
        const lines = new Set(moved ? this.unplace(row) : []);
        row.data = data;
        row.details = null;
        if (moved) {
          this.place(row);
          for (const line of row.lines) lines.add(line);
          for (const line of lines) this.paint(line);
        }
        this.redraw(row);
      }
      for (const id of removed || []) {
        const row = this.rows.get(id);
        if (row && row !== this.document) this.remove(row);
      }
      this.counted();
    }

    insert(row) {
      this.rows.set(row.id, row);
      let at = 1;
      while (at < this.order.length && inOrder(this.order[at], row) < 0) at++;
      const [before, after] = [this.order[at - 1], this.order[at]];
      this.order.splice(at, 0, row);
      this.renumber();
      this.makeCard(row);
      if (before.data.section === row.data.section && before !== this.document) before.card.after(row.card);
      else if (after && after.data.section === row.data.section) after.card.before(row.card);
      else if (before.card.nextElementSibling) before.card.after(row.card);
      else before.card.parentElement.after(this.groupTitle(row), h("ol", {}, row.card));
      this.place(row);
      for (const line of row.lines) this.paint(line);
    }

    remove(row) {
      if (row === this.selected) this.select(this.order[row.index + 1] || this.order[row.index - 1], { quiet: true });
      this.rows.delete(row.id);
      this.order.splice(row.index, 1);
      this.renumber();
      const list = row.card.parentElement;
      row.card.remove();
      if (!list.children.length) {
        if (list.previousElementSibling && list.previousElementSibling.matches("h3")) list.previousElementSibling.remove();
        list.remove();
      }
      for (const line of this.unplace(row)) this.paint(line);
    }

    // ------------------------------------------------------------------------------------------ filters

    passes(row) {
      const { kinds, state, sign, section, least } = this.filters;
      if (row === this.document) return !state && !sign && !section && !Number(least) && kinds.size === KINDS.length;
      if (!kinds.has(row.table)) return false;
      if (state === "done" ? row.verdict === "todo" : state === "conflict" ? !row.conflict : state === "look" ? !row.look
        : state && row.verdict !== state) return false;
      if (sign === "flagged" && !row.flags.length) return false;
      if (sign === "low" && !row.data.low) return false;
      if (sign.startsWith("flag:") && !row.flags.includes(sign.slice(5))) return false;
      if (row.confidence < Number(least)) return false;
      if (section) {
        const { start, end } = this.sections.get(section);
        if (row.start < start || row.start >= end) return false;
      }
      return true;
    }

    refilter() {
      for (const row of this.order) {
        row.shown = this.passes(row);
        row.card.hidden = !row.shown;
      }
      for (const list of this.list.querySelectorAll("ol")) {
        const empty = !list.querySelector(":scope > li:not([hidden])");
        list.hidden = empty;
        const title = list.previousElementSibling;
        if (title && title.matches("h3")) title.hidden = empty;
      }
      this.counted();
      this.say(this.count.textContent);
      if (this.selected && !this.selected.shown) {
        const next = this.near(1, (row) => row.shown) || this.near(-1, (row) => row.shown);
        if (next) this.select(next, { quiet: true });
      }
    }

    visible() { return this.order.filter((row) => row.shown); }

    counted() {
      let shown = 0;
      let done = 0;
      for (const row of this.order) {
        if (row === this.document) continue;
        shown += row.shown;
        done += row.verdict !== "todo";
      }
      const rows = this.order.length - 1;
      const words = this.w("count", { shown: this.number(shown), rows: this.number(rows), done: this.number(done) });
      if (this.count.textContent !== words) this.count.textContent = words;
      if (this.hooks.changed) this.hooks.changed(done, rows);
    }

    // ------------------------------------------------------------------------------------------ selecting

    // The nearest row behind (1) or before (-1) the selected one that `test` holds for.
    near(step, test) {
      for (let i = this.selected.index + step; i >= 0 && i < this.order.length; i += step) {
        if (test(this.order[i])) return this.order[i];
      }
      return null;
    }

    select(row, how) {
      const { quiet, focus, pane } = how || {};
      if (!row) return;
      const before = this.selected;
      this.selected = row;
      for (const changed of new Set([before, row])) {
        if (!changed) continue;
        changed.card.classList.toggle("on", changed === row);
        changed.card.tabIndex = changed === row ? 0 : -1;
        if (changed === row) changed.card.setAttribute("aria-current", "true");
        else changed.card.removeAttribute("aria-current");
        for (const mark of this.marks(changed)) this.dress(mark);
      }
      this.highlight("chitieu-cue");
      this.busy = false;
      if (this.hooks.selected) this.hooks.selected(row, before);
      this.drawDetail();
      if (pane) this.showPane(pane);
      if (!this.list.hidden) this.reveal(this.list, row.card);
      const first = this.marks(row)[0];
      if (first) this.reveal(this.text, first);
      const seen = row.card.offsetParent !== null;
      if (focus && seen) row.card.focus({ preventScroll: true });
      else if (focus && !this.detail.contains(document.activeElement)) this.detail.focus({ preventScroll: true });
      if (!(focus && seen) && !quiet) this.say(this.spoken(row));
      this.ask(row);
      clearTimeout(this.hashTimer);
      if (!this.readonly) this.hashTimer = setTimeout(() => history.replaceState(null, "", "#" + row.id), 500);
    }

    spoken(row) {
      return [this.kind(row.table), this.w("state." + row.verdict), this.plain(this.sentence(row), 300),
        ...row.flags.map((code) => this.flagWords(code))].join(". ");
    }

    // Says something to those who do not see it.
    say(words) {
      this.live.textContent = "";
      this.live.textContent = words;
    }

    showPane(pane) {
      if (pane === "unread") this.layUnread();
      if (pane !== "detail") {
        this.unreadList.hidden = pane !== "unread";
        this.list.hidden = pane === "unread";
        this.filterForm.hidden = this.count.hidden = pane === "unread";
      }
      this.root.dataset.pane = pane;
      for (const tab of this.tabs.children) {
        const on = tab.dataset.for === pane;
        tab.setAttribute("aria-pressed", String(on));
      }
      if (pane === "rows" && this.selected) this.reveal(this.list, this.selected.card);
    }

    clickedText(event) {
      const selection = document.getSelection();
      if (selection && !selection.isCollapsed) return;
      const mark = event.target.closest("mark.m");
      if (!mark) return;
      const rows = this.covers.get(mark);
      const next = rows[(rows.indexOf(this.selected) + 1) % rows.length];
      this.select(next, { pane: this.root.dataset.pane === "unread" ? "rows" : undefined });
    }

    clickedList(event) {
      const card = event.target.closest(".card");
      if (!card || event.target.closest("button, a, input")) return;
      const row = this.byCard.get(card);
      if (event.shiftKey && this.hooks.mark) this.hooks.mark(row);
      else this.select(row, { focus: true, pane: "detail" });
    }

    // A key of the page: not one typed into a field, nor one of the browser or of an input method.
    pressed(event) {
      if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const target = event.target instanceof Element ? event.target : document.body;
      if (this.readonly && !this.root.contains(target)) return; // a report has several views, and scrolls by keys
      if (target.closest("input, textarea, select, [contenteditable], dialog")) return;
      if (document.querySelector("dialog[open]")) return;
      const onControl = Boolean(target.closest("button, a, summary"));
      if (onControl && (event.key === "Enter" || event.key === " ")) return;
      if (event.key === "Backspace" || (this.retyped !== undefined && event.key.length === 1)) {
        this.retyped = event.key === "Backspace" ? "" : this.retyped + event.key;
        clearTimeout(this.retypedTimer);
        this.retypedTimer = setTimeout(() => {
          const letters = this.retyped;
          this.retyped = undefined;
          if (letters) this.act({ key: keyBehind(letters), shiftKey: false }, target);
        }, 40);
      } else if (!this.act(event, target)) {
        return;
      }
      event.preventDefault();
    }

    // Does what a key means; whether it means something.
    act(event, target) {
      if (this.hooks.key && this.hooks.key(event)) return true;
      const inText = this.text.contains(target) || this.detail.contains(target) || this.unreadList.contains(target);
      const step = { j: 1, k: -1, J: 1, K: -1, ArrowDown: inText ? 0 : 1, ArrowUp: inText ? 0 : -1 }[event.key];
      if (step) this.go(step);
      else if (event.key === "n" || event.key === "N") this.nextTodo();
      else if (event.key === "Escape") this.highlight("chitieu-cue");
      else return false;
      return true;
    }

    go(step) {
      const next = this.near(step, (row) => row.shown);
      if (next) this.select(next, { focus: true });
      else this.say(this.w(step > 0 ? "last.row" : "first.row"));
    }

    // To the next row that nobody decided, from the beginning again behind the last.
    nextTodo() {
      const open = (row) => row.shown && row !== this.document && row.verdict === "todo";
      const next = this.near(1, open) || this.order.find((row) => open(row) && row !== this.selected);
      if (next) this.select(next, { focus: true });
      else this.say(this.w("all.reviewed"));
      return Boolean(next);
    }

    // ------------------------------------------------------------------------------------------ numbers unread

    layUnread() {
      if (this.unreadList.children.length) return;
      const spans = this.data.unread;
      const list = h("ol", {});
      const more = (from) => {
        for (const [start, end] of spans.slice(from, from + 300)) list.append(this.unreadItem(start, end));
        if (from + 300 < spans.length) {
          const button = h("button", { type: "button", onclick: () => { button.remove(); more(from + 300); } }, this.w("more"));
          this.unreadList.append(button);
        }
      };
      this.unreadList.append(h("p", { class: "hint" }, this.w(spans.length ? "unread.hint" : "unread.none")), list);
      more(0);
    }

    unreadItem(start, end) {
      const line = this.lineAt(start);
      const show = h("button", { type: "button", class: "context", onclick: () => this.point(start, end, "chitieu-number") },
        said(this.before(start, line.start, 45)), h("b", {}, said(this.offsets.slice(start, end))), said(this.after(end, line.end, 45)));
      return h("li", {}, show, this.hooks.unread && this.hooks.unread([start, end]));
    }

    // ------------------------------------------------------------------------------------------ details

    // Fetches what only the details show; not while keys are held down.
    ask(row) {
      clearTimeout(this.askTimer);
      if (row.details || row === this.document) return;
      const known = (this.data.details || {})[row.id];
      if (known) {
        row.details = known;
        this.drawDetail();
      } else if (this.api) {
        this.askTimer = setTimeout(() => {
          this.api.details(row.id).then((details) => {
            row.details = details;
            if (row === this.selected && !this.busy) this.drawDetail();
          }, () => { /* the rest of the details stands without */ });
        }, 120);
      }
    }

    field(table, name) { return (this.data.fields[table] || []).find((field) => field.name === name); }

    label(table, name) {
      const field = this.field(table, name);
      return field ? field.label[this.lang] : name;
    }

    // One of the few values of a column, in words; in English they are words themselves.
    valueWords(field, value) { return (this.lang === "vi" && field.labels && field.labels[value]) || value; }

    // A cell as people read it.
    shown(table, name, text) {
      const field = this.field(table, name);
      if (name === "flags") return text.split(";").map((code) => this.flagWords(code)).join("; ");
      if (field && field.values.length) return this.valueWords(field, text);
      if (name === "confidence") return this.percent(Number(text));
      if (field && field.type === "date" && this.lang === "vi") return text.replace(/^(\d{4})-(\d\d)-(\d\d)$/, "$3/$2/$1");
      if (field && field.type === "decimal" && /^-?\d+(\.\d+)?$/.test(text)) {
        const [whole, part] = text.split(".");
        const [group, point] = this.lang === "vi" ? [".", ","] : [",", "."];
        const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, group) : whole;
        return grouped + (part ? point + part : "");
      }
      return text;
    }

    drawDetail() {
      const row = this.selected;
      const parts = [this.detailHead(row)];
      if (this.hooks.actions) parts.push(this.hooks.actions(row));
      parts.push(this.conflictPart(row), this.lookPart(row), this.compared(row), this.flagPart(row), this.candidatePart(row),
        this.fieldPart(row), this.reasonPart(row), this.pagePart(row), this.historyPart(row));
      const alerts = row.conflict + "/" + row.look;
      const scrolled = this.detailOf === row && this.detailAlerts === alerts ? this.detail.scrollTop : 0;
      this.detailAlerts = alerts;
      const focused = this.detail.contains(document.activeElement) ? document.activeElement.dataset.keep : "";
      this.detail.replaceChildren(...parts.filter(Boolean));
      this.detail.scrollTop = scrolled;
      this.detailOf = row;
      if (focused) {
        const again = this.detail.querySelector('[data-keep="' + CSS.escape(focused) + '"]');
        if (again) again.focus({ preventScroll: true });
      }
    }

    detailHead(row) {
      const go = (step, sign, key) => h("button", {
        type: "button", class: "icon", "aria-label": this.w(key), title: this.w(key), "data-keep": key, onclick: () => this.go(step),
      }, sign);
      return h("header", { class: "k-" + row.table },
        h("h2", {}, h("span", { class: "letter", "aria-hidden": "true" }, this.letters[row.table]), " ", this.kind(row.table)),
        this.stateChip(row), h("span", { class: "grow" }), go(-1, "↑", "previous.row"), go(1, "↓", "next.row"));
    }

    part(title, ...content) {
      return h("section", { class: "part" }, h("h3", {}, title), ...content);
    }

    compared(row) {
      const says = h("p", { class: "says" }, said(this.sentence(row)));
      if (row === this.document) return h("div", { class: "compared" }, says);
      const quote = h("button", {
        type: "button", class: "quote", title: this.w("show.in.source"), "data-keep": "quote",
        onclick: () => this.point(row.start, row.end),
      }, this.inContext(row));
      return h("div", { class: "compared" },
        h("h3", {}, this.w("in.document")), quote, h("h3", {}, this.w("understood")), says,
        row.state && row.state.reason && h("p", { class: "reason" }, this.w("reason"), ": ", said(row.state.reason)));
    }

    inContext(row) {
      const first = this.lineAt(row.start);
      const last = this.lineAt(Math.max(row.end - 1, row.start));
      return h("span", { lang: "vi" }, said(this.before(row.start, first.start, 90)), h("b", {}, said(this.offsets.slice(row.start, row.end))),
        said(this.after(row.end, last.end, 90)));
    }

    // Some whole words before an offset, not from before `least`; and behind one.
    before(offset, least, most) {
      const words = this.offsets.slice(Math.max(least, offset - most), offset).trimStart();
      return offset - most > least ? "… " + words.replace(/^\S*\s+/, "") : words;
    }

    after(offset, last, most) {
      const words = this.offsets.slice(offset, Math.max(offset, Math.min(last, offset + most))).trimEnd();
      return offset + most < last ? words.replace(/\s+\S*$/, "") + " …" : words;
    }

    spanButton(start, end, label) {
      if (start === undefined || start < 0 || end <= start) return null;
      return h("button", { type: "button", class: "span", title: this.w("show.in.source"), onclick: () => this.point(start, end) },
        label || ["“", said(this.offsets.slice(start, end), 90), "”"]);
    }

    flagPart(row) {
      if (!row.flags.length) return null;
      const spans = (row.details && row.details.flags) || [];
      return this.part(this.w("flags"), h("ul", { class: "plain flags" }, row.flags.map((code) => {
        const against = spans.filter((flag) => flag.code === code && flag.start >= 0);
        return h("li", {}, h("span", { "aria-hidden": "true" }, "⚑ "), this.flagWords(code), " ",
          this.spanButton(row.start, row.end, this.w("flag.here")),
          against.map((flag) => [" ", this.w("flag.against"), " ", this.spanButton(flag.start, flag.end)]));
      })));
    }

    candidatePart(row) {
      const candidates = (row.details && row.details.candidates) || [];
      if (!candidates.length) return null;
      return this.part(this.w("candidates"), h("ul", { class: "plain choices" }, candidates.map((candidate) => {
        const label = [said(candidate.label), " ", h("code", {}, candidate.code)];
        return h("li", {}, this.hooks.choose
          ? h("button", { type: "button", onclick: () => this.hooks.choose(row, candidate) }, label) : label);
      })));
    }

    fieldPart(row) {
      const seen = (row.state && row.verdict === "correct" && row.state.seen) || {};
      const changed = (row.state && row.verdict === "correct" && row.state.changes) || {};
      const list = h("dl", {});
      for (const field of this.data.fields[row.table] || []) {
        const text = row.cells[field.name] || "";
        const before = field.name in changed ? seen[field.name] || "" : text;
        if (HIDDEN.has(field.name) || (!text && !before)) continue;
        const value = h("dd", {});
        if (before !== text) {
          value.classList.add("changed");
          value.append(h("del", {}, before ? said(this.shown(row.table, field.name, before), 300) : "∅"), " → ");
        }
        value.append(text ? said(this.shown(row.table, field.name, text), 600) : "∅");
        list.append(h("div", {}, h("dt", {}, field.label[this.lang]), value));
      }
      return this.part(this.w("fields"), list);
    }

    reasonPart(row) {
      if (row === this.document) return null;
      const details = row.details;
      const confidence = row.cells.confidence ? this.percent(Number(row.cells.confidence)) : "";
      const facts = h("dl", {});
      const fact = (label, ...value) => facts.append(h("div", {}, h("dt", {}, label), h("dd", {}, ...value)));
      const path = (details && details.section) || this.path(row.data.section);
      if (path.length) fact(this.w("section"), said(path.join(" › "), 400));
      if (row.cells.rule) fact(this.w("pattern"), h("code", {}, row.cells.rule));
      if (confidence) fact(this.w("confidence"), confidence);
      if (details && details.deadline) fact(this.w("deadline.from"), this.deadlineButton(details.deadline));
      const evidence = ((details && details.evidence) || []).filter((one) => one.kind !== "confidence");
      const part = this.part(this.w("why"), facts);
      if (evidence.length) {
        part.append(h("ul", { class: "plain evidence" }, evidence.map((one) => h("li", { class: "e-" + one.kind },
          h("span", { class: "ekind" }, this.w("evidence." + one.kind)), " ",
          this.spanButton(one.start, one.end) || (one.kind === "inherited" ? null : h("span", { class: "muted" }, this.w("evidence.nowhere"))), " ",
          one.note && h("span", { class: "note" }, "→ ", said(one.note, 200)), " ", h("code", { class: "muted" }, one.rule)))));
      }
      return part;
    }

    deadlineButton(deadline) {
      return h("button", {
        type: "button", class: "span",
        onclick: () => {
          const row = this.rows.get(deadline.id);
          if (row) this.select(row, { focus: true });
          else this.point(deadline.start, deadline.end);
        },
      }, "“", said(deadline.quote, 90), "”");
    }

    pagePart(row) {
      const { pages, spots } = this.data;
      if (!pages || !pages.count || row === this.document) return null;
      const boxes = (spots || []).filter((spot) => spot[0] < row.end && row.start < spot[1]);
      const page = boxes.length ? boxes[0][2] : 0;
      if (!pages.images || !this.api || !this.api.page) {
        const why = pages.why && (typeof pages.why === "string" ? pages.why : pages.why[this.lang]);
        return page ? this.part(this.w("page", { n: page }), why && h("p", { class: "muted" }, why)) : null;
      }
      if (!page) return null;
      const open = localStorage.getItem("chitieu.page") !== "closed";
      const frame = h("div", { class: "page" });
      const draw = () => {
        if (frame.children.length) return;
        const image = h("img", { alt: this.w("page.alt", { n: page }), src: this.api.page(page), loading: "lazy", decoding: "async" });
        image.addEventListener("error", () => frame.replaceChildren(h("p", { class: "muted" }, this.w("page.failed"))));
        frame.append(image);
        for (const [, , at, x0, y0, x1, y1] of boxes) {
          if (at !== page) continue;
          const box = h("div", { class: "box" });
          Object.assign(box.style, { left: x0 * 100 + "%", top: y0 * 100 + "%", width: (x1 - x0) * 100 + "%", height: (y1 - y0) * 100 + "%" });
          frame.append(box);
        }
      };
      const details = h("details", { class: "part", open }, h("summary", {}, this.w("page", { n: page })), frame);
      details.addEventListener("toggle", () => {
        localStorage.setItem("chitieu.page", details.open ? "open" : "closed");
        if (details.open) draw();
      });
      clearTimeout(this.pageTimer);
      if (open) this.pageTimer = setTimeout(draw, 250);
      return details;
    }

    historyPart(row) {
      const log = (row.details && row.details.log) || [];
      if (!log.length) return null;
      return this.part(this.w("history"), h("ol", { class: "plain log" }, log.map((entry) => h("li", {},
        h("b", {}, this.w("verdict." + entry.verdict)), " · ", said(entry.reviewer || "", 60), " · ", this.when(entry.made_at),
        entry.reason && h("span", { class: "muted" }, " · ", said(entry.reason, 200)),
        this.changeList(row.table, entry.verdict === "add" ? {} : entry.changes)))));
    }

    changeList(table, changes) {
      const names = Object.keys(changes || {});
      if (!names.length) return null;
      return h("ul", { class: "plain changes" }, names.map((name) => h("li", {}, this.label(table, name), ": ",
        h("b", {}, changes[name] ? said(this.shown(table, name, changes[name]), 200) : "∅"))));
    }

    when(made) {
      const date = new Date(made);
      if (Number.isNaN(date.getTime())) return made || "";
      return h("time", { datetime: made }, date.toLocaleString(this.lang === "vi" ? "vi-VN" : "en-GB", { dateStyle: "short", timeStyle: "short" }));
    }

    conflictPart(row) {
      if (!row.conflict) return null;
      const said1 = (decision, action) => h("li", {}, h("b", {}, said(decision.reviewer, 60)), ": ", this.w("verdict." + decision.verdict),
        decision.reason && [" · ", said(decision.reason, 200)], this.changeList(row.table, decision.changes), action);
      const settle = this.hooks.settle;
      const box = this.part("⇄ " + this.w("conflict"),
        h("p", {}, this.w("conflict.hint")),
        h("ul", { class: "plain rivals" },
          said1(row.state, settle && h("button", { type: "button", onclick: () => settle(row, row.state) }, this.w("keep.this"))),
          row.state.rivals.map((rival) => said1(rival, settle && h("button", {
            type: "button", onclick: () => settle(row, rival),
          }, this.w("take.this"))))));
      box.classList.add("alert");
      return box;
    }

    lookPart(row) {
      if (!row.look) return null;
      const box = this.part("↻ " + this.w("look"), h("p", {}, this.w("look." + row.look + ".hint")));
      box.classList.add("alert");
      const now = row.state.now || {};
      const seen = row.verdict === "correct" ? row.state.seen : row.cells;
      const names = row.look !== "changed" ? [] : this.data.fields[row.table].map((field) => field.name).filter((name) =>
        !HIDDEN.has(name) && (now[name] || "") !== (seen[name] || ""));
      if (names.length) {
        box.append(h("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": this.w("look") }, h("table", {},
          h("thead", {}, h("tr", {}, ["field", "look.seen", "look.now", "look.decided"].map((key) => h("th", { scope: "col" }, this.w(key))))),
          h("tbody", {}, names.map((name) => h("tr", {}, h("th", { scope: "row" }, this.label(row.table, name)),
            [seen, now, row.cells].map((cells) => h("td", {}, cells[name] ? said(this.shown(row.table, name, cells[name]), 200) : "∅"))))))));
      }
      if (this.hooks.relook) box.append(this.hooks.relook(row));
      return box;
    }
  }

  window.chitieu = {
    h, said, pointsIn, KINDS, HIDDEN, LETTERS, View,
    mount(element, data, options) {
      const view = new View(element, data, options || {});
      if (view.api && window.chitieu.review) window.chitieu.review(view);
      return view;
    },
  };
})();
