// The report page stays true by itself while the files are written, and hands over the one that was asked for.

import { announce, signInAgain } from "./kit.js";

const POLL_MS = 1200;
/** After so long the page asks less often. */
const SLOW_AFTER_MS = 60000;
const SLOW_MS = 5000;

const page = document.getElementById("takeaway");
const waiting = document.querySelector("[data-waits]");
const began = Date.now();

function pause() {
  const ms = document.hidden || Date.now() - began > SLOW_AFTER_MS ? SLOW_MS : POLL_MS;
  return new Promise((resolve) => { setTimeout(resolve, ms); });
}

/** A page of ours as a document; null where the network or the server fails just now. */
async function load(address) {
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    if (answer.status === 401 || new URL(answer.url).pathname.endsWith("/login")) {
      signInAgain();
      return null;
    }
    return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  } catch {
    return null;
  }
}

function part() {
  return document.getElementById("takeaway-part");
}

/** Ask as long as something goes on: photos being read, files being written. */
async function follow() {
  while ("follow" in part().dataset) {
    await pause();
    const fresh = (await load(`${page.dataset.part}?want=${encodeURIComponent(page.dataset.want)}`))?.getElementById("takeaway-part");
    if (!fresh || fresh.dataset.stamp === part().dataset.stamp) continue;
    const before = part().dataset.told;
    const focused = part().contains(document.activeElement) ? document.activeElement.id : "";
    part().replaceWith(fresh);
    if (focused) (document.getElementById(focused) ?? document.getElementById("main")).focus({ preventScroll: true });
    if (fresh.dataset.told !== before) announce(fresh.dataset.told);
  }
  hand();
}

/** Begin the download that a person asked for, once: a page that is loaded again does not bring it again. */
function hand() {
  const address = part().dataset.fetch;
  if (!address) return;
  if (document.readyState !== "complete") {
    // going elsewhere now would stop the page from being loaded to its end
    window.addEventListener("load", hand, { once: true });
    return;
  }
  const plain = new URL(location.href);
  plain.searchParams.delete("want");
  history.replaceState(null, "", plain);
  page.dataset.want = "";
  location.assign(address);
}

/** A document is looked at: show what was found as soon as it is known. */
async function wait() {
  for (;;) {
    await pause();
    const fresh = await load(location.href);
    if (fresh && !fresh.querySelector("[data-waits]")) {
      location.reload();
      return;
    }
  }
}

/** A file goes over a slow network for a while: say so, and do not send it twice. */
function send(form) {
  form.addEventListener("submit", () => {
    const button = form.querySelector("button");
    button.setAttribute("aria-disabled", "true");
    button.textContent = form.dataset.sending;
    announce(form.dataset.sending);
    form.addEventListener("submit", (event) => event.preventDefault());
  }, { once: true });
}

for (const form of document.querySelectorAll("[data-sending]")) send(form);
// back from the next page: a browser may show this one as it was left
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
if (waiting) wait();
if (page) follow();
