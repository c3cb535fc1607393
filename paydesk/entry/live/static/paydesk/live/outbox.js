/**
 * Keeps chat messages until the server has acknowledged them: through broken lines and reloads.
 *
 *  (import openOutbox and forgetAll)
 *   const outbox = openOutbox({
 *     name: "case:0190…",              // the conversation; keep people apart: one name, one person
 *     url: "/topay/support/…/messages",
 *     headers: () => ({ "X-CSRFToken": form.dataset.csrf }),
 *     onChange: (message) => draw(message),
 *   });
 *   outbox.send({ body: "你好" });      // any text fields of the form; answers the message
 *   outbox.messages();                 // what is not acknowledged yet, oldest first: draw it on load
 *   outbox.retry(id);                  // a failed one, again under the same id
 *   outbox.discard(id);                // a failed one, given up
 *   outbox.acknowledge(id);            // seen in the conversation already: nothing more to send
 *   outbox.close();
 *   forgetAll();                       // at sign-out: nothing of this person stays in the browser
 *
 * A message is { id, fields, at, state, reason }. `id` is a UUID made here; it goes along as the
 * field `client_id`, and the server must take the same id as the same message. `state`: "sending",
 * "sent" (onChange gets `answer` too, the Response, unless another tab sent it), "failed" (`reason`:
 * "refused" with `status` and `problem`, "signed_out"; it waits for retry or discard). Without a network it stays
 * "sending" and is tried again, more and more slowly; `attempts` says how often it has failed.
 *
 * One message at a time, in the order they were written, over all tabs. Files don't fit in here:
 * upload them first and send their ids.
 */

import { REACHABLE } from "./reachable.js";

const PREFIX = "paydesk-outbox:";
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30000;
const PATIENCE = 20000;
const KEEP = 7 * 24 * 3600 * 1000;
// The CSRF token lives in the session, so a session that lapsed is answered 403 as well.
const SIGNED_OUT = new Set([-1, 401, 403]);
const TRY_AGAIN = new Set([0, 408, 425, 429, 500, 502, 503, 504]);

/** Opens the outbox of one conversation and goes on sending what a former page left. */
export function openOutbox(options) {
  return new Outbox(options);
}

/** Removes every unacknowledged message of every conversation from this browser. */
export function forgetAll() {
  for (const key of keys(PREFIX)) localStorage.removeItem(key);
}

class Outbox {
  #url;
  #headers;
  #onChange;
  #prefix;
  #store;
  #last = 0;
  #draining = false;
  #wake = () => {};
  #closed = new AbortController();

  constructor({ name, url, headers = () => ({}), onChange = () => {} }) {
    this.#url = url;
    this.#headers = headers;
    this.#onChange = onChange;
    this.#prefix = `${PREFIX}${name}:`;
    this.#store = storage();
    const { signal } = this.#closed;
    addEventListener("storage", (change) => this.#elsewhere(change), { signal });
    for (const kind of ["online", REACHABLE]) addEventListener(kind, () => this.#hurry(), { signal });
    document.addEventListener("visibilitychange", () => this.#hurry(), { signal });
    this.#drain();
  }

  /** Takes a message; it is kept before it is sent. */
  send(fields) {
    // Sorts by when it was written, also among those written within one millisecond.
    this.#last = Math.max(Date.now(), this.#last + 1);
    const message = { id: uuid(), fields, at: this.#last, state: "sending", attempts: 0 };
    this.#keep(message);
    this.#tell(message);
    this.#drain();
    return message;
  }

  /** What is not acknowledged, oldest first. */
  messages() {
    const now = Date.now();
    const found = this.#store.keys(this.#prefix).map((key) => this.#read(key)).filter(Boolean);
    for (const { id, at } of found) if (now - at > KEEP) this.discard(id);
    return found.filter(({ at }) => now - at <= KEEP).sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  }

  /** Sends a failed message again. */
  retry(id) {
    const message = this.#read(this.#prefix + id);
    if (!message) return;
    const again = { ...message, state: "sending", reason: undefined, status: undefined };
    this.#keep(again);
    this.#tell(again);
    this.#hurry();
    this.#drain();
  }

  /** Gives a message up. */
  discard(id) {
    this.#store.remove(this.#prefix + id);
  }

  /** The server has it: the conversation shows it. */
  acknowledge(id) {
    const message = this.#read(this.#prefix + id);
    if (!message) return;
    this.#store.remove(this.#prefix + id);
    this.#tell({ ...message, state: "sent" });
  }

  close() {
    this.#closed.abort();
    this.#wake();
  }

  async #drain() {
    if (this.#draining) return;
    this.#draining = true;
    try {
      await alone(this.#prefix, this.#closed.signal, () => this.#sendAll());
    } finally {
      this.#draining = false;
    }
    if (!this.#closed.signal.aborted && this.#next()) this.#drain(); // came in the last moment
  }

  async #sendAll() {
    let failures = 0;
    for (let message = this.#next(); message; message = this.#next()) {
      if (this.#closed.signal.aborted) return;
      const { status, answer } = await this.#post(message);
      if (this.#closed.signal.aborted && status === 0) return;
      if (status >= 200 && status < 300) {
        failures = 0;
        this.#store.remove(this.#prefix + message.id);
        this.#tell({ ...message, state: "sent", answer });
        dispatchEvent(new Event(REACHABLE));
      } else if (TRY_AGAIN.has(status)) {
        failures += 1;
        this.#note(message, { attempts: message.attempts + 1 });
        await this.#sleep(pause(failures, answer));
      } else {
        const reason = SIGNED_OUT.has(status) ? "signed_out" : "refused";
        this.#note(message, { state: "failed", reason, status, problem: await problemOf(answer) });
      }
    }
  }

  #next() {
    return this.messages().find(({ state }) => state === "sending");
  }

  /** The HTTP status; 0 when no answer came, -1 when we were sent to another page to sign in. */
  async #post({ id, fields }) {
    const line = new AbortController();
    const hangUp = () => line.abort();
    this.#closed.signal.addEventListener("abort", hangUp, { once: true });
    const patience = setTimeout(hangUp, PATIENCE);
    try {
      const answer = await fetch(this.#url, {
        method: "POST",
        body: new URLSearchParams({ ...fields, client_id: id }),
        headers: this.#headers(),
        credentials: "same-origin",
        redirect: "manual",
        signal: line.signal,
      });
      if (answer.type === "opaqueredirect") return { status: -1 };
      return { status: answer.status, answer };
    } catch {
      return { status: 0 };
    } finally {
      clearTimeout(patience);
      this.#closed.signal.removeEventListener("abort", hangUp);
    }
  }

  /** Write down what became of a message, unless it was given up or acknowledged meanwhile. */
  #note(message, changes) {
    if (!this.#read(this.#prefix + message.id)) return;
    const changed = { ...message, ...changes };
    this.#keep(changed);
    this.#tell(changed);
  }

  #sleep(milliseconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #hurry() {
    if (!document.hidden) this.#wake();
  }

  /** Another tab of this conversation changed something. */
  #elsewhere({ key, oldValue, newValue }) {
    if (!key?.startsWith(this.#prefix)) return;
    if (newValue) {
      this.#tell(parse(newValue));
      this.#drain();
    } else if (parse(oldValue)?.state === "sending") {
      this.#tell({ ...parse(oldValue), state: "sent" });
    }
  }

  #keep(message) {
    this.#store.set(this.#prefix + message.id, JSON.stringify(message));
  }

  #read(key) {
    return parse(this.#store.get(key));
  }

  #tell(message) {
    if (!message) return;
    try {
      this.#onChange(message);
    } catch (error) {
      reportError(error);
    }
  }
}

/** Runs `work` in one tab at a time. The server takes one id once, so without locks it only costs. */
async function alone(name, signal, work) {
  if (!navigator.locks) return work();
  try {
    return await navigator.locks.request(name, { signal }, work);
  } catch (error) {
    if (error?.name !== "AbortError") throw error;
  }
}

/** What the server says is wrong, in the reader's words, if it does ({"problem": "…"}). */
async function problemOf(answer) {
  const told = await answer?.json().catch(() => null);
  return typeof told?.problem === "string" ? told.problem : "";
}

function pause(failures, answer) {
  const asked = Number(answer?.headers.get("Retry-After")) * 1000 || 0;
  const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (failures - 1));
  return Math.max(asked, longest * (0.5 + Math.random() / 2));
}

function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // a page not served securely
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function parse(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

function keys(prefix) {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  } catch {
    return [];
  }
}

/** The browser's storage, and memory for what it won't take (full, or switched off). */
function storage() {
  const memory = new Map();
  const kept = (action) => {
    try {
      return action();
    } catch {
      return null;
    }
  };
  return {
    keys: (prefix) => [
      ...new Set([...keys(prefix), ...[...memory.keys()].filter((key) => key.startsWith(prefix))]),
    ],
    get: (key) => memory.get(key) ?? kept(() => localStorage.getItem(key)),
    set(key, text) {
      memory.delete(key);
      if (kept(() => (localStorage.setItem(key, text), true)) === null) memory.set(key, text);
    },
    remove(key) {
      memory.delete(key);
      kept(() => localStorage.removeItem(key));
    },
  };
}
