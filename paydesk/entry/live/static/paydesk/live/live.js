/**
 * Live events for a page: one stream a browser, shared by all its tabs.
 *
 *   (import connect)
 *   const live = connect({ url: "/topay/live", after: main.dataset.cursor });
 *   const off = live.on("case.message", ({ kind, subject, at, payload }) => …);
 *   live.on("*", (event) => …);             // every event and signal
 *   live.onReset(() => location.reload());  // what was missed can't be told: load the state again
 *   live.onState((state) => …);             // called at once with the present state, then on change
 *   live.close();
 *
 * `url`: the stream behind this page's door. `after`: the cursor at which the server rendered the
 * page (queries.position(), taken before the page's own reads); without it the last cursor of this
 * tab is used, or none. Events come once each and in order; signals (typing, presence) may be lost.
 * Payloads hold ids only: fetch what changed over HTTP, where access is checked.
 *
 * States: "connecting", "online", "offline" (keeps trying), "ended" (signed out or not allowed).
 *
 * One tab holds a Web Lock and the stream, and passes everything on over a BroadcastChannel; when
 * it goes, the next one goes on from its own cursor. A tab that comes later gets what it lacks from
 * the leader's memory. Without Web Locks (a page not served securely) each tab has its own stream
 * while it can be seen.
 */

import { compareCursors, isCursor } from "./cursor.js";
import { Line } from "./line.js";

const MEMORY = 300;

/** Opens (or joins) the browser's stream. */
export function connect({ url, after = "" }) {
  return new Live(url, after);
}

class Live {
  #url;
  #name;
  #tab = Math.random().toString(36).slice(2);
  #cursor = "";
  #who = "";
  #state = "connecting";
  #handlers = new Map();
  #resetHandlers = new Set();
  #stateHandlers = new Set();
  #memory = []; // the latest events, for tabs that come later
  #floor; // the memory is complete after this cursor
  #joining = null; // what was heard while the leader has not yet told us what we lack
  #shares = Boolean(navigator.locks);
  #channel = null;
  #line = null;
  #release = null;
  #stopped;

  constructor(url, after) {
    this.#url = url;
    this.#name = `paydesk-live:${new URL(url, location.href).pathname}`;
    this.#cursor = isCursor(after) ? after : (stored(this.#name) ?? "");
    this.#floor = this.#cursor;
    addEventListener("pagehide", () => this.close());
    addEventListener("pageshow", (shown) => shown.persisted && this.#start());
    this.#start();
  }

  /** Calls `handler` with each event of `kind` ("*" for all); answers a function that ends it. */
  on(kind, handler) {
    if (!this.#handlers.has(kind)) this.#handlers.set(kind, new Set());
    this.#handlers.get(kind).add(handler);
    return () => this.#handlers.get(kind).delete(handler);
  }

  /** Calls `handler` when the page must load its state again. */
  onReset(handler) {
    this.#resetHandlers.add(handler);
    return () => this.#resetHandlers.delete(handler);
  }

  /** Calls `handler` with the present state and with each new one. */
  onState(handler) {
    this.#stateHandlers.add(handler);
    handler(this.#state);
    return () => this.#stateHandlers.delete(handler);
  }

  get state() {
    return this.#state;
  }

  /** Whether this tab holds the browser's stream. */
  get leads() {
    return this.#line !== null;
  }

  /** Ends this tab's part; another tab takes the stream over. */
  close() {
    this.#stopped.abort();
    this.#line?.close();
    this.#line = null;
    this.#release?.();
    this.#release = null;
    this.#channel?.close();
    this.#channel = null;
  }

  #start() {
    this.#stopped = new AbortController();
    if (!this.#shares) {
      this.#lead();
      return;
    }
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.onmessage = ({ data }) => this.#hear(data);
    this.#join();
    const lead = () => {
      this.#lead();
      return new Promise((release) => (this.#release = release));
    };
    const { signal } = this.#stopped;
    navigator.locks.request(this.#name, { signal }, lead).catch(() => {}); // closed while waiting
  }

  #join() {
    this.#joining = [];
    this.#post({ type: "hello", tab: this.#tab, after: this.#cursor });
  }

  #lead() {
    if (this.#stopped.signal.aborted) return;
    this.#joining = null;
    this.#line = new Line(this.#url, {
      cursor: () => this.#cursor,
      onFrame: (frame) => this.#told(frame),
      onState: (state) => this.#share({ type: "state", state }),
      alone: !this.#shares,
    });
    this.#post({ type: "leading" });
  }

  /** As leader: a frame from the server. */
  #told({ id, event, data }) {
    if (event === "end") return;
    if (event === "reset") this.#share({ type: "reset", id });
    else if (event === "open") this.#opened(id, JSON.parse(data).who);
    else if (event === "") this.#share({ type: "cursor", id });
    else this.#share({ type: "event", id, event: JSON.parse(data) });
  }

  /** As leader: caught up. When somebody else has signed in meanwhile, the pages are not his. */
  #opened(id, who) {
    const another = this.#who && who !== this.#who;
    this.#who = who;
    this.#share({ type: another ? "reset" : "cursor", id });
  }

  /** To this tab and all others. */
  #share(message) {
    this.#post(message);
    this.#take(message);
  }

  #post(message) {
    this.#channel?.postMessage(message);
  }

  #hear(message) {
    if (message.type === "hello") {
      if (this.#line) this.#welcome(message);
    } else if (message.type === "leading") {
      this.#join(); // the new leader may know less than the one before, or more
    } else if (message.type === "welcome") {
      if (message.tab === this.#tab) this.#enter(message);
    } else if (this.#joining && message.type !== "state") {
      this.#joining.push(message);
    } else {
      this.#take(message);
    }
  }

  /** As leader: tell a tab that has just come what it lacks. */
  #welcome({ tab, after }) {
    const lacks = [];
    if (isCursor(after) && this.#floor && compareCursors(after, this.#floor) < 0) {
      lacks.push({ type: "reset", id: this.#cursor });
    } else if (isCursor(after)) {
      lacks.push(...this.#memory.filter(({ id }) => compareCursors(id, after) > 0));
    }
    lacks.push({ type: "cursor", id: this.#cursor });
    this.#post({ type: "welcome", tab, state: this.#state, lacks });
  }

  #enter({ state, lacks }) {
    const heard = this.#joining ?? [];
    this.#joining = null;
    for (const message of [...lacks, ...heard]) this.#take(message);
    this.#become(state);
  }

  #take(message) {
    const { type, id } = message;
    if (type === "state") this.#become(message.state);
    else if (type === "reset") this.#reset(id);
    else if (type === "cursor") this.#move(id);
    else if (type === "event" && this.#isNew(id)) {
      this.#move(id);
      if (id) this.#remember(message);
      for (const kind of [message.event.kind, "*"]) {
        for (const handler of this.#handlers.get(kind) ?? []) attempt(handler, message.event);
      }
    }
  }

  #reset(id) {
    this.#memory = [];
    this.#floor = this.#cursor = id;
    store(this.#name, id);
    for (const handler of this.#resetHandlers) attempt(handler);
  }

  #remember(message) {
    this.#memory.push(message);
    if (this.#memory.length > MEMORY) this.#floor = this.#memory.shift().id;
  }

  /** Signals have no cursor and are always new. */
  #isNew(id) {
    return !id || !this.#cursor || compareCursors(id, this.#cursor) > 0;
  }

  #move(id) {
    if (!id || !this.#isNew(id)) return;
    this.#cursor = id;
    this.#floor ||= id;
    store(this.#name, id);
  }

  #become(state) {
    if (state === this.#state) return;
    this.#state = state;
    for (const handler of this.#stateHandlers) attempt(handler, state);
  }
}

/** One handler's fault is not the next one's. */
function attempt(handler, ...given) {
  try {
    handler(...given);
  } catch (error) {
    reportError(error);
  }
}

function stored(name) {
  try {
    const cursor = sessionStorage.getItem(name);
    return isCursor(cursor) ? cursor : null;
  } catch {
    return null; // storage is switched off
  }
}

function store(name, cursor) {
  try {
    sessionStorage.setItem(name, cursor);
  } catch {
    // storage is full or switched off: the cursor lives as long as the page
  }
}
