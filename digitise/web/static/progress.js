// The photos page stays true by itself: the server tells what changed, and the page asks for these parts anew.

import { announce, csrfHeaders, live, notify, pause, readWording, say, signInAgain, wordsOfError } from "./kit.js";

/** More than so many cards at once: all are asked for. */
const MOST_KEYS = 40;
/** Screen readers hear of news at most so often. */
const TELL_MS = 6000;

const page = document.querySelector("[data-stream]");
const list = document.getElementById("photos-list");
let told = head().dataset.told;
let tellTimer = 0;
/** Keys of cards to ask for; null: all; undefined: none. */
let wanted;
let asking = false;

function head() {
  return document.getElementById("photos-head");
}

/** Remember what is to be asked for, and ask unless an answer is awaited already. */
function want(keys) {
  if (keys === null || wanted === null) wanted = null;
  else wanted = new Set([...(wanted ?? []), ...keys]);
  if (wanted && wanted.size > MOST_KEYS) wanted = null;
  if (!asking) ask();
}

async function ask() {
  asking = true;
  try {
    while (wanted !== undefined) {
      const keys = wanted;
      wanted = undefined;
      if (await bring(keys)) continue;
      // nothing else may ask for them again: this may have been the last news
      want(keys);
      await pause();
    }
  } finally {
    asking = false;
  }
}

/** Ask for cards, and show them; null: all. Gives whether the server answered. */
async function bring(keys) {
  const query = new URLSearchParams();
  // a key of no card asks for the head alone
  for (const key of keys ? [...keys, "0"] : []) query.append("key", key);
  let answer;
  let html;
  try {
    answer = await fetch(`${page.dataset.part}?${query}`, { headers: { Accept: "text/html" } });
    html = await answer.text();
  } catch {
    return false;
  }
  // the session has ended, or the event was deleted: the page says so
  if (answer.redirected || answer.status === 401) signInAgain();
  else if (answer.status === 404) location.reload();
  else if (answer.ok) show(html, keys === null);
  else return false;
  return true;
}

/** Bring fresh parts into the page; what a person is just using keeps its place. */
function show(html, all) {
  const part = new DOMParser().parseFromString(html, "text/html");
  const fresh = part.getElementById("photos-head");
  if (!fresh) return;
  exchange(head(), fresh);
  tell(head().dataset.told);
  const seen = new Set();
  for (const card of part.querySelectorAll("li.photo")) {
    seen.add(card.id);
    const old = document.getElementById(card.id);
    if (old && old.dataset.stamp === card.dataset.stamp) continue;
    if (old) exchange(old, card);
    putInOrder(card);
  }
  if (all) for (const card of [...list.children]) if (!seen.has(card.id)) drop(card);
}

/** A photo is gone from the event. Who was at it goes on at the next one. */
function drop(card) {
  const held = card.contains(document.activeElement);
  const next = card.nextElementSibling ?? card.previousElementSibling ?? document.querySelector('[data-pick="files"]');
  card.remove();
  if (held) next?.focus();
}

/** "Yes, remove it", without loading the page anew. */
async function remove(event) {
  const form = event.target.closest(".photo__remove form");
  if (!form || event.defaultPrevented) return;
  event.preventDefault();
  const card = form.closest("li");
  const said = form.dataset.removed;
  let answer;
  try {
    answer = await fetch(form.action, { method: "POST", headers: { Accept: "application/json", ...csrfHeaders() }, body: new URLSearchParams(new FormData(form)) });
  } catch {
    notify(say(readWording("wording-common").no_connection), "warn");
    return;
  }
  if (answer.status === 401) signInAgain();
  // another one may have removed it already
  if (!answer.ok && answer.status !== 404) {
    notify(wordsOfError(await answer.json().catch(() => null)), "bad");
    return;
  }
  if (card.isConnected) drop(card);
  notify(said);
}

/** The report's order: by the time taken, then by name; photos that do not say when stand behind. */
function comesBefore(one, other) {
  const [at, otherAt] = [one.dataset.taken || "~", other.dataset.taken || "~"];
  return at === otherAt ? one.dataset.name.localeCompare(other.dataset.name, "en", { numeric: true }) < 0 : at < otherAt;
}

/** A new card, or one of which it is known only now when it was taken. Where it stands rightly it is not touched, and keeps the focus. */
function putInOrder(card) {
  const [before, after] = [card.previousElementSibling, card.nextElementSibling];
  if (card.parentNode === list && !(before && comesBefore(card, before)) && !(after && comesBefore(after, card))) return;
  const next = [...list.children].find((other) => other !== card && comesBefore(card, other));
  list.insertBefore(card, next ?? null);
}

/** Put `fresh` in the place of `old`. Open questions stay open, and the focus stays where it was. */
function exchange(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const place = focused ? [...old.querySelectorAll("a, button, summary")].indexOf(focused) : -1;
  if (old.querySelector("details[open]")) fresh.querySelector("details")?.setAttribute("open", "");
  old.replaceWith(fresh);
  if (!focused) return;
  const next = focused.id ? document.getElementById(focused.id) : fresh.querySelectorAll("a, button, summary")[place];
  if (next) next.focus({ preventScroll: true });
  else {
    fresh.tabIndex = -1;
    fresh.focus({ preventScroll: true });
  }
}

/** Tell a screen reader what is new in one sentence, not for every photo. */
function tell(text) {
  if (text === told) return;
  told = text;
  clearTimeout(tellTimer);
  tellTimer = setTimeout(() => announce(told), TELL_MS);
}

live(() => `${page.dataset.stream}?after=${head().dataset.revision}`, {
  progress(news) {
    for (const key of news.gone) {
      const card = document.getElementById(`photo-${key}`);
      if (card) drop(card);
    }
    want(news.changed);
  },
}, () => want(null));
document.addEventListener("submit", remove);
