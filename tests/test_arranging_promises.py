"""Promises that hold for any notes: none is lost, nothing is invented, the same input gives the same result, no network."""

from __future__ import annotations

import logging
import socket
import threading

import numpy as np
import pytest
from arranging_wall import OUTLINE
from conftest import share
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digitise.arranging import arrange
from digitise.arranging.duplicates import find_duplicates
from digitise.arranging.meaning import Embedder, embed_static, measure_similarity
from digitise.arranging.sentences import _load_network, _load_wordllama, embed_sentences
from digitise.config import Config
from digitise.model import Arrangement, Note, Photo

WORDINGS = (
    "",
    "Problems",
    "Actions",
    "Transport",
    "Transport problems",
    "Camau gweithredu",
    "Round 1",
    "No buses on Sunday",
    "Not enough buses on Sunday evening",
    "Sue to ring the bus company by Friday",
    "Clerk to book hall (JB)",
    "Trefnu bws\nerbyn diwedd mis Mai",
    "Great park",
    "Why?",
    "What",
    "Who?",
    "When",
    "Problems",
    "Sue & Tom",
    "asap",
    "Round 2",
    "Now",
    "Later",
    "Dogs",
    "⟨?⟩",
    "III",
    "Publicity to go out",
    "“Nobody talks to me”",
    "What if we met weekly",
    "- Owner: Ann Lee, next meeting",
    "ŵyr",
    "Sue & Tom to 'ask'; RCT/Interlink will fund",
)
ROLES = ("title", "heading", "note", "bullet", "label", "body", "quote")


@st.composite
def events(draw: st.DrawFn) -> tuple[list[Note], list[Photo]]:
    """Any notes on up to three photos, with headings above them that may be missing, circular or on other photos."""
    count = draw(st.integers(0, 14))
    text = st.one_of(st.sampled_from(WORDINGS), st.text(max_size=30))
    notes = [
        Note(
            id=f"n{i}",
            photo_id=draw(st.sampled_from(("a", "b", "c"))),
            outline=tuple((x + right, y) for x, y in OUTLINE),
            text=draw(text),
            role=draw(st.sampled_from(ROLES)),
            legible=draw(st.sampled_from(("full", "full", "partial", "no"))),
            under=draw(st.one_of(st.none(), st.sampled_from([f"n{k}" for k in range(count)]), st.just("gone"))),
            colour=draw(st.sampled_from(("none", "pink"))),
            order=draw(st.integers(0, 5)),
        )
        for i, right in enumerate(draw(st.lists(st.sampled_from((0, 500, 1000)), min_size=count, max_size=count)))
    ]
    photos = [
        Photo(id=i, file=f"{i}.jpg", sha256="0" * 64, width_px=1, height_px=1, similar_to=s)
        for i, s in (("a", None), ("b", draw(st.sampled_from((None, "a")))), ("c", None))
    ]
    return notes, photos


def check(result: Arrangement, notes: list[Note]) -> None:
    by_id = {n.id: n for n in notes}
    assert [p.note_id for p in result.placements] == [n.id for n in notes]
    printed = [i for s in result.sections for i in s.note_ids]
    assert len(printed) == len(set(printed))
    assert len({s.id for s in result.sections}) == len(result.sections)
    fates = {p.note_id: p.fate for p in result.placements}
    for p in result.placements:
        note = by_id[p.note_id]
        if p.fate == "reported" and not p.with_sheet:
            assert printed.count(p.note_id) == 1
            assert p.note_id in next(s for s in result.sections if s.id == p.section_id).note_ids
        else:
            assert p.note_id not in printed
        if p.fate == "duplicate":
            assert p.duplicate_of is not None
            assert fates[p.duplicate_of] == "reported"
        # an owner's or a date's words are the note's own, or stand in a cell of its sheet
        sheet = [n.text for n in notes if (n.photo_id, n.surface_id) == (note.photo_id, note.surface_id)]
        flat = " ".join(" ".join((note.text, *sheet)).split())
        assert all((o and set(o.split()) <= set(flat.replace(",", " ").replace("/", " ").split())) or o in flat for o in p.owners)
        assert p.due is None or p.due in flat
    assert [a.number for a in result.actions] == list(range(1, len(result.actions) + 1))
    assert {a.note_id for a in result.actions} == {p.note_id for p in result.placements if p.kind == "action" and p.fate == "reported"}
    for s in result.sections:
        assert (s.title_source == "none") == (s.id == "sec-other")
        assert s.note_ids


@settings(max_examples=share(100), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(events(), st.randoms(use_true_random=False))
def test_no_note_is_lost_and_the_order_of_input_does_not_matter(event: tuple[list[Note], list[Photo]], random: object) -> None:
    notes, photos = event
    config = Config(colours={"pink": "action"}, title="Transport day")
    result = arrange(notes, photos, config)
    check(result, notes)
    shuffled = list(notes)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    again = arrange(shuffled, photos, config)
    assert (again.sections, again.actions) == (result.sections, result.actions)
    assert sorted(again.placements, key=lambda p: p.note_id) == sorted(result.placements, key=lambda p: p.note_id)


def test_nothing_gives_nothing() -> None:
    assert arrange([], [], Config()) == Arrangement(placements=(), sections=(), actions=())


@pytest.mark.parametrize("embed", [embed_sentences, embed_static])
def test_embedders_load_without_network_and_leave_logging_alone(monkeypatch: pytest.MonkeyPatch, embed: Embedder) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("the network was tried")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    before = list(logging.getLogger().handlers), logging.getLogger().level
    _load_wordllama.cache_clear()
    _load_network.cache_clear()
    near = measure_similarity(["bus timetable", "late buses", "school meals", "hot lunch for pupils"], embed=embed)
    assert (list(logging.getLogger().handlers), logging.getLogger().level) == before
    assert near[0, 1] > near[0, 2]
    assert near[2, 3] > near[1, 3]


def test_similarity_is_symmetric_and_bounded() -> None:
    near = measure_similarity(["", "a", "bws hwyr", "bws hwyr", "?"])
    assert near.dtype == np.float64
    assert np.allclose(near, near.T)
    assert np.all(np.abs(near) <= 1)
    assert near[2, 3] == pytest.approx(1.0)


def test_threads_agree() -> None:
    photo = Photo(id="a", file="a.jpg", sha256="0" * 64, width_px=1, height_px=1)
    notes = [Note(id=f"n{i}", photo_id="a", outline=OUTLINE, text=t, order=i) for i, t in enumerate(WORDINGS)]
    _load_network.cache_clear()
    results: list[Arrangement] = []
    threads = [threading.Thread(target=lambda: results.append(arrange(notes, [photo], Config()))) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(results) == 4
    assert all(r == results[0] for r in results)


def test_look_alike_photos_in_a_circle_do_not_hang() -> None:
    photos = [Photo(id=i, file=i, sha256="0" * 64, width_px=1, height_px=1, similar_to=s) for i, s in (("a", "b"), ("b", "a"))]
    assert find_duplicates([], photos) == {}
