// What all pages do: dialogs, questions before something is lost, and words when the server cannot be reached.

import { csrfHeaders, notify, readWording, say, signInAgain, wordsOfError } from "./kit.js";

/** `<button data-opens="id">` opens that dialog; `<button data-closes>` closes the one it stands in. */
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  const closer = event.target.closest("[data-closes]");
  if (closer) closer.closest("dialog")?.close();
});

/** A form sent twice by a double tap goes once. `data-again` on a form allows it. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog" || "again" in form.dataset) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  // a download leaves the page as it is
  setTimeout(() => { delete form.dataset.sent; }, 3000);
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// htmx 4 tells these on the element that asked
document.addEventListener("htmx:config:request", (event) => {
  Object.assign(event.detail.ctx.request.headers, csrfHeaders());
});
document.addEventListener("htmx:after:request", (event) => {
  const { response, text } = event.detail.ctx ?? {};
  if (!response || response.status < 400) return;
  if (response.status === 401) {
    signInAgain();
    return;
  }
  let body = null;
  try {
    body = JSON.parse(text);
  } catch {
    // no words of ours: a proxy may have answered
  }
  notify(wordsOfError(body), "bad");
});
document.addEventListener("htmx:error", () => notify(say(readWording("wording-common").no_connection), "bad"));
