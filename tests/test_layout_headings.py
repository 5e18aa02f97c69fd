"""Signs of headings, and what stands under which."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digitise.layout.headings import find_headings, heading_cues, is_above, is_hanging_label, items_above
from digitise.layout.items import Item
from digitise.layout.roles import assign_roles, join_lone_cards
from digitise.layout.rows import letter_extent
from digitise.layout.under import find_hub
from digitise.model import Colour, Container

BLACK, RED = (-60.0, 0.0, 0.0), (-40.0, 55.0, 35.0)


def item(
    text: str,
    x: float,
    y: float,
    *,
    height: float = 30,
    ink: tuple[float, float, float] = BLACK,
    container: Container = "none",
    colour: Colour = "none",
    underlined: bool = False,
    width: float | None = None,
) -> Item:
    rows = text.split("\n")
    w = width or 0.55 * height * max(map(len, rows))
    return Item(
        text=text,
        box=(x, y, x + w, y + 1.3 * height * len(rows)),
        letter_height=height,
        ink=ink,
        container=container,
        colour=colour,
        sheet="",
        quarter=0,
        underlined=underlined,
    )


BODY = ["No bus after six in the evening", "Taxis cost more than the pension", "The clinic closes at four on Fridays"]


def column(heading: Item, x: float = 120, y: float = 200) -> list[Item]:
    return [heading, *(item(text, x, y + 60 * i) for i, text in enumerate(BODY))]


def heads(items: list[Item]) -> list[str]:
    """What each item stands under, in words."""
    placed = assign_roles(items)
    return [placed[i.under].text if i.under is not None else "" for i in placed]


@pytest.mark.parametrize(
    "heading",
    [
        item("TRANSPORT", 100, 100, height=48),
        item("Transport", 100, 120, underlined=True, ink=BLACK),
        item("Transport:", 100, 120),
        *(item(name, 100, 120) for name in ("Problems", "Worries", "Pledges:", "OPPORTUNITIES", "Pryderon", "Camau nesaf", "Llwyddiannau")),
        item("Getting about", 100, 120, ink=RED),
        item("Round 2 – Table 3", 100, 120),
    ],
)
def test_each_way_of_setting_a_heading_off(heading: Item) -> None:
    items = column(heading)
    assert find_headings(items, items_above(items))[0]
    assert heads(items)[1:] == [heading.text] * 3


def test_a_letter_or_a_number_heads_nothing_however_large() -> None:
    for sign in ("15", "e", "4."):
        items = column(item(sign, 100, 60, height=90))
        assert heads(items) == [""] * 4


def test_a_row_of_like_words_is_all_headings_or_none() -> None:
    days = [item(day, 100 + 300 * i, 100, height=40) for i, day in enumerate(("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY"))]
    assert "THURSDAY" not in heads([*days, item("you are here", 1010, 170)])
    pair = [item("IT FEELS GOOD", 100, 100, height=40, underlined=True), item("IT HURTS", 700, 100, height=40)]
    text = [*(item(t, 120, 200 + 60 * i) for i, t in enumerate(BODY)), item("much farther down", 720, 700)]
    assert heads([*pair, *text])[-1] == "IT HURTS"


def test_a_row_of_headings_may_rise_a_little() -> None:
    pair = [item("IT FEELS GOOD", 100, 100, height=40, underlined=True), item("IT HURTS", 1000, 50, height=40)]
    text = [*(item(t, 120, 200 + 60 * i) for i, t in enumerate(BODY)), item("much farther down", 1020, 700)]
    assert heads([*pair, *text])[-1] == "IT HURTS"


def test_what_touches_a_heading_stands_under_it_though_the_text_above_ends_beside() -> None:
    items = [
        item("PRODUCTS", 100, 100, height=60),
        item("a long paper on all of the methods", 250, 190),
        item("QUESTIONS", 20, 190, height=60, width=220),
        item("can it be detected at all by anyone else", 200, 262),
    ]
    assert heads(items)[-1] == "QUESTIONS"


def test_the_first_of_several_fields_is_no_heading() -> None:
    fields = ["Source: a string", "Read: a character", "Move: a direction"]
    assert heads([item(t, 100, 100 + 60 * i, height=40 - 5 * i) for i, t in enumerate(fields)]) == [""] * 3


def test_the_first_line_of_a_plain_list_is_no_heading() -> None:
    items = column(item("People feel cut off in winter", 120, 140))
    assert not find_headings(items, items_above(items))[0]


def test_a_bullet_is_no_heading_however_large() -> None:
    items = column(item("- Late buses", 100, 120, height=36))
    assert not find_headings(items, items_above(items))[0]


def test_what_runs_on_from_a_heading_is_no_other_heading_unless_it_is_set_off() -> None:
    first = item("A model of the town to play with", 120, 165, height=40)
    below = [item("A plan for the work", 120, 260), item("A list of all who help", 120, 320)]
    items = [item("PROGRESS", 100, 100, height=50, underlined=True), first, *below]
    assert heads(items) == ["", *["PROGRESS"] * 3]
    apart = replace(first, box=(120, 215, *first.box[2:]))
    assert heads([items[0], apart, *below])[2:] == [first.text] * 2


def test_letters_hardly_larger_than_those_above_do_not_set_off() -> None:
    items = [item("PROGRESS", 100, 100, height=50, underlined=True), item("People who have been here for long", 120, 170, height=34)]
    for height, head in ((38, "PROGRESS"), (44, "A film of the village")):
        near = item("A film of the village", 120, 218, height=height)
        below = [item(text, 120, near.box[3] + down, height=24) for text, down in (("A plan for the work", 40), ("A list of helpers", 90))]
        assert heads([*items, near, *below]) == ["", "PROGRESS", "PROGRESS", head, head]


@pytest.mark.parametrize("height", [36, 40])
@pytest.mark.parametrize("gap", [0.1, 0.3, 0.5])
def test_headings_of_columns_may_stand_close_under_the_title(gap: float, height: float) -> None:
    y = 100 + 1.3 * 70 + gap * height
    columns = [
        column(item(name, x, y, height=height), x + 10, y + 1.3 * height + 15) for name, x in (("Went well", 100), ("Went badly", 900))
    ]
    title = item("FEEDBACK FROM THE DAY", 100, 100, height=70, width=1400)
    under = [[title.text, *[name] * 3] for name in ("Went well", "Went badly")]
    assert heads([title, *columns[0], *columns[1]]) == ["", *under[0], *under[1]]


def test_a_list_set_in_beyond_its_short_heading_is_not_the_titles() -> None:
    for indent in (60, 95, 140, 200):
        who, where = (item(name, 100, y, height=45, underlined=True) for name, y in (("Who?", 250), ("Where do we meet them?", 560)))
        lists = [[item(f"- {text}", 100 + indent, head.box[1] + 80 + 55 * i) for i, text in enumerate(BODY)] for head in (who, where)]
        under = heads([item("USER INTERVIEW", 100, 100, height=80), who, *lists[0], where, *lists[1]])
        assert under == ["", "USER INTERVIEW", *[who.text] * 3, "USER INTERVIEW", *[where.text] * 3]


def test_a_sentence_that_leads_in_to_a_list_leaves_it_to_the_heading() -> None:
    points = [item(f"- {text}", 140, 240 + 50 * i, height=24) for i, text in enumerate(("the heart", "the fields", "the rivers"))]
    items = [item("IMPORTANCE", 100, 100, height=50), item("To know who will stay matters in many places:", 100, 170, height=36), *points]
    assert heads(items) == ["", *["IMPORTANCE"] * 4]


def test_what_a_list_begins_under_heads_it_but_no_word_within_the_list() -> None:
    points = [item(f"- {text}", 110, 170 + 50 * i) for i, text in enumerate(("Tiredness", "Headaches", "A dry mouth"))]
    name = item("Effects", 80, 125, height=28)
    assert heads([item("Risks of the drug", 100, -20, height=50), name, *points])[2:] == [name.text] * 3
    cues = [
        heading_cues(0, [name, *below], [None, 0, 1, 2], below)["list below"] for below in (points, [item(BODY[0], 110, 170), *points[1:]])
    ]
    assert cues[0] > cues[1] > 0
    inside = item("Effects", 160, 125, height=28)
    assert heads([item("Risks of the drug", 100, -20, height=50), inside, *points])[2:] == ["Risks of the drug"] * 3


def test_what_stands_straight_under_the_title_stands_under_no_heading_beside_it() -> None:
    drugs = [item("DRUGS", 0, 240, height=44), item("which types there are", 0, 310)]
    items = [item("USER INTERVIEW", 300, 100, height=90), item("a session on what they want", 320, 330), *drugs]
    assert heads(items)[1:] == ["USER INTERVIEW", "USER INTERVIEW", "DRUGS"]


def test_a_sticky_in_large_letters_under_a_larger_name_is_no_heading() -> None:
    def card(text: str, x: float, y: float, height: float) -> Item:
        return item(text, x, y, height=height, container="sticky", colour="yellow", width=200)

    large = card("Great team", 100, 220, 40)
    cards = [large, *(card(text, 100, 500 + 200 * i, 24) for i, text in enumerate(BODY))]
    assert heads(cards) == ["", *["Great team"] * 3]
    assert heads([item("It feels good", 90, 100, height=60), *cards])[1:] == ["It feels good"] * 4


def sticky_columns(names: list[str], y: float = 320) -> list[Item]:
    """Columns of three stickies each, the first with a name in large letters."""
    return [
        item(text, 100 + 300 * i, y + 240 * j, height=24 if j else 50, container="sticky", colour="yellow", width=200)
        for i, name in enumerate(names)
        for j, text in enumerate((name, "long days", "new friends"))
    ]


@pytest.mark.parametrize(
    "title", [item("Team retrospective", 180, 100, height=70), item("Retro", 420, 100, height=70), item("Last week", 100, 100, height=70)]
)
def test_sticky_headings_of_columns_keep_their_part_under_a_title(title: Item) -> None:
    under = heads([title, *sticky_columns(["Start", "Stop", "Continue"])])[1:]
    assert [under[k] for k in range(9) if k % 3] == ["Start", "Start", "Stop", "Stop", "Continue", "Continue"]


def test_names_of_most_columns_head_them_whatever_stands_farther_down() -> None:
    names = [item("It hurts", 110, 200, height=70), item("It feels good", 400, 200, height=70)]
    cards = sticky_columns(["Extension", "Great team"])
    assert heads([*names, *cards])[2:] == ["It hurts"] * 3 + ["It feels good"] * 3
    low = [replace(c, box=(c.box[0], c.box[1] + 1000, c.box[2], c.box[3] + 1000)) for c in sticky_columns(["Extension"])]
    assert heads([*names, *low, *cards[3:]])[5:] == ["It feels good"] * 3


def test_writing_over_a_card_in_many_rows_is_no_heading() -> None:
    def cards(y: float) -> list[Item]:
        return [item(text, 100, y + 200 * i, height=24, container="sticky", colour="yellow") for i, text in enumerate(BODY[:2])]

    assert heads([item("Team efforts and focus", 100, 120, height=26), *cards(220)])[1:] == ["Team efforts and focus"] * 2
    assert heads([item("Team efforts\nand focus", 100, 120, height=26), *cards(255)])[1:] == ["Team efforts\nand focus"] * 2
    assert heads([item("Team\nefforts\nand focus", 100, 120, height=26), *cards(290)])[1:] == [""] * 2


def test_columns_side_by_side_keep_to_their_headings_even_when_one_begins_lower() -> None:
    left = column(item("TRANSPORT", 100, 100, height=48))
    right = [item("HOUSING", 1100, 300, height=48), *(item(t, 1110, 400 + 60 * i) for i, t in enumerate(["Damp walls", "No flats to let"]))]
    assert heads(left + right) == ["", *["TRANSPORT"] * 3, "", *["HOUSING"] * 2]


def test_stickies_below_a_line_of_writing_stand_under_it() -> None:
    wall = [item("What keeps you at home?", 100, 100, height=32)]
    wall += [item("no lift", 100 + 260 * (i % 3), 200 + 220 * (i // 3), container="sticky", colour="yellow", width=200) for i in range(6)]
    assert set(heads(wall)[1:]) == {"What keeps you at home?"}


def test_a_label_with_a_colon_heads_what_stands_beside_and_below_it() -> None:
    items = [
        item("Purpose:", 100, 100),
        item("Show what people asked for", 260, 100),
        item("Find who can act on it", 262, 160),
    ]
    assert heads(items) == ["", "Purpose:", "Purpose:"]


def test_the_middle_of_a_mind_map_heads_what_is_round_it() -> None:
    around = [
        item("Slow zone", 200, 150),
        item("A free bus", 1200, 180),
        item("Paint a crossing", 180, 800),
        item("Open the loos", 1250, 820),
    ]
    middle = item("What can we do?", 700, 480, container="box")
    items = [*around[:2], middle, *around[2:]]
    assert find_hub(items) == 2
    assert heads(items) == ["What can we do?"] * 2 + [""] + ["What can we do?"] * 2


def test_signs_have_names_and_add_up() -> None:
    items = column(item("TRANSPORT", 100, 100, height=48, ink=RED, underlined=True))
    cues = heading_cues(0, items, items_above(items), items[1:])
    assert cues["underlined"] > 0 < cues["another pen"] and cues["larger than what follows"] > 0 and cues["list mark"] == 0


def test_the_size_of_capitals_does_not_depend_on_the_letters() -> None:
    tall, small, hanging = letter_extent("Bald"), letter_extent("nurse"), letter_extent("gypsy")
    assert small < hanging < tall and letter_extent("") == tall


BOXES = st.tuples(
    st.integers(0, 900), st.integers(0, 900), st.sampled_from(["Aa", "Be kind", "- cost", "Why?", "PLAN:"]), st.integers(14, 60)
)


@given(st.lists(BOXES, max_size=12))
@example([(0, 8, "PLAN:", 14), (0, 15, "Be kind", 14), (32, 0, "Be kind", 18)])
def test_headings_have_no_loops_and_nothing_heads_itself(boxes: list[tuple[int, int, str, int]]) -> None:
    placed = assign_roles([item(text, x, y, height=h) for x, y, text, h in boxes])
    for k in range(len(placed)):
        seen: set[int] = set()
        up: int | None = k
        while up is not None:
            assert up not in seen
            seen.add(up)
            up = placed[up].under


@given(st.lists(BOXES, max_size=12))
def test_the_item_above_begins_higher(boxes: list[tuple[int, int, str, int]]) -> None:
    items = [item(text, x, y, height=h) for x, y, text, h in boxes]
    for k, above in enumerate(items_above(items)):
        if above is not None and not items[above].text.endswith(":"):
            assert np.mean(items[above].box[1::2]) < np.mean(items[k].box[1::2])


@given(st.lists(BOXES, max_size=12))
def test_every_way_up_ends(boxes: list[tuple[int, int, str, int]]) -> None:
    above = items_above([item(text, x, y, height=h) for x, y, text, h in boxes])
    for k in range(len(above)):
        steps, up = 0, above[k]
        while up is not None:
            steps, up = steps + 1, above[up]
            assert steps < len(above)


def test_a_label_under_the_edge_of_what_it_hangs_beside_makes_no_loop() -> None:
    """Each would be above the other, and the way up without end: a photo was once read for ever."""
    label, beside = item("PLAN:", 100, 150, height=60), item("Aa", 250, 100, height=47)
    assert is_hanging_label(label, beside) and is_above(label.box, beside.box) is False and is_above(beside.box, label.box)
    assert items_above([label, beside]) == [1, None]
    assert items_above([label, item("Aa", 280, 150, height=47)]) == [None, 0]


def test_a_few_words_that_fill_their_sticky_are_no_heading() -> None:
    """Few words are written larger than many; a heading is larger than other few words."""
    long = "what we could do about\nlarge floods and droughts"
    wall = [item(long, 100, 300 + 200 * i, height=20, container="sticky", colour="yellow") for i in range(4)]
    short = [
        item(name, 600, 300 + 200 * i, height=30, container="sticky", colour="yellow") for i, name in enumerate(("Rare?", "Scale", "Who"))
    ]
    assert set(heads([*wall, *short])) == {""}
    short[0] = item("Rare?", 600, 300, height=44, container="sticky", colour="yellow")
    assert heads([*wall, *short])[4:] == ["", "Rare?", "Rare?"]


@pytest.mark.parametrize(("text", "confidence", "head"), [("mm", 0.98, ""), ("IT", 0.98, "IT"), ("ESL", 0.2, ""), ("ESL", 0.9, "ESL")])
def test_doodles_read_as_letters_head_nothing(text: str, confidence: float, head: str) -> None:
    items = column(replace(item(text, 100, 100, height=60), confidence=confidence))
    assert set(heads(items)[1:]) == {head}


def test_a_sheet_with_nothing_but_a_table_belongs_to_the_wall_round_it() -> None:
    cells = [replace(item(text, 100, 300 + 60 * i), sheet="s1", cell=(0, i, 0)) for i, text in enumerate(BODY)]
    assert {i.sheet for i in join_lone_cards(cells)} == {""}
    assert {i.sheet for i in join_lone_cards([replace(item("Transport", 100, 200), sheet="s1"), *cells])} == {"s1"}
