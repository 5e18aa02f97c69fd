// What other people change, and what is read meanwhile, appears by itself, without taking the focus or what is being typed.

import { announce, notify } from "./kit.js";
import { clientId, refresh, root, text } from "./review_page.js";
import { isBusy } from "./review_save.js";

const QUIET_MS = 400;
let known = 0;
let foreign = false;
let fresh = false;
let timer = 0;

async function look() {
  if (known > Number(root().dataset.revision)) {
    // while something of ours is on its way its answer brings theirs, too
    if (isBusy() || root().querySelector(".row--ghost, .new-box")) {
      later();
      return;
    }
    await refresh();
  }
  const [ran, changed] = [fresh, foreign];
  fresh = foreign = false;
  if (ran) notify(text("reading_done"));
  if (ran || changed) announce(text(ran ? "reading_done" : "others_changed"));
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(look, QUIET_MS);
}

/** How far the photos are. A screen reader hears when something else goes on, not of each photo. */
export function showReading({ state, told }) {
  const place = document.getElementById("reading");
  const isOther = place.dataset.state !== state;
  document.getElementById("reading-told").textContent = told;
  place.dataset.state = state;
  place.hidden = !state;
  if (isOther && state) announce(told);
}

/** Start. */
export function startLive() {
  const address = root().dataset.live;
  if (!address) return;
  const source = new EventSource(`${address}?${new URLSearchParams({ client: clientId(), after: root().dataset.revision })}`);
  source.addEventListener("reading", (event) => showReading(JSON.parse(event.data)));
  source.addEventListener("revision", (event) => {
    const news = JSON.parse(event.data);
    known = Math.max(known, news.revision);
    if (news.revision > Number(root().dataset.revision)) {
      if (!news.mine) foreign = true;
      if (news.from_run) fresh = true;
    }
    later();
  });
  window.addEventListener("pagehide", () => source.close());
}
