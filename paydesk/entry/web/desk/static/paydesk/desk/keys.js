// The keyboard. Letters work outside of fields; what a letter does is said beside the button it
// presses (data-key), so an action that isn't offered has no key either.

function inField(target) {
  return target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
}

function press(key) {
  const holder = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  const button = holder?.matches("form") ? holder.querySelector("button") : holder;
  if (!button || button.disabled) return false;
  button.click();
  return true;
}

function move(step) {
  const rows = [...document.querySelectorAll(".case-row")];
  if (!rows.length) return false;
  const at = rows.findIndex((row) => row.getAttribute("aria-current"));
  const next = rows[Math.min(rows.length - 1, Math.max(0, at + step))] ?? rows[0];
  next.scrollIntoView({ block: "nearest" });
  if (next.getAttribute("aria-current")) next.focus();
  else next.click();
  return true;
}

/** `conversation()` answers the one that is open, or null. */
export function listenForKeys(conversation) {
  const keys = {
    j: () => move(1),
    k: () => move(-1),
    n: () => conversation()?.write("note"),
    a: () => conversation()?.write("reply"),
    g: () => document.querySelector("[data-next]")?.requestSubmit() ?? true,
    "/": () => document.querySelector("[data-find]")?.focus() ?? true,
    "?": () => document.getElementById("desk-help")?.showModal() ?? true,
  };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    if (event.key === "Escape" && inField(event.target) && !event.target.closest("dialog")) return event.target.blur();
    if (inField(event.target) || document.querySelector("dialog[open]")) return;
    const key = event.key.toLowerCase();
    const done = keys[key] ? keys[key]() : press(key);
    if (done !== false && done !== undefined) event.preventDefault();
  });
}
