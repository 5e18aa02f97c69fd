// What other people change appears by itself, without taking the focus or what is being typed.

import { announce } from "./kit.js";
import { clientId, refresh, root, text } from "./review_page.js";
import { isBusy } from "./review_save.js";

const QUIET_MS = 400;
let known = 0;
let foreign = false;
let timer = 0;

async function look() {
  if (known <= Number(root().dataset.revision)) return;
  // while something of ours is on its way its answer brings theirs, too
  if (isBusy() || root().querySelector(".row--ghost, .new-box")) {
    later();
    return;
  }
  await refresh();
  if (foreign) announce(text("others_changed"));
  foreign = false;
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(look, QUIET_MS);
}

/** Start. */
export function startLive() {
  const address = root().dataset.live;
  if (!address) return;
  const source = new EventSource(`${address}?${new URLSearchParams({ client: clientId(), after: root().dataset.revision })}`);
  source.addEventListener("revision", (event) => {
    const news = JSON.parse(event.data);
    known = Math.max(known, news.revision);
    if (!news.mine && news.revision > Number(root().dataset.revision)) foreign = true;
    later();
  });
  window.addEventListener("pagehide", () => source.close());
}
