"""The page of benchmarks/errors.py: one HTML file, its pictures inside, well-formed as XML, nothing asked for from anywhere."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path

from PIL import Image, ImageOps

from benchmarks import classes
from benchmarks.classes import CLASSES, Error, Examined
from benchmarks.matching import FOUND, Matched, Side, score, units

OVERVIEW_PX = 1000
CROP_PX = (460, 320)
"""Most width of a photo's overview, and most width and height of a crop: a page of 50 photos stays near 30 MB."""
MOST_ENLARGED = 3.0
"""Small crops are enlarged by this at most."""
CROP_MARGIN = 0.06
"""Paper shown round a note, as part of its longer side."""
JPEG_QUALITY = 78

STYLE = """
body{font:15px/1.4 sans-serif;margin:0 1rem 40vh;color:#222;background:#fff}
h2{margin:2.5rem 0 .3rem;border-top:2px solid #444;padding-top:.6rem}
#bar{position:sticky;top:0;background:#eee;padding:.4rem .8rem;margin:0 -1rem;border-bottom:1px solid #999;z-index:2}
table{border-collapse:collapse;margin:.5rem 0 1.2rem}td,th{border:1px solid #ccc;padding:.15rem .5rem;text-align:right}
td:first-child,th:first-child{text-align:left}tr[data-filter]{cursor:pointer}tr[data-filter]:hover{background:#eef}
.card{display:grid;grid-template-columns:480px 1fr 1fr;gap:.2rem 1rem;border:1px solid #bbb;border-left:6px solid #bbb;
 padding:.5rem;margin:.5rem 0;scroll-margin-top:4rem}
.card.lost{border-left-color:#c33}.card.found{border-left-color:#4a4}.card.here{outline:3px solid #36c}
.card pre{white-space:pre-wrap;margin:.2rem 0;font:16px/1.5 sans-serif}
.card img{max-width:460px;background:#ddd}small,.meta{color:#666;font-size:13px}
.chip{background:#ddd;border-radius:3px;padding:0 .35rem;margin-right:.3rem;font-size:13px}
.w{border-radius:3px;padding:0 2px;background:#e8e8e8}
.letters-1-2{background:#ffe08a}.letters-more{background:#ffb27a}.joined,.split,.hyphen{background:#bcd6ff}.sign{background:#e6e6a0}
.unread,.undetected,.missed{background:#ff9c9c}.invented,.surplus,.extra{background:#e0a8ff}.guessed{background:#ddd}
.elsewhere{background:#b9ecc9}.doubt{text-decoration:underline dotted #c00 2px}
svg{display:block;max-width:100%;height:auto}
.t{fill:none;stroke:#0a0;stroke-width:.3%}.r{fill:none;stroke:#e60;stroke-width:.25%;stroke-dasharray:8 5}
.hidden{display:none}
"""

SCRIPT = """
const cards = Array.from(document.querySelectorAll('.card')), status = document.getElementById('status');
const filter = document.getElementById('filter'), kind = document.getElementById('kind');
let here = -1;
const shown = () => cards.filter(c => !c.classList.contains('hidden'));
function apply() {
  for (const c of cards) {
    const fits = !filter.value || c.dataset.classes.split(' ').includes(filter.value);
    const right = !kind.value || c.dataset.kind === kind.value;
    c.classList.toggle('hidden', !(fits ? right : false));
  }
  for (const s of document.querySelectorAll('section')) s.classList.toggle('hidden', !s.querySelector('.card:not(.hidden)'));
  here = -1;
  status.textContent = shown().length + ' notes';
}
function go(index) {
  const list = shown();
  if (!list.length) return;
  here = Math.min(Math.max(index, 0), list.length - 1);
  for (const c of cards) c.classList.remove('here');
  list[here].classList.add('here');
  list[here].scrollIntoView({block: 'start'});
  status.textContent = (here + 1) + ' of ' + list.length + ' notes';
}
function photo(step) {
  const list = shown(), now = list[Math.max(here, 0)];
  if (!now) return;
  const photos = Array.from(new Set(list.map(c => c.dataset.photo)));
  const next = photos[photos.indexOf(now.dataset.photo) + (here === -1 ? 0 : step)];
  if (next !== undefined) go(list.findIndex(c => c.dataset.photo === next));
}
document.addEventListener('keydown', e => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.target.tagName === 'SELECT') return;
  const does = {ArrowRight: () => go(here + 1), n: () => go(here + 1), ArrowLeft: () => go(here - 1), p: () => go(here - 1),
    ArrowDown: () => photo(1), N: () => photo(1), ArrowUp: () => photo(-1), P: () => photo(-1),
    Escape: () => { filter.value = ''; kind.value = ''; apply(); }}[e.key];
  if (does) { e.preventDefault(); does(); }
});
for (const row of document.querySelectorAll('tr[data-filter]'))
  row.addEventListener('click', () => { filter.value = row.dataset.filter; apply(); go(0); });
for (const box of [filter, kind]) box.addEventListener('change', () => { box.blur(); apply(); go(0); });
apply();
"""
"""No '<' and no '&' in it: the page stays well-formed as XML."""


def write_page(photos: Sequence[Examined], folder: Path, tables: str) -> str:
    """The whole page; `folder` holds the photos, `tables` are the tables of classes, as HTML."""
    names = [f"{group}:{name}" for group, some in CLASSES.items() for name in some]
    kinds = sorted({p.photo.kind for p in photos})
    options = "".join(f'<option value="{n}">{n}</option>' for n in names)
    sections = "".join(_section(k, p, folder) for k, p in enumerate(photos))
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"/><title>Errors</title>'
        f"<style>{STYLE}</style></head><body>\n"
        f'<div id="bar">Show <select id="filter"><option value="">all classes</option>{options}</select> '
        f'<select id="kind"><option value="">all kinds</option>{"".join(f"<option>{escape(k)}</option>" for k in kinds)}</select> '
        '<span id="status"></span> <small>→ n next, ← p previous, ↓ N next photo, ↑ P previous photo, Esc all</small></div>\n'
        f"<h1>What goes wrong on {len(photos)} photos</h1>\n{tables}\n{sections}\n"
        f"<h2>The classes</h2><pre>{escape(classes.__doc__ or '')}</pre>\n<script>{SCRIPT}</script></body></html>\n"
    )


def _section(number: int, examined: Examined, folder: Path) -> str:
    """One photo: its figures, its overview with all boxes, and a card for each note."""
    photo = examined.photo
    path = folder / examined.file
    rgb = ImageOps.exif_transpose(Image.open(path)).convert("RGB") if path.exists() else None
    figures = ", ".join(f"{name} {value:.3f}" for name, value in score(examined.counts).items() if value is not None)
    cards = [_truth_card(number, examined, i, rgb) for i in range(len(photo.truth))]
    met = {j for places in photo.places.values() for j in places} | set(photo.match.values())
    cards += [_read_card(number, examined, j, rgb) for j in range(len(photo.read)) if j not in met]
    return (
        f'<section id="p{number}"><h2>{escape(photo.name)}</h2><p>{escape(photo.kind)}: {figures}</p>\n'
        f"{_overview(number, photo, rgb)}\n{''.join(cards)}</section>\n"
    )


def _overview(number: int, photo: Matched, rgb: Image.Image | None) -> str:
    """The photo, the truth's boxes in green (each leads to its card), the read ones in orange."""
    if rgb is None:
        return "<p>The photo is not there.</p>"
    boxes = [f'<rect class="r" fill="none" {_rect(r["bbox"])}/>' for r in photo.read if r.get("bbox")]
    boxes += [
        f'<a href="#p{number}t{i}"><rect class="t" fill="none" pointer-events="all" {_rect(t["bbox"])}/></a>'
        for i, t in enumerate(photo.truth)
    ]
    picture = f'<image href="{_data_uri(rgb, (OVERVIEW_PX, OVERVIEW_PX))}" width="{rgb.width}" height="{rgb.height}"/>'
    return (
        "<details><summary>overview: truth green, reading orange</summary>"
        f'<svg width="{min(OVERVIEW_PX, rgb.width)}" viewBox="0 0 {rgb.width} {rgb.height}">'
        f"{picture}{''.join(boxes)}</svg></details>"
    )


def _rect(box: Sequence[float]) -> str:
    return f'x="{box[0]:.0f}" y="{box[1]:.0f}" width="{max(box[2] - box[0], 1):.0f}" height="{max(box[3] - box[1], 1):.0f}"'


def _truth_card(number: int, examined: Examined, i: int, rgb: Image.Image | None) -> str:
    photo = examined.photo
    note = photo.truth[i]
    errors = [e for e in examined.errors if e.truth_note == i]
    read = sorted(photo.places[i] | ({photo.match[i]} if i in photo.match else set()), key=lambda j: (photo.match.get(i) != j, j))
    rate = photo.rates.get(i)
    state = "not counted" if rate is None else f"{'found' if rate <= FOUND else 'not found'}, error rate {rate:.2f}"
    meta = f"t{note['id']} · {note['role']} · {note['container']} {note['colour']} · {state}"
    heading = next((n["text"] for n in photo.truth if n["id"] == note["under"]), None)
    left = f'<div class="meta">{escape(meta)}</div><pre>{_coloured(photo, "truth", i, examined.errors)}</pre>{_under(heading)}'
    right = "".join(_reading(examined, j, matched=photo.match.get(i) == j) for j in read) or '<div class="meta">nothing read here</div>'
    kind = "" if rate is None else "found" if rate <= FOUND else "lost"
    return _card(
        card=f"p{number}t{i}", number=number, photo=photo, errors=errors, state=kind, crop=_crop(rgb, note["bbox"]), left=left, right=right
    )


def _read_card(number: int, examined: Examined, j: int, rgb: Image.Image | None) -> str:
    """A note that was read where the truth has none."""
    photo = examined.photo
    errors = [e for e in examined.errors if e.read_note == j]
    box = photo.read[j].get("bbox")
    return _card(
        card=f"p{number}r{j}",
        number=number,
        photo=photo,
        errors=errors,
        state="lost",
        crop=_crop(rgb, box) if box else "",
        left='<div class="meta">no note in the truth</div>',
        right=_reading(examined, j, matched=False),
    )


def _card(*, card: str, number: int, photo: Matched, errors: Sequence[Error], state: str, crop: str, left: str, right: str) -> str:
    names = list(dict.fromkeys(f"{e.group}:{e.name}" for e in errors))
    chips = "".join(f'<span class="chip {n.partition(":")[2]}">{n}</span>' for n in names)
    return (
        f'<div class="card {state}" id="{card}" data-photo="{number}" data-kind="{escape(photo.kind)}" data-classes="{" ".join(names)}">'
        f"<div>{crop}<div>{chips}</div></div><div>{left}</div><div>{right}</div></div>\n"
    )


def _reading(examined: Examined, j: int, *, matched: bool) -> str:
    photo = examined.photo
    note = photo.read[j]
    heading = next((n.get("text", "") for n in photo.read if note.get("under") is not None and n.get("id") == note["under"]), None)
    meta = f"{'matched' if matched else 'also here'} · {note.get('role')} · {note.get('container')} {note.get('colour')}"
    return f'<div class="meta">{escape(meta)}</div><pre>{_coloured(photo, "read", j, examined.errors)}</pre>{_under(heading)}'


def _under(heading: str | None) -> str:
    return f"<small>under: {escape(' '.join(heading.split()))}</small>" if heading else ""


def _coloured(photo: Matched, side: Side, index: int, errors: Iterable[Error]) -> str:
    """A note's text with its line breaks; every piece of writing that holds a wrong word is marked with the class and its counterpart."""
    note = (photo.truth if side == "truth" else photo.read)[index]
    text, doubtful = note.get("text", ""), set(note.get("doubtful", []))
    wrong = _units_wrong(photo, side, index, errors)
    out, end = [], 0
    for unit, (start, stop) in enumerate(units(text)):
        piece = text[start:stop]
        mark = ["w", wrong[unit][0]] if unit in wrong else []
        mark += ["doubt"] if piece in doubtful else []
        span = f'<span class="{" ".join(mark)}" title="{escape(": ".join(wrong.get(unit, ("doubtful",))))}">{escape(piece)}</span>'
        out += [escape(text[end:start]), span if mark else escape(piece)]
        end = stop
    return "".join(out) or "∅"


def _units_wrong(photo: Matched, side: Side, index: int, errors: Iterable[Error]) -> Mapping[int, tuple[str, str]]:
    found: dict[int, tuple[str, str]] = {}
    for e in errors:
        for w in (*e.lost, *e.extra) if e.group == "words" else ():
            if (w.side, w.note) == (side, index) and not (e.name == "elsewhere" and w.unit in found):
                found[w.unit] = (e.name, f"{e.truth} → {e.read}")
    return found


def _crop(rgb: Image.Image | None, box: Sequence[float]) -> str:
    if rgb is None:
        return ""
    margin = CROP_MARGIN * max(box[2] - box[0], box[3] - box[1]) + 2
    x0, y0 = (max(0, int(v - margin)) for v in box[:2])
    x1, y1 = min(rgb.width, int(box[2] + margin) + 1), min(rgb.height, int(box[3] + margin) + 1)
    if x1 <= x0 or y1 <= y0:
        return ""
    return f'<img alt="" src="{_data_uri(rgb.crop((x0, y0, x1, y1)), CROP_PX)}"/>'


def _data_uri(picture: Image.Image, largest: tuple[int, int]) -> str:
    scale = min(largest[0] / picture.width, largest[1] / picture.height, MOST_ENLARGED)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    with io.BytesIO() as buffer:
        picture.resize(size, Image.Resampling.LANCZOS).save(buffer, "JPEG", quality=JPEG_QUALITY)
        return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
