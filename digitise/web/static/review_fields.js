// Fields show what the server has. The morph changes their attributes, which a browser heeds no more once a person has used the field.

import { onSwap, root } from "./review_page.js";

/** Lists of forms with a button in which somebody has chosen, and not pressed it yet: the list, and which one it was then. */
const chosen = new WeakMap();

/** Whether what a field shows is a person's, and on its way to be saved or about to be. */
function isTheirs(field) {
  return field.form?.dataset.save ? "dirty" in field.form.dataset : chosen.get(field) === field.id;
}

function showState() {
  // what was not taken stays to be mended
  if (root().dataset.error) return;
  for (const field of root().querySelectorAll("select, form[data-save] :is(input, textarea)")) {
    if (isTheirs(field)) continue;
    if (field.matches("select")) for (const option of field.options) option.selected = option.defaultSelected;
    else if (field.value !== field.defaultValue) field.value = field.defaultValue;
  }
}

/** Start. */
export function startFields() {
  document.addEventListener("input", ({ target }) => {
    if (target.matches("select")) chosen.set(target, target.id);
  });
  // its fields were read when it was sent
  document.addEventListener("submit", ({ target }) => {
    for (const field of target.elements) chosen.delete(field);
  });
  onSwap(showState);
}
