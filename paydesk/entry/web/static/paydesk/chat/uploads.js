// Files on their way: checked here first, sent one by one with progress, kept as ids for the
// message that will carry them. The server checks again; this only spares the wait.

const LARGEST = 10 * 1024 * 1024;
const MOST = 5;

export class Uploads {
  constructor({ tray, url, token, accept, texts, changed }) {
    Object.assign(this, { tray, url, token, texts, changed });
    this.kinds = accept.split(",").map((kind) => kind.trim());
    this.done = new Map();
    this.running = new Set();
  }

  get busy() {
    return this.running.size > 0;
  }

  add(files) {
    for (const file of files) {
      if (this.done.size + this.running.size >= MOST) break;
      this.#upload(file);
    }
  }

  // The files that are ready, for one message; the tray is empty afterwards.
  take() {
    const files = [...this.done.values()];
    this.done.clear();
    this.tray.replaceChildren();
    return files;
  }

  #upload(file) {
    const card = this.#card(file);
    const problem = this.#wrong(file);
    if (problem) return this.#fail(card, problem);
    const request = new XMLHttpRequest();
    const over = () => {
      this.running.delete(request);
      this.changed();
    };
    this.running.add(request);
    card.remove.addEventListener("click", () => request.abort());
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) card.bar.value = event.loaded / event.total;
    });
    request.addEventListener("load", () => {
      over();
      this.#finish(card, request);
    });
    request.addEventListener("error", () => {
      over();
      this.#fail(card, this.texts.uploadFailed);
    });
    request.addEventListener("abort", over);
    request.open("POST", this.url);
    request.setRequestHeader("X-CSRFToken", this.token);
    request.responseType = "json";
    const form = new FormData();
    form.append("file", file);
    request.send(form);
    this.changed();
  }

  #finish(card, request) {
    if (request.status !== 201) return this.#fail(card, request.response?.problem || this.texts.uploadFailed);
    const { id, name } = request.response;
    card.bar.remove();
    this.done.set(id, { id, name });
    card.remove.addEventListener("click", () => this.done.delete(id));
    this.changed();
  }

  #wrong(file) {
    if (file.size > LARGEST) return this.texts.tooBig;
    if (file.type && !this.kinds.includes(file.type)) return this.texts.badKind;
    return "";
  }

  #fail(card, problem) {
    card.box.classList.add("bad");
    card.bar.remove();
    const line = document.createElement("div");
    line.setAttribute("role", "alert");
    line.textContent = problem;
    card.box.append(line);
  }

  #card(file) {
    const box = document.createElement("div");
    box.className = "up";
    const row = document.createElement("div");
    row.className = "row";
    const name = document.createElement("span");
    name.className = "clip grow";
    name.textContent = file.name;
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "btn-quiet";
    remove.textContent = "×";
    remove.setAttribute("aria-label", `${this.texts.drop} ${file.name}`);
    remove.addEventListener("click", () => box.remove());
    row.append(name, remove);
    const bar = document.createElement("progress");
    bar.className = "progress";
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", `${this.texts.uploading} ${file.name}`);
    box.append(row, bar);
    this.tray.append(box);
    return { box, bar, remove };
  }
}
