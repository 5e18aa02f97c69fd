// A section's heading is renamed where it stands: a click or Enter opens it, leaving it saves it, Escape leaves it as it was.

import { refresh, root } from "./review_page.js";
import { hold, release } from "./review_save.js";

const OPEN = "group__head--renaming";

function open(button) {
  const head = button.closest(".group__head");
  head.classList.add(OPEN);
  // what others change meanwhile does not close it
  head.setAttribute("hx-morph-skip", "");
  const form = head.querySelector(".heading__form");
  hold(form);
  form.elements.title.focus();
  form.elements.title.select();
}

function close(form, { reset = true, focus = true } = {}) {
  const head = form.closest(".group__head");
  if (!head.classList.contains(OPEN)) return;
  head.classList.remove(OPEN);
  head.removeAttribute("hx-morph-skip");
  if (reset) {
    const { seen } = form.dataset;
    form.elements.title.value = form.elements.title.defaultValue;
    release(form);
    // the heading itself stood still, too
    if (seen !== root().dataset.revision) refresh();
  }
  if (focus) head.querySelector("[data-renames]").focus();
}

function leave(event) {
  const form = event.target.closest?.(".heading__form");
  if (!form || form.contains(event.relatedTarget) || !form.closest(`.${OPEN}`)) return;
  const title = form.elements.title;
  if (title.value.trim() && title.value !== title.defaultValue) form.requestSubmit();
  else close(form, { focus: false });
}

/** Start. */
export function startHeadings() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-renames]");
    if (button) open(button);
    else if (event.target.closest("[data-renames-not]")) close(event.target.closest("form"));
  });
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.(".heading__form");
    if (!form || event.key !== "Escape") return;
    event.stopPropagation();
    close(form);
  }, true);
  document.addEventListener("focusout", leave);
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches(".heading__form")) return;
    const here = form.contains(document.activeElement);
    // its fields are read while it is sent
    setTimeout(() => close(form, { reset: false, focus: here }));
  });
}
