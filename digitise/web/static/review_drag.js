// Notes and sections moved by drag and drop. The same is done by buttons and 'Move to' in the open note, for keyboard and switch users.

import { onSwap, root } from "./review_page.js";
import { saveFields } from "./review_save.js";

const made = new Map();

function moved(event) {
  const { item, from, to, oldIndex, newIndex } = event;
  if (from === to && oldIndex === newIndex) return;
  const fields = [["do", "move"], ["note_id", item.dataset.note], ["section_id", to.dataset.section]];
  const before = neighbour(item, "previousElementSibling");
  const behind = neighbour(item, "nextElementSibling");
  if (before) fields.push(["after", before]);
  else if (behind) fields.push(["before", behind]);
  else fields.push(["first", "yes"]);
  // they are no longer as the server sent them
  for (const list of [from, to]) forget(list.closest("[data-digest]"));
  saveFields(fields);
}

function forget(group) {
  if (group) group.dataset.digest = "";
}

function neighbour(item, side) {
  let other = item[side];
  while (other && !other.dataset.note) other = other[side];
  return other?.dataset.note ?? "";
}

function sectionMoved(event) {
  if (event.oldIndex === event.newIndex) return;
  const ids = [...root().querySelectorAll("#groups > [data-section]")].map((group) => group.dataset.section);
  saveFields([["do", "order"], ["section_id", event.item.dataset.section], ["section_ids", ids.join(",")]]);
}

function attach() {
  for (const [element, sortable] of made) {
    if (element.isConnected) continue;
    sortable.destroy();
    made.delete(element);
  }
  for (const list of root().querySelectorAll("ul[data-section]")) add(list, { group: "notes", handle: ".drag", draggable: ".row", onEnd: moved });
  const groups = root().querySelector('#groups[data-whole="yes"]');
  if (groups) add(groups, { handle: ".drag--section", draggable: "[data-section]", onEnd: sectionMoved });
}

function add(element, options) {
  if (made.has(element)) return;
  made.set(element, window.Sortable.create(element, { animation: 120, ghostClass: "row--ghost", scroll: true, ...options }));
}

/** Start. */
export function startDrag() {
  if ("readOnly" in root().dataset || !window.Sortable) return;
  attach();
  onSwap(attach);
}
