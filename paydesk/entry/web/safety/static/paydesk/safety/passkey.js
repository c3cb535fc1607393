// Asks the browser for a passkey, or to prove one, and sends its answer with the form.
// The form carries what the browser needs (data-passkey) and what to say when it does not work.

const decode = (text) => {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (char) => char.charCodeAt(0));
};

const encode = (buffer) => {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
};

function readied(options) {
  const asked = structuredClone(options.publicKey);
  asked.challenge = decode(asked.challenge);
  if (asked.user) asked.user.id = decode(asked.user.id);
  for (const name of ["excludeCredentials", "allowCredentials"]) {
    for (const one of asked[name] || []) one.id = decode(one.id);
  }
  return { publicKey: asked };
}

function told(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = encode(credential.response[name]);
  }
  return JSON.stringify({
    id: credential.id,
    rawId: encode(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
}

async function ask(form) {
  const options = readied(JSON.parse(form.dataset.passkey));
  const made = form.dataset.makes !== undefined
    ? await navigator.credentials.create(options)
    : await navigator.credentials.get(options);
  form.querySelector("[data-answer]").value = told(made);
  form.submit();
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("[data-asks]");
  const problem = form.querySelector("[data-problem]");
  if (!window.PublicKeyCredential) {
    problem.hidden = false;
    problem.textContent = form.dataset.missing;
    button.disabled = true;
    continue;
  }
  button.addEventListener("click", async () => {
    problem.hidden = true;
    button.setAttribute("aria-busy", "true");
    try {
      await ask(form);
    } catch {
      problem.hidden = false;
      problem.textContent = form.dataset.refused;
      button.removeAttribute("aria-busy");
    }
  });
}
