// Saved as you go: forms are sent one after the other, again when the network was gone, and never lost by a reload.

import { notify, pause, signInAgain, wordsOfError } from "./kit.js";
import { onSwap, partHeaders, refresh, root, steps, swap, text } from "./review_page.js";

/** @typedef {{fields: [string, string][], form: string, quiet: boolean, tries: number, steps: number}} Job */

const TYPING_MS = 1200;
const LONGEST_WAIT_MS = 15000;
/** Fields in which people type. */
const TYPED = ["text", "title", "owners", "due", "date", "place", "organisers"];
/** Forms that are sent by themselves, and those that are sent when the person goes elsewhere (data-save="leave") without pressing their button. */
const BY_ITSELF = 'form[data-dirty]:is([data-save="typing"], [data-save="change"]):not([data-refused])';
const BY_LEAVING = 'form[data-dirty][data-save="leave"]:not([data-refused])';
/** Forms that hold what a person typed: where one goes from the page unsent, its words are shown. */
const held = new Set();
/** @type {Job[]} */
let queue = [];
let working = false;
let typing = 0;
const key = () => `review-unsaved:${root().dataset.page}`;

/** Whether something is on its way or waits to be sent by itself. */
export function isBusy() {
  return queue.length > 0 || [...root().querySelectorAll(BY_ITSELF)].some(canSend);
}

/** The person begins to change what a form shows: it stays as it is until that is saved, and others' changes since then are not overwritten. */
export function hold(form) {
  form.dataset.seen ??= root().dataset.revision;
  form.dataset.dirty = "yes";
  delete form.dataset.refused;
  form.setAttribute("hx-morph-skip", "");
  held.add(form);
}

/** It may be drawn anew. */
export function release(form) {
  for (const name of ["dirty", "seen", "sending", "refused"]) delete form.dataset[name];
  form.removeAttribute("hx-morph-skip");
  held.delete(form);
  // it was left out while others' changes were drawn round it
  const group = form.closest("[data-digest]");
  if (group) group.dataset.digest = "";
}

/** Save what a form asks for. quiet: the person goes on where they are. */
export function save(form, submitter, { quiet = false } = {}) {
  if (form.dataset.dirty) form.dataset.sending = "yes";
  const { seen = root().dataset.revision } = form.dataset;
  saveFields([...valuesOf(form, submitter), ["seen", seen]], { form: form.id, quiet });
}

/** Save a change that no form stands for: a note that was dragged. */
export function saveFields(fields, { form = "", quiet = false } = {}) {
  // what was typed meanwhile takes the place of what waits to be sent
  if (quiet && form) queue = queue.filter((job, k) => (k === 0 && working) || job.form !== form);
  queue.push(makeJob(fields, { form, quiet }));
  keep();
  work();
}

/** Each has a name of its own: the server does what is sent again once. */
function makeJob(fields, { form = "", quiet = false } = {}) {
  const values = new Map();
  // the boxes of several notes are one field
  for (const [name, value] of fields) values.set(name, name === "ticked" && values.has(name) ? `${values.get(name)},${value}` : value);
  if (!values.has("seen")) values.set("seen", root().dataset.revision);
  values.set("at_query", root().dataset.query.slice(1));
  values.set("job", Date.now().toString(36) + Math.random().toString(36).slice(2));
  return { fields: [...values], form, quiet, tries: 0, steps: steps() };
}

function valuesOf(form, submitter) {
  const data = new FormData(form, submitter ?? undefined);
  data.delete("csrf");
  return [...data.entries()].map(([name, value]) => [name, String(value)]);
}

/** The words among a form's values. */
function wordsOf(values) {
  return TYPED.filter((name) => values.get(name)?.trim() && values.get(name) !== values.get(`was_${name}`)).map((name) => values.get(name)).join(" · ");
}

/** Send what was typed and not sent yet. leaving: also what has a button for that, since the person goes elsewhere. */
export function flush({ leaving = true } = {}) {
  clearTimeout(typing);
  for (const form of root().querySelectorAll(leaving ? `${BY_ITSELF}, ${BY_LEAVING}` : BY_ITSELF)) {
    if (!form.dataset.sending && canSend(form)) save(form, null, { quiet: true });
  }
}

function canSend(form) {
  // a note without words is set aside, not emptied
  return form.checkValidity() && !(form.elements.text && !form.elements.text.value.trim());
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
  try {
    while (queue.length) await send(queue[0]);
  } finally {
    working = false;
  }
}

/** Send the first of the queue. It leaves the queue once it is answered: a reload sends it again, which the server knows by its name. */
async function send(job) {
  tell(job.tries ? "not_saved" : "saving");
  let answer = null;
  let html = "";
  try {
    answer = await fetch(root().dataset.page, { method: "POST", headers: partHeaders(), body: new URLSearchParams(job.fields), keepalive: true });
    html = await answer.text();
  } catch {
    answer = null;
  }
  if (answer?.status === 401) signInAgain();
  if (!answer || answer.status >= 500 || answer.status === 429 || answer.status === 401) {
    const why = answer?.status === 507 && !job.tries ? readPart(html)?.dataset.error : "";
    if (why) notify(why, "bad");
    job.tries += 1;
    tell("not_saved");
    await pause(Math.min(LONGEST_WAIT_MS, 1000 * 2 ** (job.tries - 1)));
    return;
  }
  const asks = answer.status === 409 && html.includes("<dialog");
  const instead = asks ? await choose(job, html) : [];
  queue.splice(0, 1, ...instead);
  keep();
  if (!asks) await settle(job, answer, html);
  else if (!queue.length) {
    tell("saved");
    await refresh();
  }
}

async function settle(job, answer, html) {
  const form = job.form ? document.getElementById(job.form) : null;
  const values = new Map(job.fields);
  const part = readPart(html);
  const why = answer.ok ? "" : part?.dataset.error ?? wordsOfError(parse(html));
  if (answer.ok && form?.dataset.dirty) clean(form, values);
  else if (form) {
    delete form.dataset.sending;
    // it keeps what was typed, to be mended
    if (form.dataset.dirty) form.dataset.refused = "yes";
  } else if (why && job.form && wordsOf(values)) showLost(wordsOf(values));
  form?.dispatchEvent(new CustomEvent("settled", { bubbles: true, detail: why }));
  if (part?.dataset.went) showGone(part.dataset.went, values.get("note_id"));
  if (why && (!part || queue.length)) notify(why, "bad");
  tell(answer.ok ? "saved" : "not_taken");
  if (queue.length || !part) return;
  if (job.steps !== steps()) await refresh();
  else await swap(html, { focus: job.quiet || why ? "keep" : focusAfter(values), holds: true });
}

/** Words that no field has any more can still be copied. */
function showLost(words) {
  notify(text("lost_words", { text: words }), "bad");
}

/** A note left the report with its only word, and the page goes on. */
function showGone(said, note) {
  const box = notify(said, "bad");
  const back = document.createElement("button");
  back.type = "button";
  back.className = "button button--small";
  back.textContent = text("undo");
  back.addEventListener("click", () => {
    box.remove();
    saveFields([["do", "fate"], ["note_id", note], ["fate", "reported"]]);
  });
  box.insertBefore(back, box.lastElementChild);
}

function readPart(html) {
  return new DOMParser().parseFromString(html, "text/html").getElementById("review");
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
  const changed = valuesOf(form).some(([name, value]) => !["seen", "at_query"].includes(name) && sent.get(name) !== value);
  if (!changed) {
    release(form);
    return;
  }
  form.dataset.seen = root().dataset.revision;
  later();
}

function parse(json) {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

/** Somebody else changed the same: both are shown until the person has chosen. Gives what is to be sent instead: nothing, or one job. */
async function choose(job, html) {
  // more was typed there meanwhile: that is what is asked about
  flush({ leaving: false });
  if (job.form && queue.some((other, k) => k && other.form === job.form)) return [];
  tell("waiting_text");
  const place = document.getElementById("conflict-place");
  place.innerHTML = html;
  const dialog = place.querySelector("dialog");
  dialog.removeAttribute("open");
  dialog.showModal();
  const chosen = await new Promise((choice) => {
    dialog.addEventListener("click", (event) => {
      if (!event.target.closest("[data-theirs]")) return;
      event.preventDefault();
      choice(null);
    });
    dialog.addEventListener("submit", (event) => {
      event.preventDefault();
      event.stopPropagation();
      choice(event.target);
    });
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    // a browser closes it all the same on a second Escape
    dialog.addEventListener("close", () => dialog.isConnected && dialog.showModal());
  });
  const next = chosen ? [makeJob(valuesOf(chosen))] : [];
  const form = job.form ? document.getElementById(job.form) : null;
  if (form) {
    release(form);
    form.dispatchEvent(new CustomEvent("settled", { bubbles: true, detail: "" }));
  }
  dialog.close();
  place.replaceChildren();
  return next;
}

function later() {
  clearTimeout(typing);
  typing = setTimeout(() => flush({ leaving: false }), TYPING_MS);
}

function submit(event) {
  const form = event.target;
  if (!("change" in form.dataset)) return;
  event.preventDefault();
  // pressed twice
  if (form.dataset.sending) return;
  // another reading was chosen in place of the word that was typed
  for (const other of form.closest("#word-panel")?.querySelectorAll("form[data-dirty]") ?? []) if (other !== form) release(other);
  const byItself = ["typing", "change"].includes(form.dataset.save);
  if (byItself || form.dataset.dirty) hold(form);
  flush({ leaving: false });
  if (!byItself) save(form, event.submitter);
}

/** Listen to all forms of the page; go on with what an earlier load of the page could not send. */
export function startSaving() {
  document.addEventListener("submit", submit);
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form?.dataset.save) return;
    delete form.dataset.sending;
    hold(form);
    tell("waiting_text");
    if (form.dataset.save === "typing") later();
  });
  document.addEventListener("change", (event) => {
    if (event.target.form?.dataset.save) flush({ leaving: false });
  });
  window.addEventListener("beforeunload", (event) => {
    flush();
    // what is on its way arrives all the same; what the network has not taken yet, what is asked and what was refused would be left behind
    if (queue.some((job) => job.tries > 0) || document.querySelector("#conflict-place dialog, form[data-refused]")) event.preventDefault();
  });
  onSwap(() => {
    for (const form of held) {
      if (form.isConnected) continue;
      held.delete(form);
      const words = wordsOf(new Map(valuesOf(form)));
      if (!form.dataset.sending && words) showLost(words);
    }
    tell(isBusy() ? "saving" : document.getElementById("save-state")?.dataset.state ?? "saved");
  });
  queue = parse(sessionStorage.getItem(key()) ?? "") ?? [];
  for (const job of queue) Object.assign(job, { tries: 1, steps: steps() });
  tell("saved");
  work();
}
