// Waiting times and deadlines tick in the browser; the server's clock gave where they stand.

function words(milliseconds) {
  const whole = Math.floor(Math.abs(milliseconds) / 1000);
  const hours = Math.floor(whole / 3600);
  const two = (n) => String(n).padStart(2, "0");
  const rest = `${two(Math.floor((whole % 3600) / 60))}:${two(whole % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
}

function tick() {
  const now = Date.now();
  for (const time of document.querySelectorAll("time[data-due]")) {
    const left = Date.parse(time.dataset.due) - now;
    if (left > 86400000 || left < -86400000) continue; // the server said it in days
    const late = left <= 0;
    const told = (late ? "-" : "") + words(left);
    const text = late && time.dataset.late ? time.dataset.late.replace("[time]", words(left)) : time.dataset.words?.replace("[time]", told) ?? told;
    if (time.textContent !== text) time.textContent = text;
    if (late) time.closest(".time")?.classList.replace("soon", "late");
  }
  for (const time of document.querySelectorAll("time[data-since]")) {
    const span = now - Date.parse(time.dataset.since);
    if (span > 86400000) continue;
    const text = words(Math.max(0, span));
    if (time.textContent !== text) time.textContent = text;
  }
}

/** Starts the clock; it rests while the page can't be seen. */
export function keepTime() {
  tick();
  setInterval(() => document.hidden || tick(), 1000);
  document.addEventListener("visibilitychange", () => document.hidden || tick());
}
