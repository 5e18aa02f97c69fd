"""Lines, stickies and sheets become notes: what a person would carry into a report as one item each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from shapely.geometry import MultiPoint
from shapely.geometry import Point as ShapelyPoint

from digitise.geometry import bounds, polygon, quad_size, to_quad
from digitise.layout.arrows import link_notes
from digitise.layout.blocks import BULLET, MARK, Block, begins_item, make_blocks
from digitise.layout.connectors import Node, find_connections
from digitise.layout.headings import USUAL_HEADING_WORDS
from digitise.layout.ink import ink_colour, same_ink
from digitise.layout.items import Item
from digitise.layout.levels import set_levels
from digitise.layout.list_marks import mark_rows
from digitise.layout.mind_maps import hang_on_arms, may_be_mind_map
from digitise.layout.order import reading_order
from digitise.layout.pieces import Ink, Piece, holders_at, split_lines
from digitise.layout.roles import assign_roles, join_lone_cards
from digitise.layout.rows import Frame, Row, frame_of, make_rows, part_labels, sort_into_frames
from digitise.layout.rules import Rules, are_parted, find_rules
from digitise.layout.shapes import find_shapes, is_underlined
from digitise.layout.stickies import Sticky
from digitise.layout.strokes import find_strokes
from digitise.layout.tables import find_tables, put_back, stand_ins
from digitise.layout.votes import count_votes
from digitise.model import Box, Colour, Container, Line, Note, Photo, Point, Quad, Surface, Word

RgbArray = npt.NDArray[np.uint8]

NEXT_LINE = 0.6
"""A line that could not be read belongs to a note whose edge is at most this many line heights away."""
HELD_SIZE_CHANGE = 1.6
"""Writing in one drawn box is one item unless its rows differ so much in size: then it has a heading."""
PARTLY_READ = 0.75
"""Notes whose words are right with less probability than this on average are called partly legible: one word in four is wrong. On the real
photos 61 % of the notes in which so many are fall below, and 42 % of those below are such."""


@dataclass(frozen=True)
class Draft:
    """A note before its role is known."""

    rows: tuple[Row, ...]
    outline: tuple[Point, ...]
    container: Container
    colour: Colour
    frame: Frame
    surface: str | None
    cell: tuple[int, int, int] | None = None
    """Table, row and column."""
    tail: Point | None = None
    struck_out: tuple[Line, ...] = ()
    """Lines of which their writer left nothing."""
    one_of_many: bool = False
    """In a box with other items: its outline is round its own writing."""


class Holder(NamedTuple):
    """Something with an edge that makes all writing in it one note."""

    outline: tuple[Point, ...]
    container: Container
    colour: Colour
    cell: tuple[int, int, int] | None = None
    tail: Point | None = None


def make_notes(
    *, photo: Photo, lines: Sequence[Line], stickies: Sequence[Sticky], surfaces: Sequence[Surface], rgb: RgbArray
) -> list[Note]:
    """Notes of one photo in reading order, with provisional ids; every line is in exactly one of them,
    but those that are nothing but votes beside a note.

    rgb: (H, W, 3) uint8, the photo, for the colour of the ink. A sticky without readable writing is a note without text.
    """

    @cache
    def ink_of(quad: Quad) -> Ink:
        return ink_colour(rgb, quad)

    read = [line for line in lines if line.words]
    strokes = find_strokes(rgb)
    middles = np.asarray([line.quad for line in read], float).reshape(-1, 4, 2).mean(axis=1)
    outside = [line for line, held in zip(read, holders_at(middles, [s.outline for s in stickies]), strict=True) if held is None]
    shapes = find_shapes(strokes, [line.quad for line in outside])
    cells = find_tables(strokes, [w.quad for line in outside for w in line.words])
    in_table = [polygon(c.outline) for c in cells]
    shapes = [s for s in shapes if not any(t.contains(polygon(s.outline).centroid) for t in in_table)]
    rules = find_rules(strokes, [line.quad for line in read])
    ruled = partial(are_parted, rules)
    holders = [Holder(s.outline, s.container, s.colour) for s in stickies] + [
        Holder(s.outline, s.container, s.colour, tail=s.tail) for s in shapes
    ]
    holders += [Holder(c.outline, "box", "none", c[:3]) for c in cells]
    inside, free = split_lines(read, [h.outline for h in holders], ink_of)
    drafts = [draft for holder, pieces in zip(holders, inside, strict=True) for draft in _held_drafts(holder, pieces, surfaces)]
    for surface_id, pieces in _by_surface(free, surfaces):
        for frame, page, turned in sort_into_frames(pieces):
            rows = mark_rows(part_labels(make_rows(turned, frame, same_ink, ruled), frame), frame, strokes)
            for block in make_blocks(rows, same_ink, frame, ruled, lambda row: _is_underlined(rgb, rules, _row_quad(row))):
                drafts.append(Draft(block.rows, _hull(block), "none", "none", page, surface_id))
    drafts = keep_struck_out(drafts, [line for line in lines if line.struck_out and not line.words])
    drafts, part_read = add_unread(drafts, [line for line in lines if not line.words and not line.struck_out], surfaces)
    sheets = {s.id for s in surfaces if s.what != "photo"}
    level = _level_of_holders(drafts)
    found = _settle([_item(d, sheets, rgb, rules, level) for d in drafts], [_measured_in(d, level) for d in drafts])
    whole, index = stand_ins(found)
    placed = put_back(found, assign_roles(whole), index)
    if may_be_mind_map(placed):
        placed = hang_on_arms(placed, find_connections(strokes, [_node(d, i) for d, i in zip(drafts, placed, strict=True)]))
    items = set_levels(placed)
    return link_notes(strokes, count_votes(rgb, _finish(photo, drafts, items, part_read, level), read))


def _node(draft: Draft, item: Item) -> Node:
    return Node(draft.outline, max(1.0, item.letter_height), draft.container in ("box", "bubble"))


def keep_struck_out(drafts: Sequence[Draft], struck_out: Sequence[Line]) -> list[Draft]:
    """Lines that were crossed out as a whole stay on record with the nearest note; they are none themselves."""
    kept = list(drafts)
    for line in struck_out if kept else ():
        here = polygon(line.quad)
        near = [here.distance(polygon(d.outline)) for d in kept]
        k = int(np.argmin(near))
        kept[k] = replace(kept[k], struck_out=(*kept[k].struck_out, line))
    return kept


def add_unread(drafts: Sequence[Draft], unread: Sequence[Line], surfaces: Sequence[Surface]) -> tuple[list[Draft], set[int]]:
    """Lines that nobody could read: those in or next to a note make it partly legible, the others are notes of their own.

    Returns the drafts with the new ones at the end, and the indices of those that have such lines.
    """
    grown = list(drafts)
    partial: set[int] = set()
    for line in sorted(unread, key=lambda u: (u.quad[0][1], u.quad[0][0])):
        reach = polygon(line.quad).buffer(NEXT_LINE * quad_size(line.quad)[1])
        near = [(reach.intersection(polygon(d.outline)).area, -k) for k, d in enumerate(grown) if reach.intersects(polygon(d.outline))]
        if not near:
            grown.append(Draft((), line.quad, "none", "none", Frame(0.0), _surface_at(line.quad, surfaces)))
            continue
        k = -max(near)[1]
        partial.add(k)
        if not grown[k].rows and grown[k].container == "none":
            corners = MultiPoint((*grown[k].outline, *line.quad)).convex_hull.exterior.coords[:-1]
            grown[k] = replace(grown[k], outline=tuple((float(x), float(y)) for x, y in corners))
    return grown, partial


def _held_drafts(holder: Holder, pieces: Sequence[Piece], surfaces: Sequence[Surface]) -> list[Draft]:
    """All writing in a sticky is one note, and so is that in a box or bubble unless it is a list or has a heading."""
    frame = frame_of(pieces) if pieces else Frame(0.0)
    rows = make_rows(pieces, frame, lambda _a, _b: True) if pieces else []
    surface = _surface_at(holder.outline, surfaces)
    heights = [r.size for r in rows]
    if holder.container in ("sticky", "card") or not (
        any(BULLET.match(r.text) for r in rows) or max(heights, default=1) > HELD_SIZE_CHANGE * min(heights, default=1)
    ):
        return (
            [Draft(tuple(rows), holder.outline, holder.container, holder.colour, frame, surface, holder.cell, holder.tail)]
            if rows or holder.container in ("sticky", "card")
            else []
        )
    blocks = make_blocks(rows, same_ink, frame)
    return [Draft(b.rows, _hull(b), holder.container, holder.colour, frame, surface, holder.cell, one_of_many=True) for b in blocks]


def _by_surface(pieces: Sequence[Piece], surfaces: Sequence[Surface]) -> list[tuple[str | None, list[Piece]]]:
    groups: dict[str | None, list[Piece]] = {}
    for piece in pieces:
        groups.setdefault(_surface_at([p for w in piece.words for p in w.quad], surfaces), []).append(piece)
    return list(groups.items())


def _surface_at(points: Sequence[Point], surfaces: Sequence[Surface]) -> str | None:
    """The smallest sheet that holds the middle of some points."""
    middle = ShapelyPoint(np.asarray(points).mean(axis=0))
    holding = [(polygon(s.quad).area, s.id) for s in surfaces if polygon(s.quad).contains(middle)]
    return min(holding)[1] if holding else None


def _hull(block: Block) -> tuple[Point, ...]:
    """Smallest rotated rectangle round a block's words."""
    points = [p for r in block.rows for w in r.words for p in w.quad]
    shape = MultiPoint(points).minimum_rotated_rectangle
    if shape.geom_type != "Polygon":
        x0, y0, x1, y1 = bounds(points)
        return ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
    return tuple((round(float(x), 1), round(float(y), 1)) for x, y in list(shape.exterior.coords)[:4])


def _quarter(frame: Frame) -> int:
    return round((frame.angle % 360) / 90) % 4


def _level_of_holders(drafts: Sequence[Draft]) -> Frame:
    """The frame in which stickies and boxes are level: the photo's own, or that of most of the writing where the photo was turned by a
    quarter and no file tells so."""
    count: Counter[int] = Counter()
    for draft in drafts:
        count[_quarter(draft.frame)] += sum(len(r.words) for r in draft.rows)
    quarter = count.most_common(1)[0][0] if count else 0
    frames = Counter(d.frame for d in drafts if d.container == "none" and d.rows and _quarter(d.frame) == quarter)
    return Frame(0.0) if quarter == 0 else frames.most_common(1)[0][0] if frames else Frame(90.0 * quarter)


def _measured_in(draft: Draft, level: Frame) -> Frame:
    """The frame in which a draft's box is level: that of its writing where its outline is round that alone. A list in a box is not read
    apart from what is round the box, whichever its own direction."""
    own = draft.container == "none" or (draft.one_of_many and _quarter(draft.frame) == _quarter(level))
    return draft.frame if own else level


def _level_box(draft: Draft) -> Box:
    p = draft.frame.points(draft.outline)
    return (float(p[:, 0].min()), float(p[:, 1].min()), float(p[:, 0].max()), float(p[:, 1].max()))


def _settle(items: Sequence[Item], frames: Sequence[Frame]) -> list[Item]:
    """The items with settled boxes, those on lone cards moved to the wall round them: its writing sets where they stand."""
    joined = join_lone_cards(settle_boxes(items, frames))
    return settle_boxes([replace(item, sheet=card.sheet) for item, card in zip(items, joined, strict=True)], frames)


def settle_boxes(items: Sequence[Item], frames: Sequence[Frame]) -> list[Item]:
    """The items with boxes that tell how they stand to each other, where those of one sheet were measured in different frames.

    Each box keeps its size, level in its own frame, and stands where its middle is in the frame of most words of the sheet: boxes of
    level stickies and of writing a few degrees off would else be the further out of place the farther they are from the photo's corner.
    """
    words: dict[str, Counter[Frame]] = {}
    for item, frame in zip(items, frames, strict=True):
        words.setdefault(item.group, Counter())[frame] += len(item.words)
    main = {group: count.most_common(1)[0][0] for group, count in words.items()}
    return [_move_box(item, frame, main[item.group]) for item, frame in zip(items, frames, strict=True)]


def _move_box(item: Item, own: Frame, main: Frame) -> Item:
    if own == main:
        return item
    x0, y0, x1, y1 = item.box
    middle = ((x0 + x1) / 2, (y0 + y1) / 2)
    x, y = (float(v) for v in main.points(own.photo_points([middle]))[0])
    dx, dy = x - middle[0], y - middle[1]
    start = None if item.start is None else item.start + dx
    return replace(item, box=(x0 + dx, y0 + dy, x1 + dx, y1 + dy), start=start)


def _item(draft: Draft, sheets: Set[str], rgb: RgbArray, rules: Rules, level: Frame) -> Item:
    text = "\n".join(r.text for r in draft.rows)
    heights = [r.size for r in draft.rows for _ in r.words]
    frame = _measured_in(draft, level)
    return Item(
        text=text,
        box=_level_box(replace(draft, frame=frame)),
        letter_height=float(np.median(heights)) if heights else 0.0,
        ink=draft.rows[0].ink if draft.rows else (0.0, 0.0, 0.0),
        container=draft.container,
        colour=draft.colour,
        sheet=draft.surface if draft.surface and draft.surface in sheets else "",
        quarter=_quarter(frame),
        marked=bool(draft.rows) and begins_item(draft.rows[0]),
        start=_text_start(draft.rows[0]) if draft.rows else None,
        cell=draft.cell,
        outline=draft.outline,
        tail=draft.tail,
        confidence=float(np.mean([w.confidence for r in draft.rows for w in r.words])) if draft.rows else 0.0,
        underlined=0 < len(text.split()) <= USUAL_HEADING_WORDS and _is_underlined(rgb, rules, _row_quad(draft.rows[-1])),
    )


def _text_start(row: Row) -> float:
    """Where a row's first letter after a list mark stands, along its frame."""
    mark = MARK.match(row.text)
    first = row.words[0]
    if mark is None:
        return row.x0
    if mark.end() > len(first.text) and len(row.words) > 1:
        return row.x0 + quad_size((first.quad[0], row.words[1].quad[0], row.words[1].quad[3], first.quad[3]))[0]
    return row.x0 + quad_size(first.quad)[0] * min(1.0, mark.end() / len(first.text))


def _is_underlined(rgb: RgbArray, rules: Rules, quad: Quad) -> bool:
    tl, tr, br, bl = (np.asarray(p) for p in quad)
    middle = to_quad([(tl + bl) / 2, (tr + br) / 2, br + (br - tr) / 4, bl + (bl - tl) / 4])
    return is_underlined(rgb, quad) or are_parted(rules, (middle[0], middle[1]), (middle[3], middle[2]))


def _finish(photo: Photo, drafts: Sequence[Draft], items: Sequence[Item], partial: Set[int], level: Frame) -> list[Note]:
    order = reading_order(items, _places(drafts, items, level), [bounds(d.outline) for d in drafts])
    place = {k: i for i, k in enumerate(order)}
    name = {k: f"{photo.id}-n{i + 1}" for k, i in place.items()}
    notes = []
    for k in order:
        draft, item = drafts[k], items[k]
        lines = _lines_of(draft)
        words = [w for line in lines for w in line.words]
        confidence = float(np.mean([w.confidence for w in words])) if words else 0.0
        notes.append(
            Note(
                id=name[k],
                photo_id=photo.id,
                surface_id=draft.surface,
                outline=draft.outline,
                container=draft.container,
                colour=draft.colour,
                role=item.role,
                lines=lines,
                text="\n".join(line.text for line in lines),
                legible="no" if not words else "full" if confidence >= PARTLY_READ and k not in partial else "partial",
                under=None if item.under is None else name[item.under],
                said_by=None if item.said_by is None else name[item.said_by],
                level=item.level,
                order=place[k],
                confidence=round(confidence, 4),
            )
        )
    return notes


def _places(drafts: Sequence[Draft], items: Sequence[Item], level: Frame) -> list[Box]:
    """Each note's box in the frame of most of the writing on its sheet, whichever its own direction."""
    frames: dict[str, Counter[Frame]] = {}
    for draft, item in zip(drafts, items, strict=True):
        frames.setdefault(item.sheet, Counter())[_measured_in(draft, level)] += len(item.words)
    main = {sheet: count.most_common(1)[0][0] for sheet, count in frames.items()}
    return [_level_box(replace(d, frame=main[i.sheet])) for d, i in zip(drafts, items, strict=True)]


def _lines_of(draft: Draft) -> tuple[Line, ...]:
    """A draft's lines; crossed-out ones stand in its last line, or without words where nothing else is written."""
    lines = tuple(line for i, row in enumerate(draft.rows) if (line := _line_of(row, marked=i == 0)).words)
    struck = tuple(w for line in draft.struck_out for w in line.struck_out)
    if not struck:
        return lines
    if not lines:
        return draft.struck_out
    return (*lines[:-1], lines[-1].model_copy(update={"struck_out": (*lines[-1].struck_out, *struck)}))


def _line_of(row: Row, *, marked: bool) -> Line:
    """A row as a Line of its own; its raw reading is that of the lines it came from, where it took them whole.

    marked: the row begins an item; its list mark is no word and stays in the raw reading only.
    """
    sources = list(dict.fromkeys(p.line for p in row.pieces))
    words = row.words
    whole = sum(len(s.words) for s in sources) == len(words)
    raw = " ".join(s.raw for s in sources) if whole else " ".join(w.raw or w.text for w in words)
    quad = _row_quad(row)
    if marked:
        words = _without_mark(words)
    return Line(
        words=words,
        raw=raw,
        confidence=round(float(np.mean([w.confidence for w in words])), 4) if words else 0.0,
        quad=quad,
        engine=sources[0].engine,
        language=sources[0].language,
        struck_out=row.struck_out,
    )


def _row_quad(row: Row) -> Quad:
    first, last = row.words[0].quad, row.words[-1].quad
    return (first[0], last[1], last[2], first[3])


def _without_mark(words: tuple[Word, ...]) -> tuple[Word, ...]:
    mark = MARK.match(" ".join(w.text for w in words))
    if mark is None:
        return words
    first, cut = words[0], len(mark.group().rstrip())
    if cut >= len(first.text):
        return words[1:]
    return (first.model_copy(update={"text": first.text[cut:], "raw": first.raw or first.text}), *words[1:])
