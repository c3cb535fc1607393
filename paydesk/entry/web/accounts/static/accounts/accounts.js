// Account pages: a password can be shown; a new one has a meter. Both only help, nothing depends on them.

const svg = (paths) => `<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${paths}</svg>`;
const EYE = svg('<path d="M2 12s3.5-7 10-7 10 7 10 7-3.5 7-10 7-10-7-10-7Z"/><circle cx="12" cy="12" r="3"/>');
const CLOSED = svg('<path d="M2 12s3.5-7 10-7 10 7 10 7-3.5 7-10 7-10-7-10-7Z"/><path d="m4 4 16 16"/>');

function reveal(box) {
  const input = box.querySelector("input");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "reveal";
  const draw = () => {
    const shown = input.type === "text";
    button.innerHTML = shown ? CLOSED : EYE;
    button.setAttribute("aria-label", shown ? box.dataset.hide : box.dataset.show);
  };
  button.addEventListener("click", () => {
    input.type = input.type === "text" ? "password" : "text";
    draw();
    input.focus();
  });
  input.form?.addEventListener("submit", () => { input.type = "password"; });
  draw();
  box.append(button);
}

// The same rough measure as paydesk.people.rules.strength.
export function strength(password) {
  if (!password) return 0;
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{L}\p{N}]/u].filter((kind) => kind.test(password)).length;
  const characters = [...password];
  const points = (new Set(characters).size >= 6) + (characters.length >= 10) + (characters.length >= 14) + (kinds >= 3);
  return Math.max(1, Math.min(4, points));
}

function meter(box) {
  const input = document.getElementById(box.dataset.meter);
  const words = box.dataset.words.split("|");
  const said = box.querySelector("[role=status]");
  input.addEventListener("input", () => {
    const level = strength(input.value);
    box.hidden = level === 0;
    box.dataset.level = level;
    const word = words[level - 1] || "";
    if (said.textContent !== word) said.textContent = word;
  });
}

document.querySelectorAll("[data-reveal]").forEach(reveal);
document.querySelectorAll("[data-meter]").forEach(meter);
