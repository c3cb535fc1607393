// Sends a form marked data-steady so that a lost connection leaves no doubt: the server is asked,
// under the form's own key, whether the request arrived. The same key never pays twice.

const PAUSE = 1500;

const pause = () => new Promise((done) => setTimeout(done, PAUSE));

// The address of what became of the request, or the server's words that there is nothing.
async function ask(address) {
  for (;;) {
    try {
      const answer = await fetch(address, { cache: "no-store" });
      if (answer.redirected) return { href: answer.url };
      if (answer.ok) return { words: await answer.text() };
    } catch {
      // still offline
    }
    await pause();
  }
}

async function send(form) {
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
    if (answer.redirected) return location.assign(answer.url);
    return form.submit(); // something to correct: let the browser show the server's page
  } catch {
    await lost(form);
  }
}

async function lost(form) {
  const told = form.querySelector("[data-told]");
  told.textContent = form.dataset.lost;
  told.hidden = false;
  const { href, words } = await ask(form.dataset.steady);
  if (href) return location.assign(href);
  told.innerHTML = words;
  delete form.dataset.sent;
  form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
}

for (const form of document.querySelectorAll("form[data-steady]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.dataset.sent) return;
    form.dataset.sent = "1";
    event.submitter?.setAttribute("aria-busy", "true");
    send(form);
  });
}
