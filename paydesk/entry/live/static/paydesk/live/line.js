/**
 * Keeps one event stream open: connects again with growing, jittered pauses, at once when the
 * network comes back, and says how it stands. Used by live.js; pages don't need it.
 */

import { readStream } from "./eventstream.js";
import { REACHABLE } from "./reachable.js";

const QUIET = 40000; // the server speaks every 15 seconds; silence for so long is a dead line
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 15000;
const OFFLINE_AFTER = 2; // failures in a row: one is often just a server that restarts
const HIDDEN_FOR = 30000;
const STEADY = 5000; // a line that held so long was a good one

export class Line {
  #url;
  #cursor;
  #onFrame;
  #onState;
  #alone;
  #closed = false;
  #attempt = null;
  #failures = 0;
  #opened = 0;
  #timer = 0;
  #listeners = new AbortController();

  /**
   * `cursor()`: where to go on from. `onFrame(frame)`, `onState(state)`. `alone`: no other tab
   * shares it, so it rests while the page can't be seen.
   */
  constructor(url, { cursor, onFrame, onState, alone }) {
    this.#url = url;
    this.#cursor = cursor;
    this.#onFrame = onFrame;
    this.#onState = onState;
    this.#alone = alone;
    const { signal } = this.#listeners;
    // A line that was open through the outage may be dead without knowing: take a new one.
    addEventListener("online", () => (this.#attempt ? this.#attempt.abort() : this.#hurry()), { signal });
    addEventListener("offline", () => this.#onState("offline"), { signal });
    addEventListener(REACHABLE, () => this.#hurry(), { signal });
    document.addEventListener("visibilitychange", () => this.#seen(), { signal });
    this.#onState("connecting");
    this.#run();
  }

  close() {
    this.#closed = true;
    this.#listeners.abort();
    clearTimeout(this.#timer);
    this.#attempt?.abort();
  }

  async #run() {
    this.#attempt = new AbortController();
    this.#opened = 0;
    const { signal } = this.#attempt;
    const { status, retryAfter } = await readStream(this.#url, {
      after: this.#cursor(),
      quiet: QUIET,
      signal,
      onFrame: (frame) => this.#take(frame),
    });
    this.#attempt = null;
    if (this.#closed) return;
    if (status === 401 || status === 403) {
      this.#onState("ended");
      return;
    }
    const steady = this.#opened && Date.now() - this.#opened > STEADY;
    this.#failures = steady ? 1 : this.#failures + 1;
    const offline = this.#failures > OFFLINE_AFTER || !navigator.onLine;
    this.#onState(offline ? "offline" : "connecting");
    if (this.#alone && document.hidden) return;
    this.#wait(Math.max(retryAfter, this.#pause()));
  }

  #take(frame) {
    this.#onFrame(frame);
    if (frame.event === "open") {
      this.#opened = Date.now();
      this.#onState("online");
      dispatchEvent(new Event(REACHABLE));
    }
  }

  /** Longer after each failure, and never the same for two browsers. */
  #pause() {
    const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (this.#failures - 1));
    return longest * (0.5 + Math.random() / 2);
  }

  #wait(pause) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#run(), pause);
  }

  /** Try at once instead of at the end of the pause. */
  #hurry() {
    if (!this.#attempt && !this.#closed) this.#wait(0);
  }

  #seen() {
    if (!document.hidden) this.#hurry();
    else if (this.#alone) {
      setTimeout(() => document.hidden && this.#attempt?.abort(), HIDDEN_FOR);
    }
  }
}
