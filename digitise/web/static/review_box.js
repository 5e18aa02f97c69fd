// A note that was missed: a box drawn round it, read as soon as it is drawn (with keys: on Enter); its words mended before it is added.

import { announce, callApi, notify } from "./kit.js";
import { onSwap, root, text } from "./review_page.js";
import { hold, release } from "./review_save.js";

const SVG = "http://www.w3.org/2000/svg";
const FIRST = 0.3; // of the picture's width and height: the box that is there to begin with
const STEP = 0.02;
const SMALLEST = 0.01;
const MOST_OTHERS = 4;
const MOVES = {
  left: [-1, 0, 0, 0], right: [1, 0, 0, 0], up: [0, -1, 0, 0], down: [0, 1, 0, 0],
  wider: [0, 0, 1, 0], narrower: [0, 0, -1, 0], taller: [0, 0, 0, 1], lower: [0, 0, 0, -1],
};
const ARROWS = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };
const SHIFTED = { ArrowLeft: "narrower", ArrowRight: "wider", ArrowUp: "lower", ArrowDown: "taller" };

/** @type {{x: number, y: number, w: number, h: number} | null} of the picture: 0..1 */
let box = null;
let from = null;
let sheet = "";
/** Goes up with each box that is read: the answer of an earlier one is not shown. */
let asked = 0;
/** The words as they were read; others were typed. */
let wasRead = "";

const panel = () => document.getElementById("box-panel");
const svg = () => root().querySelector("svg.marks");
const form = () => document.getElementById("box-form");

function draw() {
  let rect = document.getElementById("new-box");
  document.getElementById("add-note")?.setAttribute("aria-pressed", String(box !== null));
  document.getElementById("picture-frame")?.classList.toggle("picture__frame--draw", box !== null);
  if (!box || svg()?.dataset.sheet !== sheet) {
    rect?.remove();
    return;
  }
  if (!rect) {
    rect = document.createElementNS(SVG, "rect");
    rect.id = "new-box";
    rect.setAttribute("class", "new-box");
    svg().append(rect);
  }
  const { width, height } = svg().dataset;
  const values = { x: box.x * width, y: box.y * height, width: box.w * width, height: box.h * height };
  for (const [name, value] of Object.entries(values)) rect.setAttribute(name, value.toFixed(1));
}

function change(name) {
  const [dx, dy, dw, dh] = MOVES[name];
  const w = clamp(box.w + dw * STEP, SMALLEST, 1);
  const h = clamp(box.h + dh * STEP, SMALLEST, 1);
  box = { w, h, x: clamp(box.x + dx * STEP, 0, 1 - w), y: clamp(box.y + dy * STEP, 0, 1 - h) };
  draw();
}

function clamp(value, low, high) {
  return Math.max(low, Math.min(high, value));
}

function open() {
  box = { x: (1 - FIRST) / 2, y: (1 - FIRST / 2) / 2, w: FIRST, h: FIRST / 2 };
  draft();
}

/** The box can be moved and sized by keys and buttons. */
function draft() {
  asked += 1;
  // words that were typed before another picture was opened wait for a box there
  sheet = svg().dataset.sheet;
  setState("draw");
  document.getElementById("box-said").textContent = "";
  document.getElementById("box-title").focus({ preventScroll: true });
  document.getElementById("picture-frame").scrollIntoView({ block: "nearest" });
  announce(document.getElementById("box-how").textContent);
}

function setState(state) {
  panel().dataset.state = state;
  draw();
  // it keeps the keyboard while the box is read
  document.getElementById("box-read").setAttribute("aria-disabled", String(state === "reading"));
}

function close() {
  box = null;
  asked += 1;
  setState("");
  form().reset();
  release(form());
  wasRead = "";
  showOthers([]);
  document.getElementById("box-said").textContent = "";
  if (panel().contains(document.activeElement)) document.getElementById("add-note")?.focus({ preventScroll: true });
}

async function read() {
  const { width, height, photo } = svg().dataset;
  const [x0, y0, x1, y1] = [box.x * width, box.y * height, (box.x + box.w) * width, (box.y + box.h) * height];
  const outline = [[x0, y0], [x1, y0], [x1, y1], [x0, y1]];
  const said = document.getElementById("box-said");
  const mine = ++asked;
  setState("reading");
  said.textContent = text("box_reading");
  panel().scrollIntoView({ block: "nearest" });
  let found;
  try {
    found = await callApi(panel().dataset.read, { json: { photo_id: photo, sheet_id: sheet, outline } });
  } catch (error) {
    if (mine !== asked) return;
    notify(error.message, "bad");
    draft();
    return;
  }
  if (mine === asked && box) show(found);
}

function show(found) {
  setState("words");
  const known = found.known.map((id) => document.getElementById(`mark-${id}`)?.textContent.trim()).find(Boolean);
  document.getElementById("box-said").textContent = known ? text("box_known", { text: known }) : text(found.text ? "box_found" : "box_nothing");
  hold(form());
  const fields = form().elements;
  fields.section_id.value = svg().dataset.section;
  fields.photo_id.value = found.photo_id;
  fields.outline.value = JSON.stringify(found.outline);
  // the box was only drawn better: words that were typed stay
  if (fields.text.value === wasRead) fields.text.value = found.text;
  wasRead = found.text;
  showOthers(found.words.filter((word) => word.doubtful && word.alternatives.length));
  // on a phone the keyboard would cover the picture
  (matchMedia("(pointer: coarse)").matches ? document.getElementById("box-title") : fields.text).focus({ preventScroll: true });
  panel().scrollIntoView({ block: "nearest" });
}

/** What the words in doubt may be instead: pressed, it takes their place. */
function showOthers(words) {
  const place = document.getElementById("box-others");
  place.replaceChildren(...words.map((word) => {
    const row = document.createElement("p");
    const was = document.createElement("mark");
    was.className = "doubt";
    was.textContent = word.text;
    row.append(was, text("box_or"), ...word.alternatives.slice(0, MOST_OTHERS).map((other) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button button--small";
      button.textContent = other;
      button.addEventListener("click", () => {
        const field = form().elements.text;
        const tokens = field.value.split(/(\s+)/);
        const at = tokens.indexOf(was.textContent);
        if (at < 0) return;
        [tokens[at], button.textContent, was.textContent] = [button.textContent, was.textContent, button.textContent];
        field.value = tokens.join("");
        announce(field.value);
      });
      return button;
    }));
    return row;
  }));
  place.hidden = !words.length;
}

function place(event) {
  const area = svg().getBoundingClientRect();
  return [clamp((event.clientX - area.left) / area.width, 0, 1), clamp((event.clientY - area.top) / area.height, 0, 1)];
}

function pointer(event) {
  if (!box || !event.target.closest?.(".picture__sheet")) return;
  if (event.type === "pointerdown") {
    from = place(event);
    sheet = svg().dataset.sheet;
    event.preventDefault();
    event.target.setPointerCapture?.(event.pointerId);
    return;
  }
  if (!from) return;
  const [x, y] = place(event);
  const drawn = { x: Math.min(x, from[0]), y: Math.min(y, from[1]), w: Math.abs(x - from[0]), h: Math.abs(y - from[1]) };
  // less is a tap, or a hand that trembled
  const isBox = drawn.w >= SMALLEST && drawn.h >= SMALLEST;
  if (isBox) box = drawn;
  draw();
  if (event.type === "pointermove") return;
  from = null;
  if (isBox && event.type === "pointerup") read();
}

function keys(event) {
  if (!box || event.target.closest("dialog")) return;
  const draws = panel().dataset.state === "draw";
  if (draws && event.target.closest("textarea, input, select")) return;
  // with Alt the browser goes back
  const name = draws && !event.altKey && !event.ctrlKey && !event.metaKey && (event.shiftKey ? SHIFTED : ARROWS)[event.key];
  if (name) change(name);
  else if (!draws && event.key === "Escape") draft();
  else if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form().contains(event.target)) form().requestSubmit();
  else if (!draws) return;
  else if (event.key === "Enter" && !event.target.closest("button, a, summary")) read();
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** Start. */
export function startBox() {
  if (!panel()) return;
  document.addEventListener("click", (event) => {
    const button = event.target.closest("#add-note, #box-read, [data-box]");
    if (button?.id === "add-note") (box ? close : open)();
    else if (panel().dataset.state === "reading" && button?.dataset.box === "cancel") draft();
    else if (button?.id === "box-read") {
      if (panel().dataset.state === "draw") read();
    } else if (button?.dataset.box === "cancel") close();
    else if (button?.dataset.box === "again") draft();
    else if (button) change(button.dataset.box);
    if (box && event.target.closest?.(".picture__sheet")) event.preventDefault();
  });
  for (const name of ["pointerdown", "pointermove", "pointerup", "pointercancel"]) document.addEventListener(name, pointer);
  document.addEventListener("keydown", keys, true);
  document.addEventListener("settled", ({ target, detail }) => {
    if (target.id !== "box-form") return;
    // a note that is refused keeps its words
    if (detail) document.getElementById("box-said").textContent = detail;
    else close();
  });
  // the box belongs to one picture; words that were typed stay
  onSwap(() => {
    const away = svg()?.dataset.sheet !== sheet;
    if (box && away && form().elements.text.value === wasRead) close();
    else draw();
  });
}
