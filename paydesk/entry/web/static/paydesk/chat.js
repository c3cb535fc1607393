// The customer's conversation page: what the server rendered, kept alive. An event only says that
// there is something; the lines are then fetched, where access is checked again.

import { Timeline } from "./chat/timeline.js";
import { Uploads } from "./chat/uploads.js";
import { connect } from "./live/live.js";
import { openOutbox } from "./live/outbox.js";

const find = (name) => document.querySelector(`[data-${name}]`);
const list = find("talk");
const data = list.dataset;
const scroll = find("scroll");
const composer = find("composer");
const note = find("note");
const timeline = new Timeline(list, scroll, data);
const TYPING_EVERY = 3000;
const TYPING_SHOWN = 6000;

function headers() {
  return { "X-CSRFToken": data.token, "X-Requested-With": "fetch", Accept: "application/json" };
}

async function ask(url) {
  const answer = await fetch(url, { headers: headers(), cache: "no-store" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

function tell(url, values) {
  return fetch(url, { method: "POST", headers: headers(), body: new URLSearchParams(values), keepalive: true });
}

// ---- lines ------------------------------------------------------------------------------------

let fetching = null;
let wanted = false;

// Fetches what came after the last line shown; asked for meanwhile, it looks once more.
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
      // The next event or the next connection asks again.
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
  for (const line of fresh) if (line.dataset.client) outbox.acknowledge(line.dataset.client);
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

// ---- who is there -----------------------------------------------------------------------------

let promise = note.textContent;

async function state() {
  const answer = await ask(data.state);
  timeline.receipts(answer.staff_read);
  const box = find("presence");
  box.classList.toggle("here", answer.present);
  find("presence-text").textContent = answer.present ? box.dataset.here : box.dataset.away;
  if (note.textContent === promise) note.textContent = answer.promise;
  promise = answer.promise;
}

let hush;

function typing() {
  const end = timeline.atEnd;
  find("typing-line").hidden = false;
  clearTimeout(hush);
  hush = setTimeout(quiet, TYPING_SHOWN);
  if (end) timeline.toEnd();
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

const outbox = openOutbox({
  name: `${data.subject}:${data.owner}`,
  url: data.send,
  headers,
  onChange: unsent,
});

function unsent(message) {
  if (message.state !== "sent") {
    timeline.showUnsent(message, outbox);
    timeline.toEnd();
    return;
  }
  timeline.pending(message.id)?.remove();
  if (message.answer) message.answer.json().then(show).catch(() => {});
  catchUp();
}

function composing() {
  const box = composer.elements.body;
  const button = composer.querySelector("button");
  const draft = `paydesk-draft:${data.subject}:${data.owner}`;
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
    outbox.send({ body, files: files.map((file) => file.id).join(","), names: files.map((file) => file.name).join("\n") });
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

function listen() {
  const live = connect({ url: document.body.dataset.live, after: data.cursor });
  const ours = (does) => (event) => event.subject === data.subject && does(event);
  live.on("case.message", ours(catchUp));
  live.on("case.read", ours(() => state().catch(() => {})));
  live.on("case.changed", ours(() => state().catch(() => {})));
  live.on("case.typing", ours((event) => event.payload.who === "staff" && typing()));
  live.onReset(() => catchUp());
  live.onState((now) => {
    const off = now === "offline" || now === "ended";
    data.connection = now;
    note.classList.toggle("off", off);
    note.textContent = { offline: note.dataset.reconnecting, ended: note.dataset.ended }[now] ?? promise;
    if (now === "online") Promise.all([catchUp(), state()]).catch(() => {});
  });
}

timeline.toEnd();
for (const message of outbox.messages()) unsent(message);
if (composer) composing();
listen();
find("older").querySelector("button").addEventListener("click", () => older().catch(() => {}));
find("newest").addEventListener("click", () => timeline.toEnd());
scroll.addEventListener("scroll", () => {
  if (timeline.atEnd) find("newest").hidden = true;
  markRead();
});
for (const event of ["focus", "visibilitychange"]) addEventListener(event, () => (markRead(), catchUp()));
setInterval(() => document.hidden || state().catch(() => {}), 60000);
markRead();
