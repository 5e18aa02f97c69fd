// The changing part of the review page: fetched anew, morphed in without losing focus or caret, and told to a screen reader.

import { announce, csrfHeaders, notify, readWording, say, signInAgain } from "./kit.js";

const CLIENT_KEY = "review-client";
const BAR_PX = 100; // the bar that stays at the top covers this much
/** After so many frames rows that came into view have their true height. */
export const SETTLING_FRAMES = 3;
const MOST_GROUPS = 150; // their names must fit into a request's head
const words = readWording();
const afterSwap = new Set();
let asked = 0;
/** Where the person wants to go, until it is shown: the query, and how. */
let going = null;

/** The part of the page that the server draws anew after each change. */
export function root() {
  return document.getElementById("review");
}

/** A text of this page. */
export function text(name, values) {
  return say(words[name], values);
}

/** This tab's name, made at random: undo takes back what this tab did. */
export function clientId() {
  let id = sessionStorage.getItem(CLIENT_KEY);
  if (!id) {
    id = crypto.randomUUID ? crypto.randomUUID() : Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16)).join("");
    sessionStorage.setItem(CLIENT_KEY, id);
  }
  return id;
}

/** Headers of every request for a part. Groups of notes that are here already are not sent again; all: send them all the same. */
export function partHeaders({ all = false } = {}) {
  const here = all ? [] : [...root().querySelectorAll("#groups > [data-digest]")].map((group) => group.dataset.digest);
  const have = here.filter(Boolean).slice(0, MOST_GROUPS).join(" ");
  return { "X-Part": "review", "X-Client": clientId(), "X-Have": have, ...csrfHeaders() };
}

/** Calls `then` each time the part was drawn anew. */
export function onSwap(then) {
  afterSwap.add(then);
}

/** How often the person has gone elsewhere: an answer to a question asked before that is not shown. */
export function steps() {
  return asked;
}

/** What the server drew, to look things up in; null where an answer is none of its parts. */
function readPart(html) {
  return new DOMParser().parseFromString(html, "text/html").getElementById("review");
}

/**
 * Show a part that the server sent. Folded and unfolded parts stay as the person left them.
 * @param {string} html
 * @param {{focus?: string, holds?: boolean, part?: Element}} [how] focus: "keep", or the id of the element to go to; holds: where another note is open now,
 *   it comes to where the one before was on the screen
 */
export async function swap(html, { focus = "keep", holds = false, part = readPart(html) } = {}) {
  if (!part) return;
  const left = [...part.querySelectorAll("[data-same]")];
  const same = left.map((group) => document.getElementById(group.id));
  // they have changed since it was asked for
  if (left.some((group, k) => same[k]?.dataset.digest !== group.dataset.digest)) {
    await go(part.dataset.query, { focus, remember: false, all: true });
    return;
  }
  for (const group of same) group.setAttribute("hx-morph-skip", "");
  const before = document.activeElement?.id;
  const held = !isFree();
  const open = new Map([...root().querySelectorAll("details[id]")].map((details) => [details.id, details.open]));
  const noteBefore = root().dataset.note;
  const viewBefore = viewOf(root().dataset.query);
  const topBefore = document.querySelector(".row--picked")?.getBoundingClientRect().top;
  await window.htmx.swap({ text: html, target: root(), swap: "outerMorph", sourceElement: root() });
  for (const group of same) group.removeAttribute("hx-morph-skip");
  const sameView = viewOf(root().dataset.query) === viewBefore;
  for (const details of root().querySelectorAll("details[id]")) {
    const ours = open.has(details.id) && (sameView || !details.matches(".group")) && !details.querySelector(".row--picked");
    if (ours) details.open = open.get(details.id);
  }
  for (const then of afterSwap) then();
  placeFocus(focus, held ? [before, `open-${noteBefore}`] : []);
  const picked = document.querySelector(".row--picked");
  if (holds && picked && topBefore !== undefined) scrollBy(0, picked.getBoundingClientRect().top - Math.max(BAR_PX, topBefore));
  if (root().dataset.note && root().dataset.note !== noteBefore) showPicked();
  if (root().dataset.told) announce(root().dataset.told);
  if (root().dataset.error) announce(root().dataset.error);
}

/** Which list a query shows: in another one the groups are folded as the server says. */
function viewOf(query) {
  const values = new URLSearchParams(query);
  return `${values.get("show")} ${values.get("only")}`;
}

/** Whether no control has the keyboard, or one that can be pressed no more: the browser takes it away from that a moment later. */
function isFree() {
  return !document.activeElement || document.activeElement === document.body || document.activeElement.disabled;
}

/** known: ids of where the keyboard was, and what stands there now. */
function placeFocus(focus, known) {
  if (focus !== "keep") {
    const target = document.getElementById(focus) ?? document.getElementById("editor") ?? document.getElementById("next-word");
    target?.focus({ preventScroll: true });
    if (target?.id === "word-panel") announce(target.innerText.replace(/\s+/g, " "));
    return;
  }
  // what had it is gone, or can be pressed no more
  for (const id of known.length ? [...known, "editor", "next-word"] : []) if (isFree()) document.getElementById(id)?.focus({ preventScroll: true });
}

function showPicked(frames = SETTLING_FRAMES) {
  const row = document.querySelector(".row--picked");
  if (!row) return;
  // what is to be done next must be seen, not only the note's first line
  const wanted = (document.getElementById("word-panel") ?? row.querySelector("textarea") ?? row).getBoundingClientRect();
  const seen = row.getBoundingClientRect().top >= BAR_PX - 1 && wanted.bottom < innerHeight;
  if (!seen) row.scrollIntoView({ block: "start" });
  // rows that come into view have their true height only then
  if (frames) requestAnimationFrame(() => showPicked(frames - 1));
}

/** A part as the server has it now; null where it does not answer. all: also what is here already. */
async function fetchPart(address, all) {
  try {
    const answer = await fetch(address, { headers: partHeaders({ all }) });
    if (answer.status === 401) signInAgain();
    if (answer.status >= 500 || answer.status === 429) return null;
    const html = await answer.text();
    return { ok: answer.ok, html, part: answer.ok ? readPart(html) : null };
  } catch {
    return null;
  }
}

/**
 * Go to another sheet, note, word or view: the same as following the link, without loading the whole page.
 * @param {string} query "?sheet=…"
 * @param {{focus?: string, remember?: boolean, all?: boolean, quiet?: boolean}} [how] quiet: nobody asked for it, so nobody hears that it failed
 * @returns {Promise<boolean>} whether it is shown
 */
export async function go(query, how = {}) {
  const { focus = "keep", remember = true, all = false, quiet = false } = how;
  const mine = ++asked;
  const before = root().dataset.revision;
  const page = root().dataset.page;
  going = { query, how };
  const answer = await fetchPart(page + query, all);
  if (mine !== asked) return false;
  going = null;
  if (answer && !answer.ok) {
    // the event was deleted: the page says so
    location.assign(page + query);
    return false;
  }
  if (!answer?.part) {
    if (!quiet) notify(say(readWording("wording-common").not_shown), "warn");
    return false;
  }
  // a change was saved while this was on its way: it shows what was before
  const now = root().dataset.revision;
  if (now !== before && Number(answer.part.dataset.revision) < Number(now)) return go(query, how);
  await swap(answer.html, { focus, part: answer.part });
  if (remember && location.search !== root().dataset.query) history.pushState(null, "", page + root().dataset.query);
  return true;
}

/** The present state of what is shown, or of where the person is on the way to: a click is never lost. Gives whether it is shown. */
export function refresh() {
  return going ? go(going.query, going.how) : go(root().dataset.query, { remember: false, quiet: true });
}

/** Show what the address says, after 'back'. */
export function goBack() {
  // a link within the page leads to what is shown already
  if (going || location.search !== root().dataset.query) go(location.search, { remember: false });
}
