// What every page does: offline banner, toasts, dialogs, forms sent once, the reader's time zone.
// Texts come from data attributes; nothing here knows a language or an address.

const $ = (selector, root = document) => root.querySelector(selector);

function offline() {
  const banner = $("[data-offline]");
  if (banner) banner.hidden = navigator.onLine;
}

export function toast(text, { icon = "", stay = false } = {}) {
  const region = $("[data-toasts]");
  if (!region) return;
  const box = document.createElement("div");
  box.className = "toast";
  box.append(icon, text);
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "×";
  close.setAttribute("aria-label", region.dataset.close || "");
  close.addEventListener("click", () => box.remove());
  box.append(close);
  region.append(box);
  if (!stay) setTimeout(() => box.remove(), 6000);
}

// A form marked data-once is sent once: the button is busy until the next page arrives.
function once(event) {
  const form = event.target;
  if (form.matches("[data-forgets]")) forget();
  if (!form.matches("[data-once]") || event.defaultPrevented) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
  (event.submitter || $("[type=submit], button:not([type])", form))?.setAttribute("aria-busy", "true");
}

// At sign-out nothing of this person stays in the browser: unsent messages, drafts.
function forget() {
  for (const store of [localStorage, sessionStorage]) {
    for (const key of Object.keys(store)) if (key.startsWith("paydesk-")) store.removeItem(key);
  }
}

// Coming back by the browser's history must not find a dead button.
function wake() {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const busy of form.querySelectorAll("[aria-busy]")) busy.removeAttribute("aria-busy");
  }
}

function clicks(event) {
  const target = event.target.closest("[data-opens], [data-closes], [data-fill], [data-copy], [data-share], [data-back]");
  if (!target) return;
  if (target.dataset.opens) document.getElementById(target.dataset.opens)?.showModal();
  if ("closes" in target.dataset) target.closest("dialog")?.close();
  if (target.dataset.fill) fill(target);
  if (target.dataset.copy) copy(target.dataset.copy, target.dataset.copied);
  if (target.dataset.share) share(target);
}

function copy(text, said) {
  navigator.clipboard?.writeText(text).then(() => toast(said || ""));
}

// Where the system has no sheet for sharing, the link is copied.
function share(button) {
  const { share: url, text, copied } = button.dataset;
  if (!navigator.share) return copy(url, copied);
  navigator.share({ url, text }).catch(() => {}); // put away by the person: nothing to say
}

function fill(button) {
  const input = document.getElementById(button.dataset.fill);
  if (!input) return;
  input.value = button.dataset.value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.focus();
}

function pressed(event) {
  for (const button of document.querySelectorAll(`[data-fill="${CSS.escape(event.target.id)}"]`)) {
    button.setAttribute("aria-pressed", String(button.dataset.value === event.target.value));
  }
}

function zone() {
  const name = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (name && !document.cookie.includes(`tz=${name}`)) {
    document.cookie = `tz=${name}; path=/; max-age=31536000; samesite=lax`;
  }
}

// A click on the dimmed ground closes a dialog.
function outside(event) {
  if (event.target instanceof HTMLDialogElement && event.target.open) {
    const box = event.target.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) event.target.close();
  }
}

offline();
zone();
addEventListener("online", offline);
addEventListener("offline", offline);
addEventListener("pageshow", wake);
document.addEventListener("submit", once);
document.addEventListener("click", clicks);
document.addEventListener("mousedown", outside);
document.addEventListener("input", pressed);
document.addEventListener("paydesk:toast", ({ detail }) => toast(detail.text, detail)); // other modules can't import this one: its address has a hash
for (const event of ["htmx:sendError", "htmx:responseError"]) {
  document.addEventListener(event, () => toast(document.body.dataset.goneWrong || ""));
}
