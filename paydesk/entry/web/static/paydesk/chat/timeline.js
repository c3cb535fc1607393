// The list of lines on the page: puts in what the server rendered, once and in order, and keeps
// what is still unsent at the end. Knows no network.

const NEAR = 80; // pixels from the end that still count as reading the newest

export class Timeline {
  constructor(list, scroll, texts) {
    this.list = list;
    this.scroll = scroll;
    this.texts = texts;
    this.#stayAtEnd();
  }

  get last() {
    return this.#sequences().at(-1) ?? Number(this.list.dataset.last);
  }

  get first() {
    return this.#sequences()[0] ?? 0;
  }

  get atEnd() {
    return this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < NEAR;
  }

  // Puts in rendered lines; answers those that were not there yet.
  merge(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    const fresh = [];
    for (const line of [...template.content.children]) {
      if (line.matches(".day")) {
        this.#place(line, Number(line.nextElementSibling?.dataset.sequence ?? this.last) - 0.5);
        continue;
      }
      const there = document.getElementById(line.id);
      if (there) there.replaceWith(line);
      else {
        if (line.dataset.client) this.pending(line.dataset.client)?.remove();
        this.#place(line, Number(line.dataset.sequence));
        fresh.push(line);
      }
    }
    this.#oneOfEachDay();
    return fresh;
  }

  // Older lines come in above without moving what is being read.
  mergeAbove(html) {
    const before = this.scroll.scrollHeight;
    this.list.setAttribute("aria-busy", "true");
    this.merge(html);
    this.scroll.scrollTop += this.scroll.scrollHeight - before;
    this.list.removeAttribute("aria-busy");
  }

  pending(id) {
    return this.list.querySelector(`.pending-item[data-client="${CSS.escape(id)}"]`);
  }

  // An unsent message of the outbox as a bubble of its own, with its state in words.
  showUnsent(message, outbox) {
    let line = this.pending(message.id);
    if (!line) {
      line = document.createElement("li");
      line.className = "msg me pending-item";
      line.dataset.client = message.id;
      this.list.append(line);
    }
    const failed = message.state === "failed";
    line.classList.toggle("pending", !failed);
    line.classList.toggle("failed", failed);
    const meta = document.createElement("div");
    meta.className = "meta";
    meta.append(this.#words(message));
    if (failed) {
      meta.append(this.#button(this.texts.again, () => outbox.retry(message.id)));
      meta.append(this.#button(this.texts.drop, () => (outbox.discard(message.id), line.remove())));
    }
    const names = (message.fields.names || "").split("\n").filter(Boolean);
    line.replaceChildren(message.fields.body, ...names.map((name) => this.#file(name)), meta);
  }

  receipts(read) {
    for (const line of this.list.querySelectorAll("li.msg.me[data-sequence]")) {
      const note = line.querySelector("[data-receipt]");
      if (note) note.textContent = Number(line.dataset.sequence) <= read ? this.texts.seen : this.texts.sent;
    }
  }

  toEnd() {
    this.scroll.scrollTop = this.scroll.scrollHeight;
  }

  // Whoever reads the newest line goes on seeing it when the composer below takes more room (files,
  // a longer text) or the keyboard of a phone comes up.
  #stayAtEnd() {
    let end = true;
    this.scroll.addEventListener("scroll", () => (end = this.atEnd), { passive: true });
    new ResizeObserver(() => end && this.toEnd()).observe(this.scroll);
  }

  #words({ state, reason, problem, attempts }) {
    if (state === "failed") {
      return reason === "signed_out" ? this.texts.signedOut : `${this.texts.failed} ${problem}`;
    }
    return attempts || !navigator.onLine ? this.texts.waiting : this.texts.sending;
  }

  #button(text, does) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn-link";
    button.textContent = text;
    button.addEventListener("click", does);
    return button;
  }

  #file(name) {
    const line = document.createElement("div");
    line.className = "small";
    line.textContent = `📎 ${name}`;
    return line;
  }

  #sequences() {
    return [...this.list.querySelectorAll("li[data-sequence]")].map((line) => Number(line.dataset.sequence));
  }

  #place(line, sequence) {
    line.dataset.place = sequence;
    const later = [...this.list.children].find((one) => this.#placeOf(one) > sequence);
    this.list.insertBefore(line, later ?? null);
  }

  #placeOf(line) {
    if (line.matches(".pending-item")) return Infinity;
    return Number(line.dataset.place ?? line.dataset.sequence ?? this.#placeOfDay(line));
  }

  #placeOfDay(line) {
    return line.matches(".day") ? Number(line.nextElementSibling?.dataset.sequence ?? 0) - 0.5 : -1;
  }

  #oneOfEachDay() {
    let shown = null;
    for (const line of this.list.querySelectorAll("li.day")) {
      if (line.dataset.day === shown) line.remove();
      else shown = line.dataset.day;
    }
  }
}
