// Saved as you go: forms are sent one after the other, again when the network was gone, and never lost by a reload.

import { notify, signInAgain, wordsOfError } from "./kit.js";
import { onSwap, partHeaders, refresh, root, steps, swap, text } from "./review_page.js";

/** @typedef {{fields: [string, string][], form: string, quiet: boolean, tries: number, steps: number}} Job */

const TYPING_MS = 1200;
const LONGEST_WAIT_MS = 15000;
/** @type {Job[]} */
let queue = [];
let working = false;
let typing = 0;
const key = () => `review-unsaved:${root().dataset.page}`;

/** Whether something is on its way or waits. */
export function isBusy() {
  return queue.length > 0 || root().querySelector("form[data-dirty]") !== null;
}

/** Save what a form asks for. quiet: the person goes on where they are. */
export function save(form, submitter, { quiet = false } = {}) {
  const data = new FormData(form, submitter ?? undefined);
  data.delete("csrf");
  if (form.dataset.seen) data.set("seen", form.dataset.seen);
  else if (!("settles" in form.dataset)) data.set("seen", root().dataset.revision);
  saveFields([...data.entries()].map(([name, value]) => [name, String(value)]), { form: form.dataset.save ? form.id : "", quiet });
}

/** Save a change that no form stands for: a note that was dragged. */
export function saveFields(fields, { form = "", quiet = false } = {}) {
  const values = new Map();
  // the boxes of several notes are one field
  for (const [name, value] of fields) values.set(name, name === "ticked" && values.has(name) ? `${values.get(name)},${value}` : value);
  if (!values.has("seen")) values.set("seen", root().dataset.revision);
  values.set("at_query", root().dataset.query.slice(1));
  // what was typed meanwhile takes the place of what waits to be sent
  if (quiet && form) queue = queue.filter((job, k) => (k === 0 && working) || job.form !== form);
  queue.push({ fields: [...values], form, quiet, tries: 0, steps: steps() });
  keep();
  work();
}

/** Send what was typed and not sent yet. */
export function flush() {
  clearTimeout(typing);
  for (const form of root().querySelectorAll("form[data-dirty]:not([data-sending])")) {
    if (!canSend(form)) continue;
    form.dataset.sending = "yes";
    save(form, null, { quiet: true });
  }
}

function canSend(form) {
  // a note without words is set aside, not emptied
  return form.checkValidity() && !(form.dataset.save === "typing" && !form.elements.text.value.trim());
}

function keep() {
  if (queue.length) sessionStorage.setItem(key(), JSON.stringify(queue));
  else sessionStorage.removeItem(key());
}

function tell(name) {
  const place = document.getElementById("save-state");
  if (!place) return;
  const said = text(name);
  if (place.textContent !== said) place.textContent = said;
  place.dataset.state = name;
}

async function work() {
  if (working) return;
  working = true;
  while (queue.length) {
    const job = queue[0];
    tell(job.tries ? "not_saved" : "saving");
    let answer = null;
    try {
      const fields = job.tries ? [...job.fields, ["again", "yes"]] : job.fields;
      answer = await fetch(root().dataset.page, { method: "POST", headers: partHeaders(), body: new URLSearchParams(fields), keepalive: true });
    } catch {
      answer = null;
    }
    if (!answer || answer.status >= 500 || answer.status === 429) {
      job.tries += 1;
      tell("not_saved");
      await new Promise((go) => {
        setTimeout(go, Math.min(LONGEST_WAIT_MS, 1000 * 2 ** (job.tries - 1)));
        window.addEventListener("online", go, { once: true });
      });
      continue;
    }
    if (answer.status === 401) {
      signInAgain();
      return;
    }
    queue.shift();
    keep();
    await settle(job, answer);
  }
  working = false;
}

async function settle(job, answer) {
  const html = await answer.text();
  const form = job.form ? document.getElementById(job.form) : null;
  if (answer.status === 409) {
    showConflict(html, form);
    tell("waiting_text");
    return;
  }
  if (!answer.ok && answer.status !== 422) {
    notify(wordsOfError(parse(html)), "bad");
    tell("not_taken");
    return;
  }
  if (form) clean(form, new Map(job.fields));
  tell(answer.ok ? "saved" : "not_taken");
  if (queue.length) return;
  const values = new Map(job.fields);
  if (job.steps !== steps()) await refresh();
  else await swap(html, { focus: job.quiet ? "keep" : focusAfter(values), holds: true });
  // the note is gone, with a new reading perhaps: what was typed can still be copied
  if (!answer.ok && values.get("text") && job.form && !document.getElementById(job.form)) notify(text("lost_words", { text: values.get("text") }), "bad");
}

function focusAfter(values) {
  const what = values.get("do");
  const goes = what === "fate" || (what === "move" && !["step", "before", "after", "first"].some((name) => values.has(name)));
  if (goes) return values.get("note_id") === root().dataset.note ? "editor" : "keep";
  return { word: "word-panel", add: "editor", split: "editor", merge: "editor" }[what] ?? "keep";
}

/** A form whose present values are those that were saved may be drawn anew. */
function clean(form, sent) {
  delete form.dataset.sending;
  const changed = [...new FormData(form).entries()].some(([name, value]) => !["csrf", "seen", "at_query"].includes(name) && sent.get(name) !== value);
  if (changed) {
    form.dataset.seen = root().dataset.revision;
    later();
    return;
  }
  release(form);
}

function release(form) {
  for (const name of ["dirty", "seen", "sending"]) delete form.dataset[name];
  form.removeAttribute("hx-morph-skip");
}

function parse(json) {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

function showConflict(html, form) {
  const place = document.getElementById("conflict-place");
  place.innerHTML = html;
  const dialog = place.querySelector("dialog");
  // what is on the page stays until the person has chosen
  dialog.removeAttribute("open");
  dialog.showModal();
  const end = () => {
    if (form) release(form);
    dialog.close();
    place.replaceChildren();
  };
  dialog.querySelector("[data-theirs]").addEventListener("click", (event) => {
    event.preventDefault();
    end();
    tell("saved");
    refresh();
  });
  for (const choice of dialog.querySelectorAll("form")) choice.addEventListener("submit", () => setTimeout(end));
  dialog.addEventListener("cancel", (event) => event.preventDefault());
}

function later() {
  clearTimeout(typing);
  typing = setTimeout(flush, TYPING_MS);
}

function markDirty(form) {
  if (!form.dataset.dirty) form.dataset.seen = root().dataset.revision;
  form.dataset.dirty = "yes";
  form.setAttribute("hx-morph-skip", "");
  tell("waiting_text");
}

/** Listen to all forms of the page; go on with what an earlier load of the page could not send. */
export function startSaving() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!("change" in form.dataset)) return;
    event.preventDefault();
    if (form.dataset.save) {
      markDirty(form);
      flush();
      return;
    }
    flush();
    save(form, event.submitter);
  });
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form?.dataset.save) return;
    delete form.dataset.sending;
    markDirty(form);
    if (form.dataset.save === "typing") later();
  });
  document.addEventListener("change", (event) => {
    if (event.target.form?.dataset.save) flush();
  });
  window.addEventListener("beforeunload", (event) => {
    flush();
    // what is on its way arrives all the same; what the network has not taken yet would wait for the next visit
    if (queue.some((job) => job.tries > 0)) event.preventDefault();
  });
  onSwap(() => tell(isBusy() ? "saving" : document.getElementById("save-state")?.dataset.state ?? "saved"));
  queue = parse(sessionStorage.getItem(key()) ?? "") ?? [];
  for (const job of queue) Object.assign(job, { tries: 1, steps: steps() });
  tell("saved");
  work();
}
