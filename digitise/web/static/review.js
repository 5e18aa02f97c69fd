// "Check and mend". The page works as links and forms; these scripts follow the links without a reload and send the forms as one goes.

import { notify } from "./kit.js";
import { startBox } from "./review_box.js";
import { startDrag } from "./review_drag.js";
import { startFields } from "./review_fields.js";
import { startHeadings } from "./review_headings.js";
import { startKeys } from "./review_keys.js";
import { startLive } from "./review_live.js";
import { clientId, go, goBack, refresh, root, text } from "./review_page.js";
import { startPicture } from "./review_picture.js";
import { flush, saveFields, startSaving } from "./review_save.js";
import { startTicks } from "./review_ticks.js";

const FOCUS = { note: "editor", "word-panel": "word-panel", keep: "keep" };

function follow(event) {
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest("a[data-go]");
  // getAttribute: a link within SVG has an object as its href
  let query = link?.getAttribute("href") ?? null;
  let focus = FOCUS[link?.dataset.go] ?? "keep";
  if (!link && event.target.closest("[data-pick]") && !getSelection().toString()) {
    query = event.target.closest(".row").querySelector(".row__open").getAttribute("href");
    focus = "editor";
  }
  if (query === null) return;
  event.preventDefault();
  flush();
  go(new URL(query, location.href).search, { focus });
}

/** The text where it is now in the field, cut where the cursor is. */
function split(event) {
  const how = event.target.closest("[data-split]")?.dataset.split;
  if (!how) return;
  event.preventDefault();
  const field = document.querySelector("#editor textarea.words");
  const at = field.selectionStart;
  if (how === "caret" && (!field.value.slice(0, at).trim() || !field.value.slice(at).trim())) {
    notify(text("split_where"), "warn");
    field.focus();
    return;
  }
  flush();
  const fields = [["do", "split"], ["note_id", field.closest("[data-note]").dataset.note], ["text", field.value]];
  saveFields(how === "caret" ? [...fields, ["at", String(at)]] : fields);
}

function pickSheet(event) {
  if (!("sheets" in event.target.dataset)) return;
  event.preventDefault();
  flush();
  go(`?${new URLSearchParams(new FormData(event.target))}`);
}

document.documentElement.classList.add("with-script");
document.addEventListener("click", split);
document.addEventListener("click", follow);
document.addEventListener("submit", pickSheet);
window.addEventListener("popstate", () => {
  flush();
  goBack();
});
const fresh = root().dataset.client === clientId();
startSaving();
startFields();
startPicture();
startBox();
startKeys();
startDrag();
startHeadings();
startTicks();
startLive();
// the page was drawn for whoever loads it; undo belongs to this tab
if (!fresh) refresh();
