// Small functions that scripts of all pages share. Importing it does nothing by itself.

/** Texts of one area, as its page gives them: `<script type="application/json" id="wording">` or "wording-common". */
export function readWording(id = "wording") {
  const element = document.getElementById(id);
  return element ? JSON.parse(element.textContent) : {};
}

/** A text with its gaps filled: say(words.files_left, {n: 3}). Forms: one text, or one for n = 1 and one for other numbers. */
export function say(forms, values = {}) {
  const form = values.n === 1 || forms.length === 1 ? forms[0] : forms[1];
  return form.replace(/\{(\w+)\}/g, (gap, name) => (name in values ? String(values[name]) : gap));
}

/** Tell a screen reader something that everybody else sees. */
export function announce(text) {
  const place = document.getElementById("told");
  place.textContent = "";
  // a screen reader speaks of changes only: the same words twice must change twice
  setTimeout(() => { place.textContent = text; }, 60);
}

/** Show a short message at the foot of the page. tone: "good", "warn" or "bad"; bad ones stay until they are closed. */
export function notify(text, tone = "good") {
  const words = readWording("wording-common");
  const box = document.createElement("div");
  box.className = `notice notice--${tone}`;
  const said = document.createElement("span");
  said.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button button--small";
  close.textContent = say(words.close);
  close.addEventListener("click", () => box.remove());
  box.append(said, close);
  const place = document.getElementById("messages");
  // not more than fit on a phone
  while (place.children.length >= 3) place.firstElementChild.remove();
  place.append(box);
  if (tone !== "bad") setTimeout(() => box.remove(), 8000);
  return box;
}

/** What every request that changes something must carry where a browser does not say where the request comes from. */
export function csrfHeaders() {
  return { "X-CSRF-Token": document.querySelector('meta[name="csrf-token"]')?.content ?? "" };
}

/** Call an address of the API. Gives the parsed answer; throws an Error with the server's own words, its status and body. */
export async function callApi(address, { method = "POST", json, signal } = {}) {
  const words = readWording("wording-common");
  const headers = { Accept: "application/json", ...csrfHeaders() };
  if (json !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(address, { method, headers, body: json === undefined ? undefined : JSON.stringify(json), signal });
  } catch (cause) {
    if (cause.name === "AbortError") throw cause;
    throw Object.assign(new Error(say(words.no_connection)), { status: 0, cause });
  }
  const body = await answer.json().catch(() => null);
  if (answer.status === 401) signInAgain();
  if (!answer.ok) throw Object.assign(new Error(wordsOfError(body)), { status: answer.status, body });
  return body;
}

/** The server's own words about an error; a general sentence where it has none. */
export function wordsOfError(body) {
  const words = readWording("wording-common");
  return body?.error ? [body.error, body.remedy].filter(Boolean).join(" ") : say(words.failed);
}

/** After so long the server is asked again. */
export const AGAIN_MS = 5000;

/** A while; less where the network comes back meanwhile. */
export function pause(ms = AGAIN_MS) {
  return new Promise((go) => {
    setTimeout(go, ms);
    window.addEventListener("online", go, { once: true });
  });
}

/**
 * Hear what the server tells for as long as the page is open. After a break the browser asks again by itself; not so after a refusal
 * (a proxy's while the server starts, the server's own where there are too many pages), nor on a page that one comes back to.
 * @param {() => string} address of the stream, as it is to be asked for now
 * @param {Object<string, (news: any) => void>} hears what is done with each kind of news
 * @param {() => void} missed something may have been told meanwhile
 */
export function live(address, hears, missed) {
  let open = null;
  function listen() {
    const stream = new EventSource(address());
    open = stream;
    for (const [name, hear] of Object.entries(hears)) stream.addEventListener(name, (event) => hear(JSON.parse(event.data)));
    stream.addEventListener("error", async () => {
      if (stream.readyState !== EventSource.CLOSED) return;
      missed();
      await pause();
      if (open === stream) listen();
    });
  }
  listen();
  window.addEventListener("pagehide", () => {
    open.close();
    open = null;
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    missed();
    listen();
  });
}

/** The session has ended: the same page asks for the password, then comes back here. */
export function signInAgain() {
  location.reload();
}
