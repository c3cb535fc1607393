// One open conversation: catches up with the server, draws what waits to be sent, marks what is read.

import { Composer } from "./composer.js";

const TYPING_LASTS = 6000;
const COLLEAGUE_STAYS = 90000;
const CUSTOMER_STAYS = 90000;
const NEAR = 120;

/** Opens the conversation of a `main[data-conversation]`. */
export function mount(main) {
  return new Conversation(main);
}

class Conversation {
  #talk;
  #scroll;
  #composer;
  #busy = false;
  #again = false;
  #read = 0;
  #timers = {};
  #colleagues = new Map();
  #closed = new AbortController();

  constructor(main) {
    this.main = main;
    this.number = main.dataset.conversation;
    this.#talk = main.querySelector("[data-talk]");
    this.#scroll = main.querySelector("[data-scroll]");
    this.#composer = new Composer(main, { onAcknowledged: () => this.catchUp(), onDrawn: () => this.#toEnd(true) });
    const { signal } = this.#closed;
    this.#scroll.addEventListener("scroll", () => this.#seen(), { signal, passive: true });
    document.addEventListener("visibilitychange", () => this.#seen(), { signal });
    addEventListener("focus", () => this.#seen(), { signal });
    main.querySelector("[data-to-end]").addEventListener("click", () => this.#toEnd(true), { signal });
    this.#toEnd(true);
    this.#stayAtEnd(signal);
    this.#seen();
    this.catchUp(); // what came between rendering and now
  }

  close() {
    this.#closed.abort();
    this.#composer.close();
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
    for (const { timer } of this.#colleagues.values()) clearTimeout(timer);
  }

  write(mode) {
    this.#composer.focus(mode);
    return true;
  }

  #lastOf() {
    const lines = this.#talk.querySelectorAll("[data-sequence]");
    return lines.length ? Number(lines[lines.length - 1].dataset.sequence) : 0;
  }

  /** Fetches the lines after the last one; asked for while it runs, it runs once more. */
  async catchUp() {
    this.#again = true;
    if (this.#busy) return;
    this.#busy = true;
    try {
      while (this.#again && !this.#closed.signal.aborted) {
        this.#again = false;
        if (await this.#fetchNew()) this.#again = true;
      }
    } catch {
      this.#timers.retry = setTimeout(() => this.catchUp(), 3000);
    } finally {
      this.#busy = false;
    }
  }

  async #fetchNew() {
    const lines = this.#talk.querySelectorAll("[data-sequence]");
    const day = lines.length ? lines[lines.length - 1].dataset.dayKey : "";
    const query = new URLSearchParams({ after: this.#lastOf(), day });
    const response = await fetch(`${this.main.dataset.entries}?${query}`, { headers: { "X-Requested-With": "fetch" }, signal: this.#closed.signal });
    if (!response.ok) throw new Error(String(response.status));
    const told = await response.json();
    const near = this.#isNear();
    const added = this.#append(told.html);
    this.#drawMarks(told.read, told.delivered);
    if (added.length) {
      this.#announce(added);
      if (near) this.#toEnd(false);
      else this.main.querySelector("[data-to-end]").hidden = false;
      this.#seen();
    }
    return told.more;
  }

  #append(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    const added = [];
    for (const line of [...template.content.children]) {
      const { sequence, clientId } = line.dataset;
      if (sequence && this.#talk.querySelector(`[data-sequence="${sequence}"]`)) continue;
      if (clientId) this.#composer.acknowledge(clientId);
      line.classList.add("new-entry");
      this.#talk.append(line);
      if (sequence) added.push(line);
    }
    htmx.process(this.#talk);
    return added;
  }

  #announce(lines) {
    const said = document.querySelector("[data-said]");
    const others = lines.filter((line) => !line.classList.contains("me"));
    if (said && others.length) said.textContent = others.map((line) => line.textContent.trim()).join(" ").slice(0, 300);
    if (lines.some((line) => line.classList.contains("msg"))) this.#hideTyping();
  }

  /** How far the customer's side (or the desk) has read. */
  marks({ reader, read, delivered }) {
    if (reader !== "staff") this.#drawMarks(read, delivered);
  }

  #drawMarks(read, delivered) {
    const words = this.main.dataset;
    for (const mark of this.#talk.querySelectorAll("[data-mark]")) {
      const sequence = Number(mark.dataset.mark);
      const text = sequence <= read ? words.wordRead : sequence <= delivered ? words.wordDelivered : null;
      if (text && mark.textContent !== `· ${text}`) mark.textContent = `· ${text}`;
    }
  }

  typing({ who, id }) {
    if (who === "staff") {
      // Who is no known colleague has not told a name yet; that comes with the presence.
      if (this.#colleagues.has(id)) this.presence({ who, id });
      return;
    }
    const line = this.main.querySelector("[data-typing-line]");
    const near = this.#isNear();
    line.hidden = false;
    if (near) this.#toEnd(false);
    clearTimeout(this.#timers.typing);
    this.#timers.typing = setTimeout(() => this.#hideTyping(), TYPING_LASTS);
    this.presence({ who });
  }

  #hideTyping() {
    this.main.querySelector("[data-typing-line]").hidden = true;
  }

  /** Shows who is there; answers whether it is a colleague who has only just come. */
  presence({ who, id, name }) {
    if (who === "staff") {
      if (id === this.main.dataset.me) return false;
      const known = this.#colleagues.get(id);
      clearTimeout(known?.timer);
      const timer = setTimeout(() => {
        this.#colleagues.delete(id);
        this.#drawColleagues();
      }, COLLEAGUE_STAYS);
      this.#colleagues.set(id, { name: name || known.name, timer });
      this.#drawColleagues();
      return !known;
    }
    const chip = this.main.querySelector("[data-online]");
    chip.hidden = false;
    chip.classList.add("ok");
    chip.textContent = chip.dataset.yes;
    clearTimeout(this.#timers.customer);
    this.#timers.customer = setTimeout(() => {
      chip.classList.remove("ok");
      chip.textContent = chip.dataset.no;
    }, CUSTOMER_STAYS);
    return false;
  }

  #drawColleagues() {
    const banner = this.main.querySelector("[data-colleague]");
    const names = [...this.#colleagues.values()].map(({ name }) => name);
    const near = this.#isNear(); // the banner takes room from the lines above it
    banner.hidden = !names.length;
    const text = banner.querySelector("[data-text]");
    text.textContent = text.dataset.text.replace("[name]", names.join("、"));
    if (near) this.#toEnd(false);
  }

  // Whoever reads the newest line goes on seeing it when the composer below takes more room, or
  // when the words under an unsent line become longer.
  #stayAtEnd(signal) {
    let end = true;
    this.#scroll.addEventListener("scroll", () => (end = this.#isNear()), { signal, passive: true });
    const watch = new ResizeObserver(() => end && this.#toEnd(true));
    watch.observe(this.#scroll);
    watch.observe(this.main.querySelector("[data-pending]"));
    signal.addEventListener("abort", () => watch.disconnect());
  }

  #isNear() {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroll;
    return scrollHeight - scrollTop - clientHeight < NEAR;
  }

  #toEnd(at) {
    this.#scroll.scrollTo({ top: this.#scroll.scrollHeight, behavior: at ? "instant" : "smooth" });
    this.main.querySelector("[data-to-end]").hidden = true;
  }

  /** What stands at the bottom of a page that has the focus has been seen. */
  #seen() {
    if (this.#isNear()) this.main.querySelector("[data-to-end]").hidden = true;
    const last = this.#lastOf();
    if (document.hidden || !document.hasFocus() || !this.#isNear() || last <= this.#read) return;
    this.#read = last;
    const told = new URLSearchParams({ read: last });
    fetch(this.main.dataset.read, { method: "POST", body: told, headers: this.#composer.headers() }).catch(() => (this.#read = 0));
  }
}
