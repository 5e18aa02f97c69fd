"""The samples' truth, read without a mistake, is arranged as the truth has it."""

from __future__ import annotations

from collections import Counter

import pytest
from arranging_truth import EVENTS, compare, read_truth

from digitise.model import Event

ALLOWED = {
    # 'Health and isolation / Co-design day, 14 March 2026' below the title: which event it is, printed with its sheet only; five points
    # under 'What already works', which is one section with 'Beth sy'n gweithio'n dda?'
    ("connecting-communities", "section"): 6,
    # 'Now', 'Next' and 'Later' are the columns of one section, 'Our plan'
    ("sticky-wall", "section"): 6,
    # 'Warm, dry, free and open to all', 'A desk, a chat and a cup of tea': praise that only the picture tells
    ("sticky-wall", "kind strength"): 2,
    # 'from 10 to 12', 'for two weeks': how long, not when
    ("sticky-wall", "due"): 2,
    # 'Slow zone: twenty is plenty', 'Shop fronts done up in old colours'
    ("world-cafe", "kind idea"): 2,
}
"""What is known to be wrong; everything else must be right."""


@pytest.fixture(scope="module", params=EVENTS)
def event(request: pytest.FixtureRequest) -> tuple[str, Event]:
    return request.param, read_truth(request.param)


def test_sections_kinds_owners_and_dates_are_those_of_the_truth(event: tuple[str, Event]) -> None:
    name, made = event
    looked, missed = compare(made, name)
    assert looked["section"] >= 49
    wrong = Counter(m.what for m in missed)
    assert {what: n for what, n in wrong.items() if n > ALLOWED.get((name, what), 0)} == {}, missed


def test_every_title_is_written_by_the_participants(event: tuple[str, Event]) -> None:
    _, made = event
    sections = made.arrangement.sections
    assert [s.title for s in sections if s.title_source == "proposed"] == []
    headings = {n.id for n in made.notes if n.role in ("title", "heading")}
    assert all(s.title_note_id in headings for s in sections if s.title_source == "written")
    assert not any(i in headings for s in sections for i in s.note_ids), "a heading is no point of its section"


def test_actions_answer_problems_of_their_own_section_where_it_has_any(event: tuple[str, Event]) -> None:
    _, made = event
    home = {i: s.id for s in made.arrangement.sections for i in s.note_ids}
    linked = [a for a in made.arrangement.actions if a.problem_note_ids]
    problems = {home[p.note_id] for p in made.arrangement.placements if p.kind == "problem" and p.note_id in home}
    assert all(home[p] == a.section_id for a in linked for p in a.problem_note_ids if a.section_id in problems)
    kinds = {p.note_id: p.kind for p in made.arrangement.placements}
    assert all(kinds[p] == "problem" for a in linked for p in a.problem_note_ids)


def test_rounds_and_tables_of_the_cafe_are_those_of_its_sheets() -> None:
    made = read_truth("world-cafe")
    found = {(p.round, p.table) for p in made.arrangement.placements if p.round}
    assert found == {(f"Round {r}", f"Table {t}") for r in (1, 2, 3) for t in (1, 2, 3)}


def test_actions_of_the_cafes_last_round_answer_problems_of_the_one_before() -> None:
    made = read_truth("world-cafe")
    texts = {n.id: " ".join(n.text.split()) for n in made.notes}
    answered = {a.text: [texts[p] for p in a.problem_note_ids] for a in made.arrangement.actions if a.problem_note_ids}
    locked = "Toilets locked since the flood, so older people stay home"
    assert answered["Council to unlock the toilets and pay a caretaker"] == [locked]
    assert "Slow zone: twenty is plenty" not in answered
