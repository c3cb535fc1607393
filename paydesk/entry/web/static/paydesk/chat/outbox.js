// Keeps what was written until the server has acknowledged it, and sends it again under the same
// client id: after a broken connection, a restart of the server, a reload of the page. In order.
// Knows nothing of how a message looks.

const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 20000;

// The server's final no. What else goes wrong is tried again.
export class Refused extends Error {}

export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [8, 12, 16, 20].reduceRight((text, at) => `${text.slice(0, at)}-${text.slice(at)}`, hex);
}

export class Outbox {
  // `send(item)` resolves once acknowledged; `changed(item, state)` is told waiting, sending,
  // sent (with what send answered), failed (with the reason) and dropped.
  constructor({ key, send, changed }) {
    this.key = key;
    this.send = send;
    this.changed = changed;
    this.items = this.#read();
    this.pause = FIRST_PAUSE;
    this.busy = false;
    addEventListener("online", () => this.flush());
    addEventListener("storage", (event) => {
      if (event.key === this.key) this.items = this.#read();
    });
  }

  start() {
    for (const item of this.items) this.changed(item, item.problem ? "failed" : "waiting", item.problem);
    this.flush();
  }

  add(body, files) {
    const item = { id: newId(), body, files, at: Date.now() };
    this.items.push(item);
    this.#write();
    this.changed(item, "waiting");
    this.flush();
  }

  again(id) {
    const item = this.items.find((one) => one.id === id);
    if (!item) return;
    delete item.problem;
    this.#write();
    this.changed(item, "waiting");
    this.flush();
  }

  drop(id) {
    const item = this.items.find((one) => one.id === id);
    this.#forget(id);
    if (item) this.changed(item, "dropped");
  }

  async flush() {
    if (this.busy) return;
    this.busy = true;
    clearTimeout(this.timer);
    try {
      for (let item; (item = this.items.find((one) => !one.problem)); ) await this.#deliver(item);
      this.pause = FIRST_PAUSE;
    } catch {
      this.#later();
    } finally {
      this.busy = false;
    }
  }

  async #deliver(item) {
    this.changed(item, "sending");
    let answer;
    try {
      answer = await this.send(item);
    } catch (error) {
      if (!(error instanceof Refused)) {
        this.changed(item, "waiting");
        throw error;
      }
      item.problem = error.message;
      this.#write();
      this.changed(item, "failed", item.problem);
      return;
    }
    this.#forget(item.id);
    this.changed(item, "sent", answer);
  }

  #later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), this.pause);
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
  }

  #forget(id) {
    this.items = this.items.filter((one) => one.id !== id);
    this.#write();
  }

  #read() {
    try {
      return JSON.parse(localStorage.getItem(this.key) || "[]");
    } catch {
      return [];
    }
  }

  #write() {
    try {
      if (this.items.length) localStorage.setItem(this.key, JSON.stringify(this.items));
      else localStorage.removeItem(this.key);
    } catch {
      // A full or forbidden store: the message is still in memory and will be sent.
    }
  }
}

// On a shared browser nobody finds what another person has left unsent.
export function forgetOthers(prefix, owner) {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(prefix) && !key.startsWith(`${prefix}${owner}:`)) localStorage.removeItem(key);
  }
}
