// An offer's life: counts down, and when it is over asks for a new one in place of the old. What
// was typed travels with the form; what counts is the server's clock.

const form = document.querySelector("[data-offer]");
const line = form.querySelector("[data-left]");
const bar = form.querySelector("[data-bar]");
const began = performance.now();
const lasts = Number(form.dataset.seconds);
let told = -1;

function left() {
  return Math.ceil(lasts - (performance.now() - began) / 1000);
}

function tick() {
  const seconds = left();
  if (seconds <= 0) return renew();
  bar.value = seconds;
  if (seconds !== told) line.textContent = line.dataset.words.replace("{n}", String(seconds));
  told = seconds;
  if (seconds <= 10) line.closest(".life").classList.add("late");
  setTimeout(tick, 250);
}

function renew() {
  bar.value = 0;
  line.textContent = line.dataset.over;
  if (form.dataset.sent) return; // it is being confirmed: the server answers for it
  if (document.visibilityState === "visible" && navigator.onLine) form.requestSubmit(form.querySelector("[data-requote]"));
  else setTimeout(renew, 1000);
}

addEventListener("pageshow", (event) => event.persisted && location.assign(form.action));
tick();
