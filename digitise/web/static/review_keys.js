// Single keys for people who check many words. They work outside fields only and can be switched off (WCAG 2.1.4).

import { root, SETTLING_FRAMES } from "./review_page.js";
import { flush } from "./review_save.js";

const SETTING = "review-keys";

function isOn() {
  return localStorage.getItem(SETTING) !== "off";
}

function isField(element) {
  return element?.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]") !== null;
}

function press(name) {
  const target = root().querySelector(`[data-key="${CSS.escape(name)}"]`);
  if (!target || target.disabled) return false;
  if (target.matches("textarea, input:not([type=checkbox]), select")) {
    const menu = target.closest("details");
    if (menu) menu.open = true;
    target.focus();
    target.select?.();
    if (target.matches("textarea")) target.setSelectionRange(target.value.length, target.value.length);
  } else target.click();
  return true;
}

function stepNote(by) {
  const links = [...root().querySelectorAll(".row__open")].filter((link) => link.offsetParent !== null);
  if (!links.length) return false;
  const now = links.findIndex((link) => link.closest(".row--picked"));
  links[(now + by + links.length) % links.length].click();
  return true;
}

/** To the heading of the next section, or of the one before: seen from where the keyboard is, else from the open note. */
function stepSection(by) {
  const groups = [...root().querySelectorAll("#groups > *")];
  if (!groups.length) return false;
  const here = document.activeElement.closest("#groups > *") ?? root().querySelector(".row--picked")?.closest("#groups > *");
  const now = here ? groups.indexOf(here) : -Number(by > 0);
  const heading = groups[(now + by + groups.length) % groups.length].querySelector(".heading button, :scope > summary, h2");
  if (heading.matches("h2")) heading.tabIndex = -1;
  heading.focus();
  bringIntoView(heading);
  return true;
}

/** Rows that come into view have their true height only then, and push what stands below them away. */
function bringIntoView(element, frames = SETTLING_FRAMES) {
  element.scrollIntoView({ block: "nearest" });
  if (frames) requestAnimationFrame(() => bringIntoView(element, frames - 1));
}

function onKey(event) {
  if (document.querySelector("dialog[open]") || event.isComposing) return;
  const field = isField(event.target);
  const command = event.ctrlKey || event.metaKey;
  let done = false;
  if (command && !event.altKey && !field && event.key.toLowerCase() === "z") done = press(event.shiftKey ? "redo" : "undo");
  else if (command && !field && event.key.toLowerCase() === "y") done = press("redo");
  else if (command && event.key === "Enter" && field) {
    flush();
    done = true;
  } else if (event.altKey && event.key.startsWith("Arrow") && !field) done = press(`Alt+${event.key}`);
  else if (event.key === "Escape" && !command) done = leave(field, event.target);
  else if (!field && !command && !event.altKey && isOn()) {
    if (event.key === "j") done = stepNote(1);
    else if (event.key === "k") done = stepNote(-1);
    else if (event.key === "g") done = stepSection(1);
    else if (event.key === "G") done = stepSection(-1);
    else if (event.key.length === 1 && event.key !== " ") done = press(event.key);
  }
  if (done) event.preventDefault();
}

/** Escape leaves a field first, then closes the note. */
function leave(field, target) {
  if (!field) return press("Escape");
  const menu = target.closest("details.menu");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else (document.getElementById("word-panel") ?? document.getElementById("editor") ?? root()).focus?.();
  return true;
}

/** Start. */
export function startKeys() {
  document.addEventListener("keydown", onKey);
  const box = document.getElementById("keys-on");
  box.checked = isOn();
  box.addEventListener("change", () => localStorage.setItem(SETTING, box.checked ? "on" : "off"));
}
