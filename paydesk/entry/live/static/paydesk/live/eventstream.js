/**
 * Reads one event stream over fetch: the browser's own EventSource can neither be told where to go
 * on from, nor tell a refusal from a broken line.
 *
 *   const how = await readStream(url, { after, signal, onFrame, quiet: 40000 });
 *
 * Calls onFrame({ id, event, data }) for each frame, in order; `event` is "" for a frame that only
 * carries the cursor on. Answers when the stream has ended: { status, retryAfter } with status 200
 * for one that was open, the HTTP status for a refusal, 0 for a broken line. Never throws.
 */

const LINE = /\r\n|\n|\r/;

/** Splits text into frames; keeps what is not complete for the next piece. */
export class FrameParser {
  #rest = "";
  #event = "";
  #data = [];
  #id = null;

  /** The frames that `text` completes. */
  feed(text) {
    const frames = [];
    let whole = this.#rest + text;
    // A carriage return at the very end may be half of a line break.
    const held = whole.endsWith("\r") ? "\r" : "";
    whole = held ? whole.slice(0, -1) : whole;
    const lines = whole.split(LINE);
    this.#rest = lines.pop() + held;
    for (const line of lines) {
      if (line === "") {
        const frame = this.#finish();
        if (frame) frames.push(frame);
      } else {
        this.#take(line);
      }
    }
    return frames;
  }

  #take(line) {
    const colon = line.indexOf(":");
    if (colon === 0) return; // a comment
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.#event = value;
    else if (field === "data") this.#data.push(value);
    else if (field === "id" && !value.includes("\0")) this.#id = value;
  }

  #finish() {
    const told = this.#data.length > 0;
    const frame = told || this.#id !== null
      ? { id: this.#id, event: told ? this.#event || "message" : "", data: this.#data.join("\n") }
      : null;
    this.#event = "";
    this.#data = [];
    this.#id = null;
    return frame;
  }
}

export async function readStream(url, { after, signal, onFrame, quiet }) {
  const line = new AbortController();
  const hangUp = () => line.abort();
  signal.addEventListener("abort", hangUp, { once: true });
  let silence = setTimeout(hangUp, quiet);
  const frames = [];
  try {
    const response = await fetch(url, {
      headers: { Accept: "text/event-stream", ...(after ? { "Last-Event-ID": after } : {}) },
      cache: "no-store",
      credentials: "same-origin",
      redirect: "error",
      signal: line.signal,
    });
    if (response.status !== 200 || !response.body) {
      const wait = Number(response.headers.get("Retry-After"));
      return { status: response.status, retryAfter: Number.isFinite(wait) ? wait * 1000 : 0 };
    }
    const parser = new FrameParser();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { status: 200, retryAfter: 0 };
      clearTimeout(silence);
      silence = setTimeout(hangUp, quiet);
      frames.push(...parser.feed(value));
      while (frames.length) onFrame(frames.shift());
    }
  } catch {
    return { status: 0, retryAfter: 0 };
  } finally {
    clearTimeout(silence);
    signal.removeEventListener("abort", hangUp);
    line.abort();
  }
}
