// The desk's page: live events, panes, dialogs, the clock in the rows. The conversation is in
// conversation.js, keys in keys.js. Texts come from data attributes.

import { connect } from "../live/live.js";
import { forgetAll } from "../live/outbox.js";
import { mount } from "./conversation.js";
import { listenForKeys } from "./keys.js";
import { keepTime } from "./times.js";

const root = document.querySelector("[data-at-desk]");
const body = document.body;
const AT_DESK_EVERY = 50000;
const SETTLE = 250;

let conversation = null;

function fire(name) {
  body.dispatchEvent(new CustomEvent(name, { bubbles: true }));
}

/** Several events in a row cost one look. */
function soon(name) {
  clearTimeout(soon.timers[name]);
  soon.timers[name] = setTimeout(() => fire(name), SETTLE);
}
soon.timers = {};

function openConversation() {
  const main = document.querySelector("[data-conversation]");
  if (conversation && conversation.main === main) return;
  conversation?.close();
  conversation = main ? mount(main) : null;
  const panes = document.querySelector("[data-panes]");
  panes?.toggleAttribute("data-has-case", Boolean(main));
  for (const row of document.querySelectorAll(".case-row")) {
    const here = row.dataset.case === conversation?.number;
    if (here) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
  if (main) {
    // On a phone the queue that had the focus is gone now.
    if (document.activeElement === document.body || !document.activeElement.checkVisibility()) main.focus();
    document.title = `${main.dataset.title} · ${document.title.split(" · ").at(-1)}`;
    atDesk();
  }
}

function atDesk() {
  const told = new URLSearchParams({ case: conversation?.number ?? "" });
  fetch(root.dataset.atDesk, { method: "POST", body: told, headers: csrf() }).catch(() => {});
}

function csrf() {
  return { "X-CSRFToken": root.dataset.csrf };
}

function listen() {
  const live = connect({ url: root.dataset.live, after: root.dataset.cursor });
  live.on("case.message", ({ payload }) => {
    if (payload.case === conversation?.number) conversation.catchUp();
    soon("desk:queue");
  });
  live.on("case.changed", ({ payload }) => {
    if (payload.case === conversation?.number) {
      conversation.catchUp();
      soon("desk:case");
      soon("desk:facts");
    }
    soon("desk:queue");
  });
  live.on("case.read", ({ payload }) => {
    if (payload.case === conversation?.number) conversation.marks(payload);
    else if (payload.reader === "staff") soon("desk:queue");
  });
  live.on("case.typing", ({ payload }) => payload.case === conversation?.number && conversation.typing(payload));
  live.on("case.presence", ({ payload }) => {
    // Whoever has just come learns at once who was there before.
    if (payload.case === conversation?.number && conversation.presence(payload)) atDesk();
  });
  live.on("payment.changed", () => conversation && soon("desk:facts"));
  live.on("restriction.changed", () => conversation && soon("desk:facts"));
  for (const kind of ["refund.changed", "recall.changed", "dispute.changed"]) live.on(kind, () => soon("desk:refunds"));
  live.on("approval.changed", () => {
    soon("desk:approvals");
    if (conversation) soon("desk:facts");
  });
  live.onReset(() => {
    conversation?.catchUp();
    for (const name of ["desk:queue", "desk:case", "desk:facts", "desk:approvals"]) fire(name);
  });
  live.onState((state) => {
    const light = document.querySelector("[data-link]");
    if (light) light.dataset.link = state === "online" ? "on" : "off";
    const banner = document.querySelector("[data-offline]");
    if (banner) banner.hidden = state !== "offline" && navigator.onLine;
    if (state === "ended") signedOut();
  });
}

/** Signed out elsewhere: the server sends a reload to sign-in. Never more than once a minute. */
function signedOut() {
  const last = Number(sessionStorage.getItem("desk-reload"));
  if (Date.now() - last < 60000) return;
  sessionStorage.setItem("desk-reload", String(Date.now()));
  location.reload();
}

/** Nothing that was written stays in a browser that others may use. */
function forget(event) {
  if (!event.target.matches("[data-sign-out]")) return;
  forgetAll();
  for (const key of Object.keys(sessionStorage)) if (key.startsWith("desk-draft:")) sessionStorage.removeItem(key);
}

function dialogs() {
  const dialog = document.getElementById("desk-dialog");
  let opener = null;
  body.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.target?.id !== "desk-dialog-body") return;
    if (!dialog.open) {
      opener = document.activeElement;
      dialog.showModal();
    }
    dialog.querySelector("[aria-invalid=true], input:not([type=hidden]), select, textarea, button")?.focus();
  });
  body.addEventListener("desk:done", ({ detail }) => {
    dialog.close();
    document.dispatchEvent(new CustomEvent("paydesk:toast", { detail: { text: detail.said } }));
  });
  dialog.addEventListener("close", () => {
    document.getElementById("desk-dialog-body").replaceChildren();
    if (opener?.isConnected) opener.focus();
  });
}

function drawer() {
  body.addEventListener("click", ({ target }) => {
    const toggle = target.closest("[data-facts-toggle]");
    const work = document.querySelector("[data-work]");
    if (!work || (!toggle && (!work.classList.contains("facts-open") || target.closest(".facts, dialog")))) return;
    const open = toggle ? work.classList.toggle("facts-open") : work.classList.remove("facts-open") ?? false;
    for (const one of document.querySelectorAll("[data-facts-toggle][aria-controls]")) one.setAttribute("aria-expanded", String(open));
    if (open) document.querySelector(".close-facts")?.focus();
  });
}

function filters() {
  const find = document.querySelector("[data-find]");
  if (!find) return;
  let timer = 0;
  find.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => fire("desk:queue"), 300);
  });
  document.querySelector("[data-brand]")?.addEventListener("change", ({ target }) => target.form.requestSubmit());
  // Said here and not in hx-vals: the rows inside would inherit those.
  body.addEventListener("htmx:configRequest", ({ detail }) => {
    if (detail.elt.id !== "queue-rows") return;
    const { tab, inBrand } = detail.elt.dataset;
    Object.assign(detail.parameters, { tab, brand: inBrand, q: find.value, case: conversation?.number ?? "" });
  });
}

/** A refreshed pane keeps the place that the reader had in it. */
function keepPlace() {
  const kept = new Map();
  const typed = new Map();
  body.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target?.id !== "approval-list") return;
    for (const note of detail.target.querySelectorAll("input[name=note]")) typed.set(note.id, note.value);
    typed.set("focus", document.activeElement?.id);
  });
  body.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.target?.id !== "approval-list") return;
    for (const [id, value] of typed) if (value && id !== "focus" && document.getElementById(id)) document.getElementById(id).value = value;
    if (typed.get("focus")) document.getElementById(typed.get("focus"))?.focus();
    typed.clear();
  });
  const rows = (pane) => (pane.id === "facts" ? pane : pane.querySelector(".queue-rows"));
  body.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (["queue-rows", "facts"].includes(detail.target?.id)) kept.set(detail.target?.id, rows(detail.target)?.scrollTop ?? 0);
    if (detail.target?.id === "queue-rows") kept.set("focus", document.activeElement?.dataset?.case);
  });
  body.addEventListener("htmx:afterSwap", ({ detail }) => {
    const pane = document.getElementById(detail.target?.id ?? "");
    if (!pane || !kept.has(pane.id)) return;
    const list = rows(pane);
    if (list) list.scrollTop = kept.get(pane.id);
    if (pane.id === "queue-rows" && kept.get("focus")) pane.querySelector(`[data-case="${kept.get("focus")}"]`)?.focus();
  });
}

if (root) {
  dialogs();
  drawer();
  filters();
  keepPlace();
  keepTime();
  listenForKeys(() => conversation);
  document.addEventListener("submit", forget);
  openConversation();
  listen();
  atDesk();
  setInterval(atDesk, AT_DESK_EVERY);
  body.addEventListener("htmx:afterSettle", openConversation);
  body.addEventListener("htmx:historyRestore", openConversation);
}
