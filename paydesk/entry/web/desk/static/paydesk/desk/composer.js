// Writing: reply or internal note, files, drafts kept per case, and the outbox that loses nothing.

import { openOutbox } from "../live/outbox.js";

const TYPING_EVERY = 3000;

export class Composer {
  #main;
  #form;
  #text;
  #problem;
  #pending;
  #template;
  #outbox;
  #mode = "reply";
  #files = new Map();
  #typedAt = 0;
  #onAcknowledged;
  #onDrawn;
  #closed = new AbortController();

  constructor(main, { onAcknowledged, onDrawn }) {
    this.#main = main;
    this.#form = main.querySelector("[data-composer]");
    this.#text = main.querySelector("[data-draft]");
    this.#problem = main.querySelector("[data-problem]");
    this.#pending = main.querySelector("[data-pending]");
    this.#template = main.querySelector("[data-pending-line]");
    this.#onAcknowledged = onAcknowledged;
    this.#onDrawn = onDrawn;
    if (!/Mac|iPhone|iPad/.test(navigator.platform)) this.#form.querySelector("[data-send] kbd").textContent = "Ctrl ↵";
    this.#restore();
    this.#listen();
    this.#outbox = openOutbox({
      name: `desk:${main.dataset.me}:${main.dataset.conversation}`,
      url: main.dataset.post,
      headers: () => this.headers(),
      onChange: (message) => this.#changed(message),
    });
    for (const message of this.#outbox.messages()) this.#draw(message);
  }

  headers() {
    return { "X-CSRFToken": this.#form.querySelector("[name=csrfmiddlewaretoken]").value, "X-Requested-With": "fetch" };
  }

  close() {
    this.#closed.abort();
    this.#outbox.close();
  }

  focus(mode) {
    this.#choose(mode);
    this.#text.focus();
  }

  acknowledge(id) {
    this.#outbox.acknowledge(id);
    this.#line(id)?.remove();
  }

  #listen() {
    const { signal } = this.#closed;
    this.#form.addEventListener("submit", (event) => this.#send(event), { signal });
    this.#text.addEventListener("input", () => this.#typed(), { signal });
    this.#text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.metaKey || event.ctrlKey) && !event.isComposing) this.#send(event);
    }, { signal });
    this.#text.addEventListener("paste", (event) => this.#pasted(event), { signal });
    this.#form.querySelector("[data-attach]").addEventListener("change", ({ target }) => {
      this.#upload([...target.files]);
      target.value = "";
    }, { signal });
    const tabs = [...this.#form.querySelectorAll("[data-mode]")];
    for (const tab of tabs) {
      tab.addEventListener("click", () => this.focus(tab.dataset.mode), { signal });
      tab.addEventListener("keydown", ({ key }) => {
        if (key !== "ArrowLeft" && key !== "ArrowRight") return;
        const other = tabs.find((one) => one !== tab);
        this.#choose(other.dataset.mode);
        other.focus();
      }, { signal });
    }
  }

  #choose(mode) {
    this.#mode = mode;
    this.#form.dataset.mode = mode;
    for (const tab of this.#form.querySelectorAll("[data-mode]")) {
      const here = tab.dataset.mode === mode;
      tab.setAttribute("aria-selected", String(here));
      tab.tabIndex = here ? 0 : -1;
      if (here) this.#form.querySelector("[role=tabpanel]").setAttribute("aria-labelledby", tab.id);
    }
    this.#text.placeholder = this.#text.dataset[mode];
    this.#keep();
  }

  #send(event) {
    event.preventDefault();
    const body = this.#text.value.trim();
    const waiting = [...this.#files.values()].some(({ state }) => state === "uploading");
    if (waiting || (!body && !this.#files.size)) return;
    const files = [...this.#files.values()].filter(({ state }) => state === "ready").map(({ id }) => id);
    this.#outbox.send({ body, internal: this.#mode === "note" ? "1" : "", files: files.join(",") });
    this.#text.value = "";
    this.#files.clear();
    this.#form.querySelector("[data-uploads]").replaceChildren();
    this.#say("");
    this.#choose("reply");
    this.#text.focus();
  }

  #changed(message) {
    this.#draw(message);
    if (message.state === "sent") this.#onAcknowledged();
    if (message.state === "failed") this.#explain(message);
  }

  async #explain({ id, reason, status }) {
    const meta = this.#line(id)?.querySelector("[data-meta]");
    if (meta && reason === "signed_out") location.reload();
    if (meta && status) meta.title = String(status);
  }

  #line(id) {
    return this.#pending.querySelector(`[data-pending-id="${CSS.escape(id)}"]`);
  }

  /** A message that the server has not acknowledged, at the end of the conversation. */
  #draw(message) {
    let line = this.#line(message.id);
    if (message.state === "sent") {
      // It stays until the conversation shows the real line, so that nothing flickers.
      if (line) setTimeout(() => line.remove(), 4000);
      return;
    }
    if (this.#main.querySelector(`[data-talk] [data-client-id="${CSS.escape(message.id)}"]`)) return this.#outbox.acknowledge(message.id);
    const fresh = !line;
    if (fresh) {
      line = this.#template.content.firstElementChild.cloneNode(true);
      line.dataset.pendingId = message.id;
      line.classList.toggle("note", Boolean(message.fields.internal));
      line.querySelector("[data-body]").textContent = message.fields.body;
      this.#pending.append(line);
    }
    const meta = line.querySelector("[data-meta]");
    line.classList.toggle("refused", message.state === "failed");
    if (message.state === "failed") this.#offer(meta, message);
    else meta.textContent = message.attempts || !navigator.onLine ? meta.dataset.waiting : meta.dataset.sending;
    if (fresh) this.#onDrawn(); // with its words under it: they take room too
  }

  #offer(meta, message) {
    const button = (words, act) => {
      const made = document.createElement("button");
      made.type = "button";
      made.className = "btn-link";
      made.textContent = words;
      made.addEventListener("click", act);
      return made;
    };
    meta.replaceChildren(
      meta.dataset.refused,
      button(meta.dataset.retry, () => this.#outbox.retry(message.id)),
      button(meta.dataset.edit, () => {
        this.#outbox.discard(message.id);
        this.#line(message.id)?.remove();
        this.#text.value = message.fields.body;
        this.focus(message.fields.internal ? "note" : "reply");
      }),
    );
  }

  #typed() {
    this.#keep();
    if (Date.now() - this.#typedAt < TYPING_EVERY || !this.#text.value) return;
    this.#typedAt = Date.now();
    const told = new URLSearchParams({ internal: this.#mode === "note" ? "1" : "" });
    fetch(this.#main.dataset.typing, { method: "POST", body: told, headers: this.headers() }).catch(() => {});
  }

  #key() {
    return `desk-draft:${this.#main.dataset.me}:${this.#main.dataset.conversation}`;
  }

  #keep() {
    try {
      if (this.#text.value) sessionStorage.setItem(this.#key(), JSON.stringify({ mode: this.#mode, text: this.#text.value }));
      else sessionStorage.removeItem(this.#key());
    } catch {
      // no storage: the draft lives as long as the page
    }
  }

  #restore() {
    try {
      const { mode, text } = JSON.parse(sessionStorage.getItem(this.#key())) ?? {};
      if (!text) return;
      this.#text.value = text;
      this.#choose(mode);
    } catch {
      // nothing kept, or not readable
    }
  }

  #pasted({ clipboardData }) {
    const files = [...clipboardData.files];
    if (files.length) this.#upload(files);
  }

  #upload(files) {
    for (const file of files) this.#uploadOne(file);
  }

  async #uploadOne(file) {
    const list = this.#form.querySelector("[data-uploads]");
    const row = document.createElement("li");
    const key = Symbol(file.name);
    const name = document.createElement("span");
    name.className = "clip";
    name.textContent = file.name;
    const remove = document.createElement("button");
    remove.type = "button";
    remove.textContent = "×";
    remove.setAttribute("aria-label", `${list.dataset.remove} ${file.name}`);
    remove.addEventListener("click", () => {
      this.#files.delete(key);
      row.remove();
    });
    row.append(name, remove);
    row.setAttribute("aria-busy", "true");
    list.append(row);
    this.#files.set(key, { state: "uploading" });
    const fail = (words) => {
      this.#files.delete(key);
      row.classList.add("bad");
      this.#say(words || list.dataset.failed);
    };
    try {
      const form = new FormData();
      form.append("file", file);
      const response = await fetch(this.#main.dataset.files, { method: "POST", body: form, headers: this.headers() });
      const told = await response.json();
      if (!response.ok) fail(told.problem);
      else if (this.#files.has(key)) this.#files.set(key, { state: "ready", id: told.id });
    } catch {
      fail("");
    } finally {
      row.removeAttribute("aria-busy");
    }
  }

  #say(words) {
    this.#problem.textContent = words;
  }
}
