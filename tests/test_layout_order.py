"""Reading order: regions from the top left to the bottom right, each read to its end before the next one begins."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from layout_drawing import notes_of, paper, sticky, write

from digitise.layout.items import Item
from digitise.layout.order import reading_order
from digitise.model import Box, Container


def item(text: str, box: Box, under: int | None = None, *, sheet: str = "", quarter: int = 0, container: Container = "none") -> Item:
    return Item(text, box, 20.0, (0.0, 0.0, 0.0), container, "none", sheet, quarter, under=under)


def order_of(items: list[Item]) -> list[str]:
    return [items[k].text for k in reading_order(items)]


def column(name: str, x: float, y: float, count: int, under: int | None = None) -> list[Item]:
    return [item(f"{name}{i}", (x, y + 50 * i, x + 300, y + 50 * i + 40), under) for i in range(count)]


def test_columns_of_one_heading_are_read_one_after_the_other() -> None:
    items = [item("head", (0, 0, 700, 80)), *column("a", 0, 120, 4, 0), *column("b", 400, 123, 4, 0)]
    assert order_of(items) == ["head", "a0", "a1", "a2", "a3", "b0", "b1", "b2", "b3"]


def test_cards_in_a_grid_are_read_row_by_row() -> None:
    items = [
        item(f"{r}{c}", (c * 130.0, r * 125.0 + 4 * c, c * 130.0 + 100, r * 125.0 + 4 * c + 100), container="sticky")
        for c in range(4)
        for r in range(3)
    ]
    assert order_of(items) == [f"{r}{c}" for r in range(3) for c in range(4)]


def test_regions_are_read_in_rows_of_regions() -> None:
    """Four headings, two by two, each with a list; the right ones stand a little higher."""
    items: list[Item] = []
    for name, x, y in (("D", 900.0, 580.0), ("B", 900.0, 0.0), ("C", 0.0, 600.0), ("A", 0.0, 30.0)):
        head = len(items)
        items += [item(name, (x, y, x + 200, y + 60)), *column(name.lower(), x + 30, y + 90, 3, head)]
    assert order_of(items) == ["A", "a0", "a1", "a2", "B", "b0", "b1", "b2", "C", "c0", "c1", "c2", "D", "d0", "d1", "d2"]


def test_a_stray_turned_word_stands_where_it_lies() -> None:
    """Its box in its own frame would put it before all else."""
    items = [*column("a", 0, 0, 3), item("up", (-900, 10, -860, 40), quarter=1), *column("b", 0, 400, 2)]
    places = [(340.0, 220.0, 380.0, 320.0) if i.text == "up" else i.box for i in items]
    assert [items[k].text for k in reading_order(items, places)] == ["a0", "a1", "a2", "up", "b0", "b1"]


def test_sheets_side_by_side_are_read_from_the_left_even_when_the_right_one_hangs_higher() -> None:
    left = [item(f"a{i}", (0, 60 + 50 * i, 300, 100 + 50 * i), sheet="s1") for i in range(3)]
    right = [item(f"b{i}", (500, 50 * i, 800, 40 + 50 * i), sheet="s2") for i in range(3)]
    assert order_of([*right, *left]) == ["a0", "a1", "a2", "b0", "b1", "b2"]


def test_numbers_settle_the_order() -> None:
    boxes = [(0.0, 0.0, 100.0, 40.0), (300.0, 0.0, 400.0, 40.0), (0.0, 90.0, 100.0, 130.0), (300.0, 90.0, 400.0, 130.0)]
    items = [item(f"{n}. point", box) for n, box in zip((1, 3, 2, 4), boxes, strict=True)]
    assert order_of(items) == ["1. point", "2. point", "3. point", "4. point"]
    doubled = [item(f"{n}. point", box) for n, box in zip((1, 2, 2, 4), boxes, strict=True)]
    assert order_of(doubled) == ["1. point", "2. point", "2. point", "4. point"]


boxes = st.tuples(*[st.floats(0, 1000)] * 2, *[st.floats(1, 400)] * 2).map(lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3]))


@given(st.lists(boxes, max_size=25), st.randoms())
@settings(max_examples=60, deadline=None)
def test_every_item_stands_once_and_after_its_heading(places: list[Box], random: object) -> None:
    # headings only earlier in the list: no loops
    items = [item(str(k), box, under=random.choice([None, *range(k)])) for k, box in enumerate(places)]  # type: ignore[attr-defined]
    order = reading_order(items)
    assert sorted(order) == list(range(len(items)))
    for k, one in enumerate(items):
        assert one.under is None or order.index(one.under) < order.index(k)


def test_a_wall_of_columns_headed_by_writing_is_read_column_by_column() -> None:
    rgb = paper()
    lines, stickies = [], []
    for c, name in enumerate(("Keep", "Stop", "Start")):
        lines.append(write(rgb, name, 100 + 500 * c, 60, size=2))
        for r in range(3):
            stickies.append(sticky(rgb, 100 + 500 * c, 220 + 240 * r, 240, 200))
            lines.append(write(rgb, f"{name.lower()} {r}", 130 + 500 * c, 290 + 240 * r))
    texts = [n.text for n in notes_of(rgb, lines[::-1], stickies)]
    assert texts == [t for name in ("Keep", "Stop", "Start") for t in (name, *(f"{name.lower()} {r}" for r in range(3)))]
