// A page about something that is still moving (a payment under way, the list of conversations):
// when the server tells that it moved, the page is loaded again. Nothing here decides what to show.

import { listen } from "./chat/news.js";

const place = document.querySelector("[data-watch-kinds]");
const kinds = place.dataset.watchKinds.split(" ");
let soon;

listen(kinds, (kind) => {
  if (kind === "sync") return;
  clearTimeout(soon);
  soon = setTimeout(() => location.reload(), 300);
});
