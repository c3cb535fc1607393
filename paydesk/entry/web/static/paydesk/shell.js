// A wallet page while it is open: the number of unread answers, and a fresh look at what moved.
// An event only says that something moved; the page is then asked again, where access is checked.

import { connect } from "./live/live.js";
import { toast } from "./page.js";

const { live: url, cursor = "" } = document.body.dataset;
const badge = document.querySelector("[data-unread]");

async function unread() {
  const answer = await fetch(badge.dataset.unread, { headers: { Accept: "application/json" }, cache: "no-store" });
  if (!answer.ok) return;
  const { unread: now } = await answer.json();
  if (now > Number(badge.textContent)) toast(badge.dataset.news);
  badge.textContent = now;
  badge.hidden = now === 0;
}

let news = 0;
let asked = 0;

// A fetch shows what had happened when it was asked for. News that came meanwhile met the part that
// the answer replaces, and went with it: the new part asks again.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.matches?.("[data-fresh]")) asked = news;
});
document.addEventListener("htmx:afterSettle", () => {
  const part = document.querySelector("[data-fresh]");
  if (part && news > asked) htmx.trigger(part, "fresh");
});

// The part of the page marked data-fresh="kind kind" is swapped for the server's new one.
function fresh(event) {
  const part = document.querySelector("[data-fresh]");
  if (!part?.dataset.fresh.split(" ").includes(event.kind)) return;
  news += 1;
  htmx.trigger(part, "fresh");
}

if (url && badge) {
  const live = connect({ url, after: cursor });
  live.on("case.message", () => unread().catch(() => {}));
  live.on("case.read", () => unread().catch(() => {}));
  live.on("*", fresh);
  live.onReset(() => location.reload());
}
