// A note that was missed: a box drawn round it with pointer, buttons or arrow keys; read at once; its words mended before it is added.

import { announce, callApi, notify } from "./kit.js";
import { onSwap, root, text } from "./review_page.js";

const SVG = "http://www.w3.org/2000/svg";
const FIRST = 0.3; // of the picture's width and height: the box that is there to begin with
const STEP = 0.02;
const SMALLEST = 0.01;
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

const panel = () => document.getElementById("box-panel");
const svg = () => root().querySelector("svg.marks");
const form = () => document.getElementById("box-form");

function draw() {
  let rect = document.getElementById("new-box");
  if (!box) {
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
  sheet = svg().dataset.sheet;
  panel().dataset.state = "draw";
  document.getElementById("add-note").setAttribute("aria-pressed", "true");
  document.getElementById("picture-frame").classList.add("picture__frame--draw");
  draw();
  document.getElementById("box-title").focus({ preventScroll: true });
  document.getElementById("picture-frame").scrollIntoView({ block: "nearest" });
  announce(document.getElementById("box-how").textContent);
}

function close() {
  box = null;
  draw();
  panel().dataset.state = "";
  form().reset();
  document.getElementById("box-said").textContent = "";
  const button = document.getElementById("add-note");
  button.setAttribute("aria-pressed", "false");
  document.getElementById("picture-frame").classList.remove("picture__frame--draw");
  if (panel().contains(document.activeElement)) button.focus({ preventScroll: true });
}

async function read() {
  const { width, height, photo } = svg().dataset;
  const [x0, y0, x1, y1] = [box.x * width, box.y * height, (box.x + box.w) * width, (box.y + box.h) * height];
  const outline = [[x0, y0], [x1, y0], [x1, y1], [x0, y1]];
  const said = document.getElementById("box-said");
  panel().dataset.state = "reading";
  said.textContent = text("box_reading");
  let found;
  try {
    found = await callApi(panel().dataset.read, { json: { photo_id: photo, sheet_id: sheet, outline } });
    said.textContent = found.text ? "" : text("box_nothing");
  } catch (error) {
    notify(error.message, "bad");
    panel().dataset.state = "draw";
    return;
  }
  if (!box) return;
  panel().dataset.state = "words";
  form().elements.section_id.value = svg().dataset.section;
  form().elements.photo_id.value = found.photo_id;
  form().elements.outline.value = JSON.stringify(found.outline);
  form().elements.text.value = found.text;
  form().elements.text.focus();
}

function place(event) {
  const area = svg().getBoundingClientRect();
  return [clamp((event.clientX - area.left) / area.width, 0, 1), clamp((event.clientY - area.top) / area.height, 0, 1)];
}

function pointer(event) {
  if (!box || !event.target.closest?.(".picture__sheet")) return;
  if (event.type === "pointerdown") {
    from = place(event);
    event.preventDefault();
    event.target.setPointerCapture?.(event.pointerId);
    return;
  }
  if (!from) return;
  const [x, y] = place(event);
  box = { x: Math.min(x, from[0]), y: Math.min(y, from[1]), w: Math.max(SMALLEST, Math.abs(x - from[0])), h: Math.max(SMALLEST, Math.abs(y - from[1])) };
  draw();
  if (event.type !== "pointermove") from = null;
}

function keys(event) {
  if (!box || panel().dataset.state !== "draw" || event.target.closest("textarea, input, select, dialog")) return;
  const name = (event.shiftKey ? SHIFTED : ARROWS)[event.key];
  if (name) change(name);
  else if (event.key === "Enter" && !event.target.closest("button, a")) read();
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
    else if (button?.id === "box-read") read();
    else if (button?.dataset.box === "cancel") close();
    else if (button) change(button.dataset.box);
    if (box && event.target.closest?.(".picture__sheet")) event.preventDefault();
  });
  for (const name of ["pointerdown", "pointermove", "pointerup", "pointercancel"]) document.addEventListener(name, pointer);
  document.addEventListener("keydown", keys, true);
  document.addEventListener("submit", (event) => {
    if (event.target.id === "box-form") setTimeout(close);
  });
  // the box belongs to one picture
  onSwap(() => {
    if (box && svg()?.dataset.sheet !== sheet) close();
    else draw();
  });
}
