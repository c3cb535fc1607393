// The exchange form while one types: the other amount, rate and fee follow from the server's
// estimate; the border's questions follow the country. Without this the form works all the same.

const form = document.querySelector("[data-exchange]");
const field = (name) => form.elements[name];
let timer = 0;
let asked = 0;

function other(side) {
  return side === "pay" ? "get" : "pay";
}

async function estimate() {
  const side = field("side").value;
  const mine = ++asked;
  const said = form.querySelector("[data-said]");
  const problem = form.querySelector("[data-problem]");
  if (!field(`${side}_amount`).value.trim()) {
    field(`${other(side)}_amount`).value = "";
    said.hidden = problem.hidden = true;
    return;
  }
  const query = new URLSearchParams({ kind: field("kind").value, side });
  for (const name of [`${side}_amount`, "pay_currency", "get_currency"]) query.set(name, field(name).value);
  const answer = await fetch(`${form.dataset.exchange}?${query}`, { headers: { Accept: "application/json" } });
  const body = await answer.json();
  if (mine !== asked) return; // something newer was typed meanwhile
  said.hidden = !answer.ok;
  problem.hidden = answer.ok || !body.problem;
  problem.textContent = body.problem || "";
  if (!answer.ok) return;
  field(`${other(side)}_amount`).value = body[other(side)];
  for (const part of ["rate", "fee", "total"]) said.querySelector(`[data-${part}]`).textContent = body[part];
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(() => estimate().catch(() => {}), 250);
}

function differ(changed) {
  const pay = field("pay_currency");
  const get = field("get_currency");
  if (pay.value !== get.value) return;
  const fixed = changed === pay ? get : pay;
  fixed.value = [...fixed.options].find((one) => one.value !== changed.value)?.value ?? fixed.value;
}

function turn() {
  const [pay, get] = [field("pay_currency"), field("get_currency")];
  [pay.value, get.value] = [get.value, pay.value];
  soon();
}

function questions() {
  const box = form.querySelector("[data-asked]");
  if (!box) return;
  const wanted = (box.dataset[field("country").value.toLowerCase()] || "").split(" ");
  for (const part of box.querySelectorAll("[data-field]")) {
    const bad = part.querySelector(".bad");
    part.hidden = !wanted.includes(part.dataset.field) && !bad;
  }
}

form.addEventListener("input", ({ target }) => {
  if (target.name === "pay_amount" || target.name === "get_amount") {
    field("side").value = target.name.slice(0, 3);
    soon();
  }
});
form.addEventListener("change", ({ target }) => {
  if (target.name === "pay_currency" || target.name === "get_currency") {
    differ(target);
    soon();
  }
  if (target.name === "country") questions();
});
form.querySelector("[data-turn]").addEventListener("click", turn);
questions();
soon();
