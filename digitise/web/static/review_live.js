// What other people change, and what is read meanwhile, appears by itself, without taking the focus or what is being typed.

import { AGAIN_MS, announce, live, notify } from "./kit.js";
import { clientId, refresh, root, text } from "./review_page.js";
import { showReading } from "./review_reading.js";
import { isBusy } from "./review_save.js";

const QUIET_MS = 400;
/** Whether something may have changed of which nobody told, or that could not be fetched. */
let missed = false;
let foreign = false;
let fresh = false;
let known = 0;
let timer = 0;

const shown = () => Number(root().dataset.revision);

async function look() {
  // another number, not only a higher one: the server may have got back an older state
  if (missed || known !== shown()) {
    // while something of ours is on its way its answer brings theirs, too
    if (isBusy() || root().querySelector(".row--ghost, .new-box")) {
      later();
      return;
    }
    missed = !(await refresh());
    if (missed) {
      later(AGAIN_MS);
      return;
    }
  }
  if (fresh) notify(text("reading_done"));
  else if (foreign) announce(text("others_changed"));
  fresh = foreign = false;
}

function later(ms = QUIET_MS) {
  clearTimeout(timer);
  timer = setTimeout(look, ms);
}

/** Start. */
export function startLive() {
  const address = root().dataset.live;
  if (!address) return;
  known = shown();
  live(() => `${address}?${new URLSearchParams({ client: clientId(), after: root().dataset.revision })}`, {
    reading: showReading,
    revision(news) {
      known = news.revision;
      if (known > shown()) {
        foreign ||= !news.mine;
        fresh ||= news.from_run;
      }
      later();
    },
  }, () => {
    missed = true;
    later();
  });
}
