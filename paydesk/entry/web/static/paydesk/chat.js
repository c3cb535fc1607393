// The customer's conversation page: what the server rendered, kept alive. An event only says that
// there is something; the lines are then fetched, where access is checked again.

import { Outbox, Refused, forgetOthers } from "./chat/outbox.js";
import { Timeline } from "./chat/timeline.js";
import { Uploads } from "./chat/uploads.js";
import { listen } from "./chat/news.js";

const find = (name) => document.querySelector(`[data-${name}]`);
const list = find("talk");
const data = list.dataset;
const scroll = find("scroll");
const composer = find("composer");
const note = find("note");
const promise = note.textContent;
const timeline = new Timeline(list, scroll, data);
const PREFIX = "paydesk-outbox:";
const TYPING_EVERY = 3000;
const TYPING_SHOWN = 6000;

function headers() {
  return { "X-CSRFToken": data.token, "X-Requested-With": "fetch", Accept: "application/json" };
}

async function ask(url) {
  const answer = await fetch(url, { headers: headers() });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

function tell(url, values) {
  return fetch(url, { method: "POST", headers: headers(), body: new URLSearchParams(values), keepalive: true });
}

// ---- lines ------------------------------------------------------------------------------------

let fetching = null;
let wanted = false;

function catchUp() {
  wanted = true;
  fetching ??= (async () => {
    try {
      while (wanted) {
        wanted = false;
        let answer;
        do {
          answer = await ask(`${data.entries}?after=${timeline.last}`);
          show(answer);
        } while (answer.more);
      }
    } catch {
      // The next event, reconnect or look will ask again.
    } finally {
      fetching = null;
    }
  })();
  return fetching;
}

function show(answer) {
  const end = timeline.atEnd;
  const fresh = timeline.merge(answer.html);
  timeline.receipts(answer.staff_read);
  if (fresh.some((line) => line.dataset.kind === "them")) quiet();
  if (end) timeline.toEnd();
  else if (fresh.length) find("newest").hidden = false;
  markRead();
}

async function older() {
  const answer = await ask(`${data.entries}?before=${timeline.first}`);
  timeline.mergeAbove(answer.html);
  find("older").hidden = !answer.more;
}

let readUpTo = 0;

function markRead() {
  const last = timeline.last;
  if (document.hidden || !document.hasFocus() || !timeline.atEnd || last <= readUpTo) return;
  readUpTo = last;
  tell(data.read, { sequence: last }).catch(() => (readUpTo = 0));
}

async function state() {
  const answer = await ask(data.state);
  timeline.receipts(answer.staff_read);
  presence(answer.present);
}

// ---- who is there -----------------------------------------------------------------------------

function presence(here) {
  const box = find("presence");
  box.classList.toggle("here", here);
  find("presence-text").textContent = here ? box.dataset.here : box.dataset.away;
}

let hush;

function typing() {
  find("typing-line").hidden = false;
  clearTimeout(hush);
  hush = setTimeout(quiet, TYPING_SHOWN);
  if (timeline.atEnd) timeline.toEnd();
}

function quiet() {
  find("typing-line").hidden = true;
}

let toldTyping = 0;

function iAmTyping() {
  if (Date.now() - toldTyping < TYPING_EVERY) return;
  toldTyping = Date.now();
  tell(data.typing, {}).catch(() => {});
}

// ---- sending ----------------------------------------------------------------------------------

async function send(item) {
  const values = new URLSearchParams({ client_id: item.id, body: item.body });
  for (const file of item.files) values.append("file", file.id);
  const answer = await fetch(data.send, { method: "POST", headers: headers(), body: values });
  if (answer.ok) return answer.json();
  if (answer.status === 401) location.reload(); // signed out: the message waits in the outbox
  if (answer.status >= 400 && answer.status < 500 && ![401, 408, 425, 429].includes(answer.status)) {
    const told = await answer.json().catch(() => ({}));
    throw new Refused(told.problem || data.failed);
  }
  throw new Error(String(answer.status));
}

forgetOthers(PREFIX, data.owner);
const outbox = new Outbox({
  key: `${PREFIX}${data.owner}:${data.number}`,
  send,
  changed(item, now, what) {
    if (now === "sent") {
      timeline.pending(item.id)?.remove();
      show(what);
      catchUp();
    } else if (now === "dropped") timeline.pending(item.id)?.remove();
    else {
      timeline.showUnsent(item, now, what, outbox);
      timeline.toEnd();
    }
  },
});

function composing() {
  const box = composer.elements.body;
  const button = composer.querySelector("button");
  const draft = `paydesk-draft:${data.number}`;
  const tray = new Uploads({
    tray: find("tray"), url: data.files, token: data.token, accept: find("file").accept, texts: data,
    changed: () => (button.disabled = tray.busy),
  });
  box.required = false;
  box.value ||= sessionStorage.getItem(draft) || "";
  find("attach").hidden = false;
  find("file").addEventListener("change", (event) => {
    tray.add(event.target.files);
    event.target.value = "";
  });
  composer.addEventListener("submit", (event) => {
    event.preventDefault();
    if (tray.busy) return;
    const body = box.value.trim();
    const files = tray.take();
    if (!body && !files.length) return;
    outbox.add(body, files);
    box.value = "";
    sessionStorage.removeItem(draft);
    box.focus();
  });
  // Enter sends where there is a keyboard; while an input method composes it belongs to that.
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    if (matchMedia("(pointer: coarse)").matches) return;
    event.preventDefault();
    composer.requestSubmit();
  });
  box.addEventListener("input", () => {
    sessionStorage.setItem(draft, box.value);
    if (box.value.trim()) iAmTyping();
  });
  box.addEventListener("paste", (event) => {
    if (event.clipboardData?.files.length) tray.add(event.clipboardData.files);
  });
  for (const kind of ["dragover", "drop"]) {
    scroll.addEventListener(kind, (event) => {
      event.preventDefault();
      if (kind === "drop") tray.add(event.dataTransfer.files);
    });
  }
}

// ---- together ---------------------------------------------------------------------------------

function news(kind, event) {
  if (event && event.subject && event.subject !== data.subject) return;
  if (kind === "case.message" || kind === "sync") catchUp();
  if (kind === "case.read" || kind === "case.changed" || kind === "sync") state().catch(() => {});
  if (kind === "case.typing" && event.payload?.who !== "customer") typing();
  if (kind === "case.presence") state().catch(() => {});
}

function connection(up) {
  note.textContent = up ? promise : note.dataset.reconnecting;
  note.classList.toggle("off", !up);
  if (up) outbox.flush();
}

timeline.toEnd();
outbox.start();
if (composer) composing();
listen(["case.message", "case.changed", "case.read", "case.typing", "case.presence"], news, connection);
find("older").querySelector("button").addEventListener("click", () => older().catch(() => {}));
find("newest").addEventListener("click", () => timeline.toEnd());
scroll.addEventListener("scroll", () => {
  if (timeline.atEnd) find("newest").hidden = true;
  markRead();
});
for (const event of ["focus", "visibilitychange"]) addEventListener(event, () => (markRead(), catchUp()));
markRead();
