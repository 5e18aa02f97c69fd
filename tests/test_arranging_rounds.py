"""Rounds and tables: how sheets name them, and what time tells where they do not."""

from __future__ import annotations

from datetime import datetime, time

import pytest
from arranging_wall import OUTLINE, Wall

from digitise.arranging import arrange
from digitise.arranging.headings import parse_heading
from digitise.arranging.rounds import find_rounds_by_time
from digitise.config import Config, Round, parse_config
from digitise.errors import ConfigError
from digitise.model import Note, Photo

NAMED = [
    ("Round 2 – Table 3", "Round 2", "Table 3", ""),
    ("ROUND TWO", "Round 2", None, ""),
    ("2nd session", "Session 2", None, ""),
    ("Session II", "Session 2", None, ""),
    ("First round: what matters?", "Round 1", None, "what matters?"),
    ("Table no. 4", None, "Table 4", ""),
    ("Table #4", None, "Table 4", ""),
    ("Table five", None, "Table 5", ""),
    ("Group B", None, "Group B", ""),
    ("Station 3: Buses", None, "Station 3", "Buses"),
    ("R2 T3", "Round 2", "Table 3", ""),
    ("Rownd 2 / Bwrdd 3", "Rownd 2", "Bwrdd 3", ""),
    ("Rownd dau – Bwrdd rhif 3", "Rownd 2", "Bwrdd 3", ""),
    ("Sesiwn 1: Trafnidiaeth", "Sesiwn 1", None, "Trafnidiaeth"),
    ("The session I liked", None, None, "The session I liked"),
    ("Group: a place to meet", None, None, "a place to meet"),
    ("Table tennis", None, None, "Table tennis"),
    ("All year round", None, None, "All year round"),
]


@pytest.mark.parametrize(("text", "round_name", "table", "theme"), NAMED)
def test_how_sheets_name_round_and_table(text: str, round_name: str | None, table: str | None, theme: str) -> None:
    heading = parse_heading(text)
    assert (heading.round, heading.table) == (round_name, table)
    assert heading.theme.casefold().removeprefix("group – ") == theme.casefold()


def photo(name: str, clock: str | None) -> Photo:
    taken = datetime.fromisoformat(f"2026-05-09T{clock}") if clock else None
    return Photo(id=name, file=f"{name}.jpg", sha256="0" * 64, width_px=10, height_px=10, taken=taken)


def test_a_photo_between_two_of_one_round_is_of_that_round() -> None:
    photos = [photo("a", "10:30"), photo("b", "10:32"), photo("c", "10:33"), photo("d", "11:20"), photo("e", None)]
    assert find_rounds_by_time(photos, {"a": "Round 1", "c": "Round 1", "d": "Round 2"}, Config()) == {"b": "Round 1"}
    assert find_rounds_by_time(photos, {"a": "Round 1", "c": "Round 2"}, Config()) == {}
    far = [photo("a", "10:00"), photo("b", "11:00"), photo("c", "12:00")]
    assert find_rounds_by_time(far, {"a": "Round 1", "c": "Round 1"}, Config()) == {}


def test_rounds_with_times_take_the_photos_taken_in_them() -> None:
    rounds = (Round(name="Round 1: now", starts=time(10, 0)), Round(name="Round 2", starts=time(11, 0), ends=time(11, 30)))
    photos = [photo("early", "09:50"), photo("a", "10:40"), photo("b", "11:00"), photo("late", "11:31"), photo("none", None)]
    assert find_rounds_by_time(photos, {}, Config(rounds=rounds)) == {"a": "Round 1", "b": "Round 2"}
    assert find_rounds_by_time(photos, {"a": "Round 3"}, Config(rounds=rounds)) == {"b": "Round 2"}


def test_named_rounds_part_the_photos_at_clear_breaks_only() -> None:
    rounds = tuple(Round(name=f"Round {k}") for k in (1, 2, 3))
    clear = [photo(str(k), clock) for k, clock in enumerate(("10:00", "10:03", "10:40", "10:42", "11:30", "11:31"))]
    assert list(find_rounds_by_time(clear, {}, Config(rounds=rounds)).values()) == ["Round 1"] * 2 + ["Round 2"] * 2 + ["Round 3"] * 2
    even = [photo(str(k), f"10:{10 * k}") for k in range(1, 6)]
    assert find_rounds_by_time(even, {}, Config(rounds=rounds)) == {}


def test_times_are_written_as_people_write_them() -> None:
    config = parse_config({"rounds": [{"name": "Round 1", "starts": "10:30", "ends": "11:00"}]}, subject="event.toml")
    assert (config.rounds[0].starts, config.rounds[0].ends) == (time(10, 30), time(11, 0))
    with pytest.raises(ConfigError, match="starts"):
        parse_config({"rounds": [{"name": "Round 1", "starts": "half ten"}]}, subject="event.toml")


def test_a_sign_beside_the_sheet_and_a_sticky_that_only_marks_it_tell_its_table() -> None:
    wall = Wall()
    wall.sheet("p1")
    sign = wall.write("TABLE 3", surface_id=None)
    bus = wall.write("No bus on Sunday", surface_id="p1-s1")
    wall.sheet("p2")
    mark = wall.write("Table 4", container="sticky", surface_id="p2-s1")
    taxi = wall.write("No taxis either", surface_id="p2-s1")
    answer = wall.arrange()
    assert [answer.place(i).table for i in (bus, taxi)] == ["Table 3", "Table 4"]
    assert all(answer.place(i).with_sheet for i in (sign, mark))


def test_time_reaches_the_placements() -> None:
    photos = [photo("a", "10:30"), photo("b", "11:10")]
    notes = [Note(id=f"{p.id}1", photo_id=p.id, outline=OUTLINE, text=f"No buses to {p.id}", order=0) for p in photos]
    rounds = (Round(name="Round 1", starts=time(10, 0)), Round(name="Round 2", starts=time(11, 0)))
    result = arrange(notes, photos, Config(rounds=rounds))
    assert [p.round for p in result.placements] == ["Round 1", "Round 2"]
