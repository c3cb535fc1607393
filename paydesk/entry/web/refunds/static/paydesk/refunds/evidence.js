// Evidence goes up one file after another with its progress; without this the form sends them all
// at once. The list of what arrived comes from the server.

const form = document.querySelector("[data-evidence]");
const list = form?.querySelector("[data-uploads]");

function send(file, row) {
  return new Promise((resolve) => {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.set("files", file);
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) row.bar.value = event.loaded / event.total;
    });
    request.addEventListener("load", () => resolve(problems(request)));
    request.addEventListener("error", () => resolve([form.dataset.failed]));
    request.send(body);
  });
}

function problems(request) {
  if (request.status === 200) return [];
  try {
    return JSON.parse(request.responseText).problems;
  } catch {
    return [form.dataset.failed];
  }
}

function row(file) {
  const line = document.createElement("li");
  const name = document.createElement("span");
  const bar = document.createElement("progress");
  name.textContent = file.name;
  bar.className = "progress";
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  line.append(name, bar);
  list.append(line);
  return { line, bar };
}

async function sendAll(event) {
  event.preventDefault();
  const input = form.elements.files;
  const files = [...input.files];
  input.value = "";
  for (const file of files) {
    const shown = row(file);
    const wrong = await send(file, shown);
    if (wrong.length === 0) {
      shown.line.remove();
      continue;
    }
    const words = document.createElement("span");
    words.className = "error";
    words.textContent = wrong.join(" ");
    shown.bar.replaceWith(words);
  }
  const fresh = document.querySelector("#fresh");
  if (fresh && globalThis.htmx) htmx.trigger(fresh, "fresh");
}

form?.addEventListener("submit", sendAll);
form?.elements.files.addEventListener("change", () => form.requestSubmit());
