// What other people change appears by itself, without taking the focus or what is being typed.

import { announce } from "./kit.js";
import { onSwap, refresh, root, text } from "./review_page.js";
import { isBusy } from "./review_save.js";

const QUIET_MS = 400;
let known = 0;
let timer = 0;

async function look() {
  if (known <= Number(root().dataset.revision)) return;
  // while something of ours is on its way its answer brings theirs, too
  if (isBusy() || root().querySelector(".row--ghost, .new-box")) {
    timer = setTimeout(look, QUIET_MS);
    return;
  }
  await refresh();
  announce(text("others_changed"));
}

/** Start. */
export function startLive() {
  const address = root().dataset.live;
  if (!address) return;
  const source = new EventSource(address);
  const hear = (event) => {
    known = Math.max(known, Number(event.lastEventId || 0), numberIn(event.data));
    clearTimeout(timer);
    timer = setTimeout(look, QUIET_MS);
  };
  source.addEventListener("message", hear);
  source.addEventListener("revision", hear);
  onSwap(() => { known = Math.max(known, Number(root().dataset.revision)); });
  window.addEventListener("pagehide", () => source.close());
}

function numberIn(data) {
  try {
    const value = JSON.parse(data);
    return Number(typeof value === "number" ? value : value.revision) || 0;
  } catch {
    return 0;
  }
}
