// What the server tells, for one page: connects the stream and says when it is up or down.

const PATIENCE = 15000; // after so long without a word the page asks by itself

// Calls `heard(kind, event)` for each event of these kinds, and with "sync" after every (re)connect:
// what was missed is then fetched. `state(up)` tells of the connection.
export function listen(kinds, heard, state = () => {}) {
  const url = document.querySelector("[data-live]")?.dataset.live;
  if (!url) return;
  const source = new EventSource(url);
  for (const kind of kinds) source.addEventListener(kind, (event) => heard(kind, JSON.parse(event.data)));
  source.addEventListener("open", () => {
    state(true);
    heard("sync", null);
  });
  source.addEventListener("error", () => state(false));
  setInterval(() => source.readyState !== EventSource.OPEN && heard("sync", null), PATIENCE);
}
