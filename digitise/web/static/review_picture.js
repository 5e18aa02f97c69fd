// The picture and the list show the same note: what is pointed at in one lights up in the other; the picture can be enlarged.

import { onSwap, root } from "./review_page.js";

const LARGEST = 3;
let zoomed = 0;
let sheet = "";

function pair(note, on) {
  document.getElementById(`mark-${note}`)?.classList.toggle("mark--near", on);
  document.getElementById(`note-${note}`)?.classList.toggle("row--near", on);
}

function point(event, on) {
  const note = event.target.closest?.("[data-note]")?.dataset.note;
  if (note) pair(note, on);
}

function showZoom() {
  const element = root().querySelector(".picture__sheet");
  if (!element) return;
  if (element.id !== sheet) zoomed = 0;
  sheet = element.id;
  element.dataset.zoomed = String(zoomed);
  const picked = root().dataset.note;
  const mark = picked && document.getElementById(`mark-${picked}`);
  if (mark) bringIntoFrame(mark);
}

/** Scroll the frame, never the page. */
function bringIntoFrame(mark) {
  const frame = document.getElementById("picture-frame");
  const outer = frame.getBoundingClientRect();
  const inner = mark.getBoundingClientRect();
  frame.scrollBy({
    left: inner.left + inner.width / 2 - outer.left - outer.width / 2,
    top: inner.top + inner.height / 2 - outer.top - outer.height / 2,
  });
}

/** Start. */
export function startPicture() {
  document.addEventListener("pointerover", (event) => point(event, true));
  document.addEventListener("pointerout", (event) => point(event, false));
  document.addEventListener("click", (event) => {
    const by = Number(event.target.closest("[data-zoom]")?.dataset.zoom ?? 0);
    if (!by) return;
    zoomed = Math.max(0, Math.min(LARGEST, zoomed + by));
    showZoom();
  });
  document.addEventListener("change", (event) => {
    if (event.target.id === "sheet-pick") event.target.form.requestSubmit();
  });
  onSwap(showZoom);
  showZoom();
}
