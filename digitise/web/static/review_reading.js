// Says how far the photos are, on "Check and mend" and on the page before anything is read.

import { announce } from "./kit.js";

/** A screen reader hears when something else goes on, not of each photo. */
export function showReading({ state, told }) {
  const place = document.getElementById("reading");
  const isOther = place.dataset.state !== state;
  document.getElementById("reading-told").textContent = told;
  place.dataset.state = state;
  place.hidden = !state;
  if (isOther && state) announce(told);
}
