// What decides, on top of view.js: verdicts by key and by button, sent to the server one behind the other.
//
// A verdict shows at once and is sent in the background, in order. What could not be sent stays in the queue and is said
// loudly; what the server refuses is shown at its row. Every POST names the decision that the reviewer knew of (`base`),
// so that the server can tell a conflict from a change of mind.
(function () {
  "use strict";

  const { h, said, pointsIn, KINDS, HIDDEN } = window.chitieu;
  const POLL = 3000;
  const FIELD_NAME = "chitieu.reviewer";

  // ---------------------------------------------------------------------------------------------- the server

  class Api {
    constructor(docId, csrf) {
      this.root = "/api/doc/" + encodeURIComponent(docId);
      this.pages = "/doc/" + encodeURIComponent(docId) + "/page/";
      this.docId = docId;
      this.csrf = csrf;
    }

    async get(address, signal) {
      const answer = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin", cache: "no-store", signal });
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.json();
    }

    data() { return this.get(this.root); }

    details(rowId) { return this.get(this.root + "/row/" + encodeURIComponent(rowId)); }

    // An answer that never comes (a laptop that slept, a server that was stopped) must not end the polling.
    changes(since) { return this.get(this.root + "/changes?since=" + encodeURIComponent(since), AbortSignal.timeout(5000)); }

    page(number) { return this.pages + number + ".png"; }

    complete(kind, typed, level) {
      const asked = new URLSearchParams({ kind, q: typed, doc: this.docId });
      if (level) asked.set("level", level);
      return this.get("/api/complete?" + asked);
    }

    // {status, body}; throws where there is no answer.
    async post(action, body) {
      const answer = await fetch(this.root + "/" + action, {
        method: "POST", credentials: "same-origin", body: JSON.stringify(body),
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": this.csrf },
      });
      let read = {};
      try {
        read = await answer.json();
      } catch (error) {
        if (answer.ok) throw error;
      }
      return { status: answer.status, body: read };
    }
  }

  // ---------------------------------------------------------------------------------------------- the queue

  // What waits to be sent. A job: {action, rows, verdict, body(), saved(answer), refused(errors)}.
  class Queue {
    constructor(review) {
      this.review = review;
      this.jobs = [];
      this.sending = false;
      this.epoch = 0; // grows with every answer: what was polled before it is out of date
      this.wait = 1000;
      window.addEventListener("beforeunload", (event) => {
        if (!this.jobs.length) return;
        event.preventDefault();
        event.returnValue = ""; // older browsers ask only then
      });
    }

    // What the reviewer knew of a row: its newest decision, or that of the last job in front.
    base(row) {
      for (let i = this.jobs.length - 1; i >= 0; i--) {
        if (this.jobs[i].rows.includes(row)) return { job: this.jobs[i], row };
      }
      return { id: row.state ? row.state.review_id || "" : "" };
    }

    known(base) {
      if (!base.job) return base.id;
      const answered = base.job.answered && base.job.answered.get(base.row.id);
      return answered !== undefined ? answered : base.job.bases.length ? this.known(base.job.bases[base.job.rows.indexOf(base.row)]) : "";
    }

    push(job) {
      job.bases = job.rows.map((row) => this.base(row));
      this.jobs.push(job);
      for (const row of job.rows) {
        row.pending = job.verdict;
        row.failed = "";
        this.review.view.redraw(row);
      }
      this.review.view.counted();
      this.pump();
    }

    async pump() {
      if (this.sending) return;
      this.sending = true;
      clearTimeout(this.timer);
      try {
        while (this.jobs.length) await this.send(this.jobs[0]);
      } catch (error) {
        this.timer = setTimeout(() => this.pump(), this.wait);
        this.wait = Math.min(this.wait * 2, 15000);
      } finally {
        this.sending = false;
        this.review.unsent(this.jobs.length, this.failing);
      }
    }

    async send(job) {
      let answer;
      try {
        answer = await this.review.api.post(job.action, { reviewer: this.review.reviewer, ...job.body() });
      } catch (error) {
        this.failing = this.review.view.w("unsent.network");
        throw error;
      }
      if (answer.status >= 500) {
        this.failing = this.review.view.w("unsent.server", { status: answer.status });
        throw new Error(this.failing);
      }
      this.failing = "";
      this.wait = 1000;
      this.epoch += 1;
      this.jobs.shift();
      if (answer.status === 200) this.saved(job, answer.body);
      else this.refused(job, answer);
    }

    // Back to what the server knows, except where a later job says otherwise.
    settle(job) {
      for (const row of job.rows) {
        const later = [...this.jobs].reverse().find((other) => other.rows.includes(row));
        row.pending = later ? later.verdict : "";
      }
    }

    saved(job, body) {
      job.answered = new Map((body.rows || []).map((row) => [row.id, row.state ? row.state.review_id || "" : ""]));
      this.settle(job);
      const { view } = this.review;
      view.update([...(body.doc ? [view.documentRow(body.doc)] : []), ...(body.rows || [])], body.removed || []);
      const answered = new Set((body.rows || []).map((row) => row.id));
      for (const row of job.rows) if (!answered.has(row.id) && view.rows.get(row.id) === row) view.redraw(row);
      if ((body.rows || []).some((row) => row.state && row.state.rivals && row.state.rivals.length)) {
        this.review.tell(view.w("conflict.now"));
      }
      if (job.saved) job.saved(body);
    }

    refused(job, answer) {
      const { view } = this.review;
      const errors = answer.body.errors || [];
      this.settle(job);
      const words = (error) => error[view.lang] || error.vi || error.en || "";
      const general = answer.status === 403 ? view.w("refused.session") : view.w("refused", { status: answer.status });
      for (const row of job.rows) {
        const own = errors.filter((error) => !error.row_id || error.row_id === row.id).map(words);
        row.failed = own.join(" ") || (errors.length ? words(errors[0]) : general);
        view.redraw(row);
      }
      view.counted();
      this.review.tell(view.w("not.saved") + ": " + (errors.map(words).join(" ") || general), true);
      if (job.refused) job.refused(errors);
    }
  }

  // ---------------------------------------------------------------------------------------------- reviewing

  class Review {
    constructor(view) {
      this.view = view;
      this.api = view.api;
      this.queue = new Queue(this);
      this.mode = ""; // "", "reject", "edit", "pick", "kind"
      this.seq = view.data.seq || 0;
      this.reviewer = localStorage.getItem(FIELD_NAME) || this.api.reviewer || "";
      Object.assign(view.hooks, {
        actions: (row) => this.actions(row),
        unread: (span) => this.unreadButton(span),
        changed: (done, rows) => this.progressed(done, rows),
        selected: (row, before) => this.left(before),
        key: (event) => this.key(event),
        choose: (row, candidate) => this.choose(row, candidate),
        settle: (row, decision) => this.settle(row, decision),
        relook: (row) => this.relook(row),
        mark: (row) => this.mark(row),
        selecting: (span) => this.selecting(span),
      });
      this.toolbar();
      view.unreadList.replaceChildren();
      view.drawDetail();
      view.counted();
      this.poll();
      document.addEventListener("visibilitychange", () => { if (!document.hidden) this.poll(); });
      if (!this.reviewer) this.askName();
    }

    w(key, values) { return this.view.w(key, values); }

    button(key, words, act, more) {
      return h("button", { type: "button", onclick: act, "aria-keyshortcuts": key || null, "data-keep": "act-" + words, ...more },
        this.w(words), key && h("kbd", { "aria-hidden": "true" }, key));
    }

    // ------------------------------------------------------------------------------------------ the bar above

    toolbar() {
      this.progress = h("progress", { "aria-label": this.w("reviewed"), max: "1", value: "0" });
      this.share = h("span", { class: "share" });
      this.told = h("p", { class: "told", "aria-hidden": "true" });
      this.alarm = h("p", { class: "alarm", role: "alert", hidden: true });
      this.name = h("button", { type: "button", class: "name", onclick: () => this.askName() });
      this.showName();
      this.view.top.append(
        h("div", { class: "bar" },
          h("span", { class: "progress" }, this.progress, " ", this.share),
          this.button("n", "next.todo", () => this.view.nextTodo()),
          this.button("A", "accept.all", () => this.acceptAll()),
          this.button("i", "add.row", () => this.add()),
          this.button("u", "undo", () => this.undo()),
          this.button("?", "help", () => this.help()),
          this.name, this.told),
        this.alarm);
    }

    showName() {
      this.name.replaceChildren(this.w("reviewer"), ": ", this.reviewer ? said(this.reviewer, 40) : "?");
    }

    progressed(done, rows) {
      if (!this.progress) return;
      this.progress.max = Math.max(rows, 1);
      this.progress.value = done;
      this.share.textContent = this.view.number(done) + " / " + this.view.number(rows);
    }

    // Says something to the eyes and, through the live region, to screen readers.
    tell(words, bad) {
      this.told.textContent = words;
      this.told.classList.toggle("bad", Boolean(bad));
      clearTimeout(this.toldTimer);
      this.toldTimer = setTimeout(() => { this.told.textContent = ""; }, bad ? 15000 : 8000);
      this.view.say(words);
    }

    unsent(left, why) {
      this.alarm.hidden = !left;
      if (!left) return;
      const words = this.w("unsent", { n: left, why: why || "" });
      if (this.alarm.dataset.words === words) return;
      this.alarm.dataset.words = words;
      this.alarm.replaceChildren(h("span", {}, words), " ",
        h("button", { type: "button", onclick: () => this.queue.pump() }, this.w("try.again")));
    }

    // ------------------------------------------------------------------------------------------ verdicts

    actions(row) {
      const buttons = [
        this.button("a", "accept", () => this.accept(row), { class: "primary" }),
        this.button("r", "reject", () => this.reject(row)),
        this.button("e", "edit", () => this.edit(row)),
      ];
      if (row !== this.view.document) {
        buttons.push(
          this.button("s", "change.span", () => this.changeSpan(row)),
          this.button("x", "split", () => this.split(row)),
          this.button("m", "join", () => this.join(row)),
          this.button("␣", row.marked ? "unmark" : "mark", () => this.mark(row)));
      }
      if (row.verdict !== "todo") buttons.push(this.button("o", "reopen", () => this.decide([row], "reopen")));
      if (row === this.view.document) buttons.splice(1, 1);
      return h("div", { class: "actions", role: "group", "aria-label": this.w("verdicts") }, buttons);
    }

    // Sends one verdict about some rows, and says so.
    decide(rows, verdict, what) {
      const { changes = {}, reason = "", saved, refused } = what || {};
      if (!this.reviewer) {
        this.askName(() => this.decide(rows, verdict, what));
        return;
      }
      const job = {
        action: "decide", rows, verdict, saved, refused,
        body: () => ({
          items: rows.map((row, i) => ({
            table: row.table, row_id: row.id, verdict, reason, base: this.queue.known(job.bases[i]),
            changes: typeof changes === "function" ? changes(row) : changes || {},
          })),
        }),
      };
      this.queue.push(job);
      const words = rows.length === 1 ? this.view.plain(this.view.sentence(rows[0]), 60) : this.w("rows.n", { n: this.view.number(rows.length) });
      this.tell(this.w("said." + verdict, { row: words }));
    }

    // Whether the one at the keyboard has said this of the row, and nobody else something else.
    settled(row, verdicts) {
      if (row.conflict || row.look) return false;
      if (row.pending) return verdicts.includes(row.pending);
      return Boolean(row.state) && verdicts.includes(row.state.verdict) && row.state.reviewer === this.reviewer;
    }

    accept(row) {
      if (this.settled(row, ["accept", "correct", "add"])) this.tell(this.w("already"));
      else this.decide([row], "accept");
      this.onward(row);
    }

    // To the next row that is open; the row stays selected where it was the last.
    onward(row) {
      if (this.view.selected !== row) return;
      const open = (other) => other.shown && other !== this.view.document && other.verdict === "todo";
      const next = this.view.near(1, open);
      if (next) this.view.select(next, { focus: true, quiet: true });
      else this.focusRow();
    }

    focusRow() {
      const { card } = this.view.selected;
      if (card.offsetParent !== null) card.focus({ preventScroll: true });
    }

    // A form in the details' place. Leaving the row leaves the form.
    open(mode, row, ...content) {
      this.before = this.mode ? this.before : this.view.root.dataset.pane;
      this.mode = this.view.root.dataset.mode = mode;
      this.view.busy = true;
      this.view.showPane(this.view.root.dataset.pane === "unread" ? "rows" : this.view.root.dataset.pane);
      if (getComputedStyle(this.view.detail).display === "none") this.view.showPane("detail");
      this.view.detail.replaceChildren(...content.filter(Boolean));
      this.view.detail.scrollTop = 0;
    }

    close() {
      if (!this.mode) return;
      this.mode = this.view.root.dataset.mode = "";
      this.picking = null;
      this.view.highlight("chitieu-pick");
      this.view.busy = false;
      this.view.drawDetail();
      if (this.before) this.view.showPane(this.before);
      this.focusRow();
    }

    left(before) {
      if (this.mode === "edit" && this.form && this.form.row === before) before.draft = this.form.dirty() ? this.form.typed() : null;
      this.form = null;
      this.mode = this.view.root.dataset.mode = "";
      this.picking = null;
      this.view.highlight("chitieu-pick");
    }

    reject(row) {
      if (row === this.view.document) return;
      if (this.settled(row, ["reject"])) {
        this.tell(this.w("already"));
        return;
      }
      const say = (reason) => {
        this.close();
        this.decide([row], "reject", { reason });
        this.onward(row);
      };
      const text = h("input", { type: "text", id: "reject-reason", autocomplete: "off", maxlength: "500" });
      const reasons = [this.w("reject.not", { kind: this.view.kind(row.table).toLowerCase() }), this.w("reject.value"), this.w("reject.twice")];
      this.choices = [...reasons.map((reason) => () => say(reason)), () => text.focus()];
      const buttons = [...reasons, this.w("reject.other")].map((reason, i) => h("button", {
        type: "button", onclick: this.choices[i], "aria-keyshortcuts": String(i + 1),
      }, h("kbd", { "aria-hidden": "true" }, String(i + 1)), " ", reason));
      const form = h("form", {
        class: "reject", "aria-label": this.w("reject.why"),
        onsubmit: (event) => { event.preventDefault(); say(text.value.trim()); },
        onkeydown: (event) => this.escape(event),
      }, h("h3", {}, this.w("reject.why")), h("div", { class: "reasons" }, buttons),
      h("label", { for: "reject-reason" }, this.w("reject.words")), text,
      h("div", { class: "actions" }, h("button", { type: "submit", class: "primary" }, this.w("reject")),
        h("button", { type: "button", onclick: () => this.close() }, this.w("cancel"), h("kbd", { "aria-hidden": "true" }, "Esc"))));
      this.open("reject", row, this.view.detailHead(row), form, this.view.compared(row));
      buttons[0].focus();
    }

    escape(event) {
      if (event.key !== "Escape" || event.isComposing || event.defaultPrevented) return;
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }

    undo() {
      if (!this.reviewer) return;
      this.tell(this.w("undoing"));
      this.queue.push({
        action: "undo", rows: [], verdict: "", body: () => ({}),
        saved: (answer) => {
          const none = answer.undone === 0 || (answer.undone === undefined && !(answer.rows || []).length && !(answer.removed || []).length);
          this.tell(this.w(none ? "undo.none" : "undone", { n: (answer.rows || []).length + (answer.removed || []).length }));
          const row = (answer.rows || []).length && this.view.rows.get(answer.rows[0].id);
          if (row && !none) this.view.select(row, { focus: true, quiet: true });
        },
      });
    }

    acceptAll() {
      const rows = this.view.visible().filter((row) => row !== this.view.document && row.verdict === "todo" && !row.conflict);
      if (!rows.length) {
        this.tell(this.w("accept.all.none"));
        return;
      }
      this.confirm(this.w("accept.all"), this.w("accept.all.ask", { n: this.view.number(rows.length) }),
        this.w("accept.all.yes", { n: this.view.number(rows.length) }), () => this.decide(rows, "accept"));
    }

    // The editable columns in which a row would have to change to say what `cells` say.
    difference(row, cells) {
      const changes = {};
      for (const { name, editable } of this.view.data.fields[row.table]) {
        if (editable && (cells[name] || "") !== (row.cells[name] || "")) changes[name] = cells[name] || "";
      }
      return changes;
    }

    // Of two decisions that disagree the one that is to count: the row's own, or a rival's.
    settle(row, decision) {
      if (decision.verdict === "reject" || decision.verdict === "reopen") {
        this.decide([row], decision.verdict, { reason: decision.reason });
        return;
      }
      const changes = decision === row.state ? {} : this.difference(row, decision.cells || {});
      this.decide([row], Object.keys(changes).length ? "correct" : "accept", { changes, reason: decision.reason });
    }

    relook(row) {
      const keep = () => this.decide([row], row.verdict === "reject" ? "reject" : "accept", { reason: row.state.reason });
      const buttons = [h("button", { type: "button", class: "primary", onclick: keep }, this.w("look.keep"))];
      if (row.look === "changed") {
        buttons.push(h("button", { type: "button", onclick: () => this.decide([row], "correct", { changes: this.difference(row, row.state.now) }) }, this.w("look.take")));
      } else {
        buttons.push(h("button", { type: "button", onclick: () => this.reject(row) }, this.w("reject")));
      }
      return h("div", { class: "actions" }, buttons);
    }

    async choose(row, candidate) {
      let changes = { code: candidate.code };
      try {
        const options = await this.api.complete("place", candidate.code, row.cells.level);
        const option = options.find((one) => one.value === candidate.code || (one.fill && one.fill.code === candidate.code));
        if (option && option.fill) changes = this.difference(row, { ...row.cells, ...option.fill });
      } catch (error) { /* the code alone says which one */ }
      this.decide([row], "correct", { changes });
    }

    // ------------------------------------------------------------------------------------------ editing

    edit(row, proposal) {
      const form = new Form(this, row, proposal);
      this.form = form;
      this.open("edit", row, proposal ? h("header", {}, h("h2", {}, this.w("add.title", { kind: this.view.kind(row.table).toLowerCase() }))) : this.view.detailHead(row),
        proposal ? h("div", { class: "compared" }, h("h3", {}, this.w("in.document")), h("p", { class: "quote" }, this.view.inContext(row)))
          : this.view.compared(row), form.element);
      form.focus();
    }

    // ------------------------------------------------------------------------------------------ spans

    changeSpan(row) {
      if (row === this.view.document) return;
      const save = ([start, end]) => {
        this.close();
        this.clearSelection();
        if (start === row.start && end === row.end) {
          this.tell(this.w("span.same"));
          return;
        }
        this.decide([row], "correct", { changes: { start: String(start), end: String(end) } });
        this.focusRow();
      };
      if (this.view.last) save(this.view.last);
      else this.pick(this.w("change.span"), [row.start, row.end], save);
    }

    clearSelection() {
      document.getSelection().removeAllRanges();
      this.view.last = null;
    }

    // Lets the reviewer choose a stretch of the source by keys; the mouse works as well.
    pick(title, span, done) {
      const move = (which, by, words) => h("button", { type: "button", onclick: () => this.stretch(which, by, "word") }, words);
      this.picking = { span: [...span], done };
      this.pickedWords = h("p", { class: "says" });
      this.open("pick", this.view.selected, h("section", { class: "pick" }, h("h2", {}, title), h("p", { class: "hint" }, this.w("pick.hint")),
        this.pickedWords,
        h("div", { class: "actions", role: "group", "aria-label": this.w("pick.start") }, h("span", {}, this.w("pick.start")), move(0, -1, "←"), move(0, 1, "→")),
        h("div", { class: "actions", role: "group", "aria-label": this.w("pick.end") }, h("span", {}, this.w("pick.end")), move(1, -1, "←"), move(1, 1, "→")),
        h("div", { class: "actions" },
          h("button", { type: "button", class: "primary", onclick: () => this.picked() }, this.w("pick.done"), h("kbd", { "aria-hidden": "true" }, "Enter")),
          h("button", { type: "button", onclick: () => this.close() }, this.w("cancel"), h("kbd", { "aria-hidden": "true" }, "Esc")))));
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
      this.showPick();
    }

    showPick() {
      const [start, end] = this.picking.span;
      this.view.highlight("chitieu-pick", start, end);
      const words = this.view.offsets.slice(start, end);
      this.pickedWords.replaceChildren("“", said(words, 600), "”");
      const line = this.view.lineAt(start);
      this.view.reveal(this.view.text, line.element, () => this.view.range(start, end).getBoundingClientRect());
      this.view.say(this.view.plain(words, 200));
    }

    selecting(span) {
      if (this.mode !== "pick" || !span) return;
      this.picking.span = [...span];
      this.showPick();
    }

    picked() {
      const { span, done } = this.picking;
      done(span);
    }

    // Moves the start (0) or the end (1) of what is picked by one word or one character.
    stretch(which, by, what) {
      const { span } = this.picking;
      const at = span[which];
      const text = this.view.offsets;
      const one = what === "word" ? (by > 0 ? /^\s*\S+/ : /\S+\s*$/) : (by > 0 ? /^[^]/u : /[^]$/u);
      const window = by > 0 ? text.slice(at, Math.min(text.length, at + 400)) : text.slice(Math.max(0, at - 400), at);
      let step = one.exec(window);
      if (!step) return;
      let to = at + by * pointsIn(step[0]);
      if (what === "word" && which === 0 && by > 0) {
        step = /^\s*\S+\s*/.exec(window);
        to = at + pointsIn(step[0]);
      } else if (what === "word" && which === 1 && by < 0) {
        to -= pointsIn(/\s*$/.exec(text.slice(Math.max(0, to - 50), to))[0]);
      }
      if (which === 0 ? to >= span[1] : to <= span[0]) return;
      span[which] = to;
      this.showPick();
    }

    // A row of what is selected: its kind is asked, then its fields.
    add(given) {
      const start = (span) => {
        if (this.mode) this.close();
        this.askKind(span);
      };
      const span = given || this.view.last;
      if (span) {
        start(span);
        return;
      }
      const { selected } = this.view;
      const from = selected.end > 0 ? selected.end : 0;
      const rest = this.view.offsets.slice(from, Math.min(this.view.offsets.length, from + 400));
      const word = /^\s*(\S+)/.exec(rest) || /^()/.exec(rest);
      const begin = from + pointsIn(word[0]) - pointsIn(word[1]);
      if (!word[1]) this.tell(this.w("select.first"));
      else this.pick(this.w("add.row"), [begin, begin + pointsIn(word[1])], start);
    }

    askKind(span) {
      const take = (kind) => this.propose(kind, span);
      this.choices = KINDS.map((kind) => () => take(kind));
      const buttons = KINDS.map((kind, i) => h("button", {
        type: "button", class: "k-" + kind, onclick: this.choices[i], "aria-keyshortcuts": String(i + 1),
      }, h("kbd", { "aria-hidden": "true" }, String(i + 1)), " ", h("span", { class: "letter", "aria-hidden": "true" }, this.view.letters[kind]), " ", this.view.kind(kind)));
      this.open("kind", this.view.selected, h("section", { class: "kinds-ask", onkeydown: (event) => this.escape(event) },
        h("h2", {}, this.w("add.row")), h("p", { class: "says" }, "“", said(this.view.offsets.slice(...span), 600), "”"),
        h("p", { class: "hint" }, this.w("add.kind")), h("div", { class: "reasons" }, buttons),
        h("div", { class: "actions" }, h("button", { type: "button", onclick: () => this.close() }, this.w("cancel"), h("kbd", { "aria-hidden": "true" }, "Esc")))));
      this.view.highlight("chitieu-pick", ...span);
      buttons[0].focus();
    }

    async propose(table, [start, end]) {
      let cells = {};
      try {
        const answer = await this.api.post("propose", { reviewer: this.reviewer, table, start, end });
        if (answer.status !== 200) {
          const errors = answer.body.errors || [];
          this.tell(errors.map((error) => error[this.view.lang] || error.vi).join(" ") || this.w("refused", { status: answer.status }), true);
          return;
        }
        cells = answer.body.cells || {};
      } catch (error) {
        this.tell(this.w("unsent.network"), true);
        return;
      }
      const row = { id: "", table, start, end, cells, state: null, data: { section: "" }, flags: [] };
      this.clearSelection();
      this.edit(row, true);
    }

    unreadButton(span) {
      return h("button", { type: "button", onclick: () => this.propose("targets", span) }, this.w("add.target"));
    }

    // The selected words become a row of their own, what is left of them another.
    split(row) {
      if (row === this.view.document) return;
      const tidy = (start, end) => {
        const words = this.view.offsets.slice(start, end);
        const first = start + pointsIn(/^[\s;,.:]*(?:v(?:à|a\u0300)\s+)?/.exec(words)[0]);
        const last = end - pointsIn(/[\s;,]*$/.exec(words)[0]);
        return first < last ? [[first, last]] : [];
      };
      const cut = ([from, to]) => {
        const start = Math.max(from, row.start);
        const end = Math.min(to, row.end);
        const parts = start < end ? [...tidy(row.start, start), [start, end], ...tidy(end, row.end)] : [];
        this.close();
        this.clearSelection();
        if (parts.length < 2) {
          this.tell(this.w("split.inside"), true);
          return;
        }
        const job = {
          action: "split", rows: [row], verdict: "correct",
          body: () => ({ row_id: row.id, base: this.queue.known(job.bases[0]), parts }),
          saved: (answer) => {
            this.tell(this.w("said.split", { n: parts.length }));
            const first = (answer.rows || []).map((one) => this.view.rows.get(one.id)).find((one) => one && one.verdict !== "reject");
            if (first) this.view.select(first, { focus: true, quiet: true });
          },
        };
        this.queue.push(job);
      };
      const { last } = this.view;
      if (last && last[0] < row.end && row.start < last[1]) {
        cut(last);
        return;
      }
      const words = this.view.offsets.slice(row.start, row.end);
      const half = words.lastIndexOf(" ", Math.ceil(words.length / 2));
      this.pick(this.w("split.pick"), [row.start, half > 0 ? row.start + pointsIn(words.slice(0, half)) : row.end], cut);
    }

    mark(row) {
      row.marked = !row.marked;
      this.view.fillCard(row);
      if (row === this.view.selected && !this.view.busy) this.view.drawDetail();
      this.view.say(this.w(row.marked ? "marked" : "unmarked"));
    }

    join(row) {
      let rows = this.view.order.filter((other) => other.marked);
      if (rows.length < 2) {
        const next = this.view.near(1, (other) => other.shown && other.table === row.table && other.verdict !== "reject");
        rows = next ? [row, next] : [];
      }
      if (rows.length < 2 || rows.some((other) => other.table !== rows[0].table) || rows[0] === this.view.document) {
        this.tell(this.w("join.same"), true);
        return;
      }
      for (const other of rows) other.marked = false;
      const job = {
        action: "join", rows, verdict: "correct",
        body: () => ({ row_ids: rows.map((other) => other.id), bases: job.bases.map((base) => this.queue.known(base)) }),
        saved: (answer) => {
          this.tell(this.w("said.join", { n: rows.length }));
          const joined = (answer.rows || []).map((one) => this.view.rows.get(one.id)).find((one) => one && one.verdict !== "reject");
          if (joined) this.view.select(joined, { focus: true, quiet: true });
        },
      };
      this.queue.push(job);
    }

    // ------------------------------------------------------------------------------------------ keys

    // Whether the key meant something here.
    key(event) {
      const { view } = this;
      const row = view.selected;
      if (this.mode === "pick") return this.pickKey(event);
      if (this.mode === "reject" || this.mode === "kind") {
        const choice = this.choices[Number(event.key) - 1];
        if (choice) choice();
        else if (event.key === "Escape") this.close();
        return Boolean(choice) || event.key === "Escape";
      }
      if (this.mode) return false;
      const acts = {
        a: () => this.accept(row), r: () => this.reject(row), e: () => this.edit(row), u: () => this.undo(),
        s: () => this.changeSpan(row), i: () => this.add(), "+": () => this.add(), x: () => this.split(row), m: () => this.join(row),
        o: () => row.verdict !== "todo" && this.decide([row], "reopen"), A: () => this.acceptAll(), "?": () => this.help(),
        " ": () => row !== view.document && this.mark(row),
      };
      const name = event.key === "A" && !event.shiftKey ? "a" : event.key; // caps lock is not Shift
      const act = acts[name] || (name.length === 1 && !event.shiftKey ? acts[name.toLowerCase()] : undefined);
      if (!act) return false;
      act();
      return true;
    }

    pickKey(event) {
      const which = event.shiftKey ? 0 : 1;
      const moves = { ArrowLeft: [-1, "word"], ArrowRight: [1, "word"], ArrowUp: [-1, "character"], ArrowDown: [1, "character"] };
      if (moves[event.key]) this.stretch(which, ...moves[event.key]);
      else if (event.key === "Enter") this.picked();
      else if (event.key === "Escape") this.close();
      else return false;
      return true;
    }

    // ------------------------------------------------------------------------------------------ dialogs

    dialog(title, ...content) {
      const box = h("dialog", { class: "chitieu-dialog", "aria-labelledby": "dialog-title" }, h("h2", { id: "dialog-title" }, title), ...content);
      box.addEventListener("close", () => box.remove());
      this.view.root.append(box);
      box.showModal();
      return box;
    }

    confirm(title, words, yes, act) {
      const box = this.dialog(title, h("p", {}, words), h("div", { class: "actions" },
        h("button", { type: "button", class: "primary", autofocus: true, onclick: () => { box.close(); act(); } }, yes),
        h("button", { type: "button", onclick: () => box.close() }, this.w("cancel"))));
    }

    help() {
      const keys = [["j ↓", "next.row"], ["k ↑", "previous.row"], ["n", "next.todo"], ["a", "accept"], ["r", "reject"], ["e", "edit"],
        ["o", "reopen"], ["u", "undo"], ["s", "help.span"], ["i +", "help.add"], ["x", "help.split"], ["m", "help.join"], ["␣", "help.mark"],
        ["A", "accept.all"], ["Esc", "help.escape"], ["?", "help"]];
      const box = this.dialog(this.w("help.title"),
        h("table", {}, h("thead", { class: "sr" }, h("tr", {}, h("th", { scope: "col" }, this.w("help.key")), h("th", { scope: "col" }, this.w("help.does")))),
          h("tbody", {}, keys.map(([names, words]) => h("tr", {}, h("th", { scope: "row" }, names.split(" ").map((name) => h("kbd", {}, name))), h("td", {}, this.w(words)))))),
        h("p", { class: "hint" }, this.w("help.mouse")),
        h("div", { class: "actions" }, h("button", { type: "button", class: "primary", autofocus: true, onclick: () => box.close() }, this.w("close"))));
    }

    askName(then) {
      if (document.querySelector("dialog[open]")) return;
      const field = h("input", { type: "text", id: "reviewer-name", autocomplete: "name", maxlength: "80", required: true, value: this.reviewer });
      const box = this.dialog(this.w("name.title"), h("form", {
        onsubmit: (event) => {
          event.preventDefault();
          const name = field.value.trim();
          if (!name) return;
          this.reviewer = name;
          localStorage.setItem(FIELD_NAME, name);
          this.showName();
          box.close();
          if (then) then();
        },
      }, h("p", {}, this.w("name.hint")), h("label", { for: "reviewer-name" }, this.w("reviewer")), field,
      h("div", { class: "actions" }, h("button", { type: "submit", class: "primary" }, this.w("save")))));
      field.focus();
    }

    // ------------------------------------------------------------------------------------------ others

    // What other reviewers decide comes in every few seconds.
    async poll() {
      clearTimeout(this.pollTimer);
      if (document.hidden) return;
      const { epoch } = this.queue;
      try {
        if (!this.queue.sending) {
          const { seq, rows, removed, doc } = await this.api.changes(this.seq);
          // An answer to a POST that came in between knows more.
          if (epoch === this.queue.epoch && !this.queue.sending) {
            this.seq = seq;
            this.arrived([...(doc ? [this.view.documentRow(doc)] : []), ...(rows || [])], removed || []);
          }
        }
      } catch (error) {
        if (error.message === "403" || error.message === "401") this.tell(this.w("refused.session"), true);
      }
      clearTimeout(this.pollTimer);
      this.pollTimer = setTimeout(() => this.poll(), POLL);
    }

    arrived(rows, removed) {
      const summary = (data) => data && data.state && JSON.stringify([data.state.review_id, data.state.look, data.state.rivals]);
      const fresh = rows.filter((data) => {
        const row = this.view.rows.get(data.id);
        return !row || summary(row.data) !== summary(data);
      });
      const gone = removed.filter((id) => this.view.rows.has(id));
      if (!fresh.length && !gone.length) return;
      this.view.update(fresh, gone);
      const others = new Set(fresh.map((data) => data.state && data.state.reviewer).filter((name) => name && name !== this.reviewer));
      if (others.size) this.tell(this.w("others", { who: [...others].map((name) => this.view.plain(name, 40)).join(", "), n: fresh.length }));
    }
  }

  // ---------------------------------------------------------------------------------------------- the form of a row

  class Form {
    constructor(review, row, proposal) {
      this.review = review;
      this.view = review.view;
      this.row = row;
      this.proposal = Boolean(proposal);
      this.inputs = new Map();
      this.fields = this.view.data.fields[row.table].filter((field) => field.editable && (field.name === "flags" || !HIDDEN.has(field.name)));
      this.error = h("p", { class: "error", role: "alert", hidden: true });
      this.save = h("button", { type: "submit", class: "primary" }, this.view.w("save"), h("kbd", { "aria-hidden": "true" }, "Enter"));
      this.element = h("form", {
        class: "edit", novalidate: true, "aria-label": this.view.w("edit"), autocomplete: "off",
        onsubmit: (event) => { event.preventDefault(); this.submit(); },
        onkeydown: (event) => {
          if (event.key === "Enter" && event.ctrlKey && !event.isComposing) this.submit();
          else review.escape(event);
        },
      }, this.error, this.fields.map((field) => field.name === "flags" ? this.flags(field) : this.line(field)), h("div", { class: "actions sticky" }, this.save,
        h("button", { type: "button", onclick: () => review.close() }, this.view.w("cancel"), h("kbd", { "aria-hidden": "true" }, "Esc"))));
      this.start = this.typed();
      if (row.draft) {
        for (const [name, text] of Object.entries(row.draft)) if (this.inputs.has(name)) this.inputs.get(name).value = text;
        row.draft = null;
        this.view.say(this.view.w("draft"));
      }
    }

    line(field) {
      const { view } = this;
      const id = "field-" + field.name;
      const text = this.written(field, this.row.cells[field.name] || "");
      const hintWords = { date: "hint.date", int: "hint.int", decimal: "hint.decimal", float: "hint.decimal", list: "hint.list" }[field.type];
      const hint = hintWords && h("span", { class: "hint", id: id + "-hint" }, view.w(hintWords));
      const error = h("span", { class: "error", id: id + "-error", hidden: true });
      const described = { "aria-describedby": [hint && id + "-hint", id + "-error"].filter(Boolean).join(" ") };
      let input;
      if (field.values.length) {
        input = h("select", { id, ...described }, h("option", { value: "" }, "—"), field.values.map((value) =>
          h("option", { value }, view.valueWords(field, value))));
      } else if (text.length > 34 || text.includes("\n")) {
        input = h("textarea", { id, rows: String(Math.min(6, Math.ceil(text.length / 34))), lang: "vi", ...described });
      } else {
        input = h("input", { type: "text", id, lang: "vi", spellcheck: "false", autocomplete: "off", ...described });
        if (field.type === "int" || field.type === "decimal" || field.type === "float") input.inputMode = "decimal";
      }
      input.value = text;
      input.addEventListener("input", () => this.wrong(field.name, ""));
      this.inputs.set(field.name, input);
      const box = h("div", { class: "field" }, h("label", { for: id }, field.label[view.lang]), input, hint, error);
      if (field.completes) new Completion(this, field, input, box);
      return box;
    }

    // The checks that the row fails, each to be taken away; which ones a row can fail is for the rules to say.
    flags(field) {
      const { view } = this;
      const codes = (this.row.cells.flags || "").split(";").filter(Boolean);
      if (!codes.length) return null;
      const kept = new Set(codes);
      const input = h("input", { type: "hidden", id: "field-flags", value: codes.join(";") });
      this.inputs.set(field.name, input);
      return h("fieldset", { class: "flags" }, h("legend", {}, field.label[view.lang]), codes.map((code) => h("label", { class: "check" },
        h("input", { type: "checkbox", checked: true, onchange: (event) => {
          if (event.target.checked) kept.add(code);
          else kept.delete(code);
          input.value = codes.filter((one) => kept.has(one)).join(";");
        } }), view.flagWords(code))), input, h("span", { class: "error", id: "field-flags-error", hidden: true }));
    }

    focus() {
      const first = [...this.inputs.values()].find((input) => input.type !== "hidden");
      if (first) {
        first.focus();
        if (first.select) first.select();
      }
    }

    typed() { return Object.fromEntries([...this.inputs].map(([name, input]) => [name, input.value])); }

    dirty() { return JSON.stringify(this.typed()) !== JSON.stringify(this.start); }

    // A cell as it is written in the field: dates and decimals in the language's way.
    written(field, text) {
      if (this.view.lang !== "vi") return text;
      if (field.type === "date") return text.replace(/^(\d{4})-(\d\d)-(\d\d)$/, "$3/$2/$1");
      if (field.type === "decimal") return text.replace(".", ",");
      return text;
    }


    wrong(name, words) {
      const input = this.inputs.get(name);
      const line = document.getElementById(input.id + "-error");
      if (words) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
      if (!line) return;
      line.hidden = !words;
      line.textContent = words;
    }

    submit() {
      const { row } = this;
      const changes = {};
      for (const field of this.fields) {
        if (!this.inputs.has(field.name)) continue;
        const { value } = this.inputs.get(field.name);
        this.wrong(field.name, "");
        if (value !== this.written(field, row.cells[field.name] || "")) changes[field.name] = value.trim();
      }
      if (this.proposal) this.add(changes);
      else this.correct(changes);
    }

    correct(changes) {
      const { row, view, review } = this;
      if (!Object.keys(changes).length) {
        review.close();
        review.tell(view.w("nothing.changed"));
        return;
      }
      this.busy(true);
      review.decide([row], "correct", {
        changes,
        saved: () => { if (review.form === this) { review.form = null; review.close(); } },
        refused: (errors) => this.refused(errors),
      });
    }

    add(typed) {
      const { row, view, review } = this;
      const changes = { ...row.cells, ...typed, start: String(row.start), end: String(row.end) };
      for (const name of Object.keys(changes)) if (changes[name] === "") delete changes[name];
      this.busy(true);
      const send = () => review.queue.push({
        action: "decide", rows: [], verdict: "add",
        body: () => ({ items: [{ table: row.table, row_id: "", verdict: "add", changes, reason: "", base: "" }] }),
        saved: (answer) => {
          if (review.form === this) {
            review.form = null;
            review.close();
          }
          const added = (answer.rows || []).map((one) => view.rows.get(one.id)).find(Boolean);
          if (added) view.select(added, { focus: true, quiet: true });
          review.tell(view.w("said.add", { row: added ? view.plain(view.sentence(added), 60) : "" }));
        },
        refused: (errors) => this.refused(errors),
      });
      if (review.reviewer) send();
      else review.askName(send);
    }

    busy(on) {
      this.save.disabled = on;
      this.element.setAttribute("aria-busy", String(on));
    }

    refused(errors) {
      this.busy(false);
      const rest = [];
      let first = null;
      for (const error of errors) {
        const words = error[this.view.lang] || error.vi || error.en;
        if (this.inputs.has(error.column)) {
          this.wrong(error.column, words);
          first = first || this.inputs.get(error.column);
        } else rest.push(words);
      }
      this.error.hidden = !rest.length && Boolean(first);
      this.error.textContent = rest.join(" ") || (first ? "" : this.view.w("not.saved"));
      if (first) first.focus();
    }
  }

  // A list of what a field may hold, below it while it is typed into (the ARIA pattern "combobox").
  class Completion {
    constructor(form, field, input, box) {
      Object.assign(this, { form, field, input, asked: 0, options: [], at: -1 });
      this.list = h("ul", { class: "completions", role: "listbox", id: input.id + "-list", "aria-label": field.label[form.view.lang], hidden: true });
      for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id })) {
        input.setAttribute(name, value);
      }
      input.after(this.list);
      box.classList.add("completing");
      input.addEventListener("input", (event) => { if (!event.isComposing) this.later(); });
      input.addEventListener("compositionend", () => this.later());
      input.addEventListener("blur", () => setTimeout(() => this.hide(), 150));
      input.addEventListener("keydown", (event) => this.key(event));
    }

    later() {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.ask(), 150);
    }

    async ask() {
      const typed = this.input.value.trim();
      const asked = ++this.asked;
      if (!typed) {
        this.hide();
        return;
      }
      const level = this.form.inputs.get("level");
      let options = [];
      try {
        options = await this.form.review.api.complete(this.field.completes, typed, level ? level.value : "");
      } catch (error) { /* the field can be filled without */ }
      if (asked === this.asked && document.activeElement === this.input) this.show(options);
    }

    show(options) {
      this.options = options.slice(0, 30);
      this.at = -1;
      this.list.replaceChildren(...this.options.map((option, i) => h("li", {
        role: "option", id: this.list.id + "-" + i, "aria-selected": "false",
        onmousedown: (event) => { event.preventDefault(); this.take(option); },
      }, said(option.label || option.value, 200))));
      this.list.hidden = !this.options.length;
      this.input.setAttribute("aria-expanded", String(!this.list.hidden));
      this.input.removeAttribute("aria-activedescendant");
      this.form.view.say(this.form.view.w("completions", { n: this.options.length }));
    }

    hide() {
      this.asked++;
      this.list.hidden = true;
      this.at = -1;
      this.input.setAttribute("aria-expanded", "false");
      this.input.removeAttribute("aria-activedescendant");
    }

    key(event) {
      if (event.isComposing || event.keyCode === 229) return;
      if (event.key === "ArrowDown" && this.list.hidden) this.ask();
      else if (this.list.hidden) return;
      else if (event.key === "ArrowDown" || event.key === "ArrowUp") this.move(event.key === "ArrowDown" ? 1 : -1);
      else if (event.key === "Enter" && this.at >= 0) this.take(this.options[this.at]);
      else if (event.key === "Escape") this.hide();
      else return;
      event.preventDefault();
      event.stopPropagation();
    }

    move(step) {
      const count = this.options.length;
      this.at = (this.at + step + count) % count;
      [...this.list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === this.at)));
      const item = this.list.children[this.at];
      this.input.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
    }

    take(option) {
      this.input.value = this.form.written(this.field, option.value);
      for (const [name, text] of Object.entries(option.fill || {})) {
        const input = this.form.inputs.get(name);
        const field = this.form.view.field(this.form.row.table, name);
        if (input && field) input.value = this.form.written(field, text);
      }
      this.input.dispatchEvent(new Event("change"));
      this.form.wrong(this.field.name, "");
      this.hide();
    }
  }

  window.chitieu.review = (view) => new Review(view);

  // ---------------------------------------------------------------------------------------------- the page

  async function start() {
    const element = document.getElementById("document");
    if (!element) return;
    const words = JSON.parse(document.getElementById("words").textContent);
    const csrf = document.querySelector('meta[name="csrf-token"]').content;
    const api = new Api(element.dataset.docId, csrf);
    api.reviewer = element.dataset.reviewer || "";
    try {
      const data = await api.data();
      const view = window.chitieu.mount(element, data, { lang: document.documentElement.lang, words, readonly: false, api });
      element.dataset.ready = "true";
      element.removeAttribute("aria-busy");
      window.chitieu.current = view;
      performance.mark("chitieu-ready");
    } catch (error) {
      element.removeAttribute("aria-busy");
      element.replaceChildren(h("p", { class: "alarm", role: "alert" }, words["load.failed"] + " (" + error.message + ")"));
      throw error;
    }
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
