// The box by which files are added: choosing, dropping, pasting; a row for each file; see upload_queue.js for the sending itself.

import { announce, notify, readWording, say } from "./kit.js";
import { gatherDropped, isWanted } from "./upload_picking.js";
import { UploadQueue } from "./upload_queue.js";
import { watchVerdicts } from "./upload_verdicts.js";

const words = readWording("wording-uploads");

/** 1.2 MB: as people know sizes. */
function showSize(bytes) {
  return bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

class UploadBox {
  constructor(box) {
    this.box = box;
    this.list = box.querySelector(".upload__list");
    this.overall = box.querySelector(".upload__overall");
    this.rows = new Map();
    this.queue = new UploadQueue({ endpoint: box.dataset.upload, words, onChange: (item) => this.show(item) });
    this.verdicts = "verdicts" in box.dataset ? watchVerdicts(box.dataset.upload, words, (key, verdict) => this.showVerdict(key, verdict)) : null;
    this.wire();
    this.begin();
  }

  async begin() {
    for (const sent of this.verdicts?.remembered() ?? []) this.addRow(sent.key, sent.name, { done: true });
    this.showOverall();
    await loadScript(this.box.dataset.tus);
    const { resumed, lost } = await this.queue.resume();
    const place = this.box.querySelector("[data-unfinished]");
    if (lost && !resumed) {
      place.textContent = say(words.unfinished, { n: lost });
      place.hidden = false;
    }
  }

  wire() {
    const { box } = this;
    const plain = box.querySelector(".upload__plain");
    const files = plain.querySelector('input[type="file"]');
    const rich = box.querySelector(".upload__rich");
    // the plain form stays for browsers without scripts; its field of files serves here, too
    plain.hidden = true;
    rich.hidden = false;
    const inputs = { files, camera: rich.querySelector('[data-input="camera"]'), folder: rich.querySelector('[data-input="folder"]') };
    for (const button of rich.querySelectorAll("[data-pick]")) {
      const input = inputs[button.dataset.pick];
      button.addEventListener("click", () => input.click());
      input.addEventListener("change", () => {
        this.add([...input.files]);
        input.value = "";
      });
    }
    // what makes no sense on phones, or on laptops, upload.css leaves out
    rich.querySelector('[data-pick="folder"]').hidden = !("webkitdirectory" in inputs.folder);
    let depth = 0;
    document.addEventListener("dragenter", (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      depth += 1;
      box.classList.add("upload--over");
    });
    document.addEventListener("dragleave", () => {
      depth = Math.max(0, depth - 1);
      if (!depth) box.classList.remove("upload--over");
    });
    document.addEventListener("dragover", (event) => {
      if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
    });
    document.addEventListener("drop", async (event) => {
      depth = 0;
      box.classList.remove("upload--over");
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      this.add(await gatherDropped(event.dataTransfer));
    });
    document.addEventListener("paste", (event) => {
      if (event.clipboardData?.files.length) this.add([...event.clipboardData.files]);
    });
    window.addEventListener("beforeunload", (event) => {
      if (this.queue.isBusy()) event.preventDefault();
    });
    box.querySelector("[data-clear]").addEventListener("click", () => this.clear());
  }

  add(files) {
    const wanted = files.filter(isWanted);
    if (!wanted.length) {
      if (files.length) notify(say(words.nothing_chosen), "warn");
      return;
    }
    this.box.querySelector("[data-unfinished]").hidden = true;
    this.queue.add(wanted);
  }

  addRow(key, name, { done = false } = {}) {
    const row = this.box.querySelector("template[data-row]").content.firstElementChild.cloneNode(true);
    row.querySelector(".upload__name").textContent = name;
    row.querySelector("progress").setAttribute("aria-label", name);
    row.querySelector("progress").hidden = done;
    if (done) row.dataset.state = "done";
    const cancel = row.querySelector("[data-cancel]");
    cancel.textContent = say(words.cancel);
    cancel.setAttribute("aria-label", say(words.cancel_one, { name }));
    cancel.hidden = done;
    cancel.addEventListener("click", () => this.queue.cancel(key));
    const retry = row.querySelector("[data-retry]");
    retry.textContent = say(words.try_again);
    retry.setAttribute("aria-label", say(words.retry_one, { name }));
    retry.addEventListener("click", () => this.queue.retry(key));
    this.rows.set(key, row);
    // what was added last stands first: on a phone the list is long
    this.list.prepend(row);
    this.list.hidden = false;
    return row;
  }

  /** One file has moved on: 'waiting', 'sending', 'again' (no connection), 'done', 'refused', 'failed' or 'cancelled'. */
  show(item) {
    const row = this.rows.get(item.key) ?? this.addRow(item.key, item.name);
    row.dataset.state = item.state;
    const percent = Math.floor((100 * item.sent) / Math.max(1, item.size));
    const state = {
      waiting: () => say(words.waiting),
      sending: () => (percent >= 100 ? say(words.finishing) : say(words.sending, { percent, size: showSize(item.size) })),
      again: () => say(words.again),
      done: () => say(item.already ? words.already : words.arrived),
      refused: () => item.reason,
      failed: () => item.reason,
      cancelled: () => say(words.cancelled),
    }[item.state]();
    row.querySelector(".upload__state").textContent = state;
    row.querySelector("progress").value = item.sent / Math.max(1, item.size);
    const over = ["done", "refused", "cancelled"].includes(item.state);
    row.querySelector("progress").hidden = over || item.state === "failed";
    row.querySelector("[data-cancel]").hidden = over;
    row.querySelector("[data-retry]").hidden = !["again", "failed"].includes(item.state);
    if (item.state === "cancelled") {
      row.remove();
      this.rows.delete(item.key);
    }
    if (item.state === "refused") {
      // what asks for something stands where it is seen
      this.list.prepend(row);
      announce(`${item.name}: ${item.reason}`);
    }
    if (item.state === "done") {
      if (item.already) row.dataset.already = "";
      // on the organiser's page it stands below as a photo now
      row.hidden = !this.verdicts && !item.already;
      this.verdicts?.add(item.key, item.url, item.name);
      this.box.dispatchEvent(new CustomEvent("digitise:uploaded", { bubbles: true, detail: { name: item.name, already: item.already } }));
    }
    this.showOverall();
  }

  showOverall() {
    const { total, done, refused, bytes, sent, busy } = this.queue.summary();
    const place = this.overall.querySelector("[data-overall]");
    this.overall.hidden = !total;
    this.list.hidden = ![...this.rows.values()].some((row) => !row.hidden);
    if (!total) return;
    const bar = this.overall.querySelector("progress");
    bar.value = bytes ? sent / bytes : 1;
    bar.hidden = !busy;
    const text = busy ? say(words.overall, { done, total }) : [say(words.all_sent, { n: done }), refused ? say(words.not_sent, { n: refused }) : ""].filter(Boolean).join(" · ");
    if (!busy && this.wasBusy) announce(text);
    this.wasBusy = busy;
    place.textContent = text;
    this.overall.querySelector("[data-clear]").hidden = busy;
  }

  showVerdict(key, verdict) {
    const row = this.rows.get(key);
    if (!row) return;
    row.dataset.verdict = verdict.state;
    const told = verdict.state === "waiting" ? say(words.checking) : verdict.sentences.join(" ") || say(words.verdict_good);
    const text = "already" in row.dataset ? `${say(words.already)}. ${told}` : told;
    const place = row.querySelector(".upload__state");
    if (place.textContent === text) return;
    place.textContent = text;
    if (["poor", "bad"].includes(verdict.state)) this.list.prepend(row);
    if (verdict.state !== "waiting") announce(`${row.querySelector(".upload__name").textContent}: ${text}`);
  }

  clear() {
    for (const key of this.queue.forgetFinished()) {
      this.rows.get(key)?.remove();
      this.rows.delete(key);
      this.verdicts?.forget(key);
    }
    this.showOverall();
    this.box.querySelector('[data-pick="files"]').focus();
  }
}

function loadScript(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", resolve);
    script.addEventListener("error", reject);
    document.head.append(script);
  });
}

for (const box of document.querySelectorAll("[data-upload]")) new UploadBox(box);
