// "Check and mend" before anything is read: says how far the photos are, and shows the notes once they are there.

import { live } from "./kit.js";
import { showReading } from "./review_reading.js";

const root = document.getElementById("review");

/** The session has ended, or the event was deleted: the page says so. */
async function lookAgain() {
  const answer = await fetch(location.href, { headers: { "X-Part": "review" } }).catch(() => null);
  if (answer && [401, 404].includes(answer.status)) location.reload();
}

document.documentElement.classList.add("with-script");
live(() => `${root.dataset.live}?after=${root.dataset.revision}`, {
  reading: showReading,
  revision(news) {
    if (news.from_run) location.reload();
  },
}, lookAgain);
