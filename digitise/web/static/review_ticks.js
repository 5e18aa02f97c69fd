// Several notes at once: those that are ticked are joined, set aside or moved together. The boxes are fields of one form.

import { announce } from "./kit.js";
import { onSwap, root, text } from "./review_page.js";

/** Ids of the ticked notes, among those that are shown: nobody changes what they do not see. */
const ticked = new Set();

const boxes = () => [...root().querySelectorAll('input[name="ticked"]')];

function show() {
  const shown = boxes();
  const ids = new Set(shown.map((box) => box.value));
  for (const id of ticked) if (!ids.has(id)) ticked.delete(id);
  for (const box of shown) box.checked = ticked.has(box.value);
  const form = document.getElementById("ticked-form");
  if (!form) return;
  form.toggleAttribute("data-any", ticked.size > 0);
  document.getElementById("ticked-n").textContent = ticked.size ? text("ticked_n", { n: ticked.size }) : text("ticked_hint");
}

function clear() {
  ticked.clear();
  show();
}

/** Start. */
export function startTicks() {
  document.addEventListener("change", (event) => {
    if (event.target.name !== "ticked") return;
    if (event.target.checked) ticked.add(event.target.value);
    else ticked.delete(event.target.value);
    show();
    announce(text("ticked_n", { n: ticked.size }));
  });
  document.addEventListener("click", (event) => {
    if (event.target.id === "ticked-none") clear();
  });
  // its fields were read when it was sent
  document.addEventListener("submit", (event) => {
    if (event.target.id === "ticked-form") setTimeout(clear);
  });
  onSwap(show);
  show();
}
