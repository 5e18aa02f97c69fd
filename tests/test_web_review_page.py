"""The review page's HTML, and what its forms do: with the real service on an event on disk, without a browser."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import suppress
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from review_demo import EVENT_ID, HOSTILE, SHEETS, make_event
from starlette.testclient import TestClient

from digitise.corrections import Corrections, WordingEdit, load_corrections, save_corrections
from digitise.errors import OutputError
from digitise.model import Accounting
from digitise.reviewing import session
from digitise.web.app import create_app
from digitise.web.review_choice import Choice, read_choice
from digitise.web.review_forms import UnclearFormError, read_changes
from digitise.web.review_model import InfoView, ReviewView, SectionView
from digitise.web.settings import ServerSettings

ADDRESS = f"/events/{EVENT_ID}/review"
ORIGIN = "http://127.0.0.1:8765"
VOID = {"input", "img", "meta", "link", "br", "hr"}


def make_client(data: Path, **more: object) -> TestClient:
    """A visitor; the server's workers are not started."""
    app = create_app(ServerSettings.model_validate({"data": data} | more))
    return TestClient(app, base_url=ORIGIN, headers={"Origin": ORIGIN})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_event(tmp_path)


@pytest.fixture
def client(folder: Path, tmp_path: Path) -> TestClient:
    return make_client(tmp_path)


class Page(HTMLParser):
    """What a test asks of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attrs for name, attrs in self.tags if name == tag]


def send(client: TestClient, do: str, *, seen: int | None = None, part: bool = True, **fields: str) -> tuple[int, str]:
    """A form as a browser sends it; status and the page that comes."""
    if seen is not None:
        fields["seen"] = str(seen)
    headers = {"X-Part": "review", "X-Client": "tester"} if part else {}
    answer = client.post(ADDRESS, data={"do": do, **fields}, headers=headers)
    return answer.status_code, answer.text


def get(client: TestClient, query: str = "", **headers: str) -> str:
    answer = client.get(ADDRESS + query, headers=headers)
    assert answer.status_code == 200
    return answer.text


def edits(folder: Path) -> list[tuple[str, str]]:
    return [(e.what, e.subject) for e in load_corrections(folder / "corrections.json").edits]


@pytest.mark.parametrize("query", ["", "?show=whole", "?note=n1-1", "?note=n2-2&show=whole", "?only=aside"])
@pytest.mark.parametrize("language", ["en", "cy"])
def test_pages_have_the_structure_that_everybody_needs(client: TestClient, query: str, language: str) -> None:
    html = get(client, query, **{"Accept-Language": language})
    page = Page(html)
    assert page.all("html")[0]["lang"] == language
    ids = Counter(attrs["id"] for _, attrs in page.tags if "id" in attrs)
    assert [i for i, n in ids.items() if n > 1] == []
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))
    labelled = {attrs.get("for") for attrs in page.all("label")}
    for tag, attrs in page.tags:
        if tag in ("select", "textarea") or (tag == "input" and attrs.get("type") not in ("hidden", "checkbox")):
            assert attrs["id"] in labelled, attrs
        described = attrs.get("aria-describedby", "").split() + attrs.get("aria-labelledby", "").split()
        assert set(described) <= set(ids), attrs
        assert "style" not in attrs
        assert not any(name.startswith("on") for name in attrs), attrs
    assert all("alt" in attrs for attrs in page.all("img"))
    assert all("src" in attrs or attrs.get("type") == "application/json" for attrs in page.all("script"))


def test_both_languages_say_the_same_things(client: TestClient) -> None:
    english, welsh = (Page(get(client, "?note=n1-1", **{"Accept-Language": code})) for code in ("en", "cy"))
    assert [tag for tag, _ in english.tags] == [tag for tag, _ in welsh.tags]
    assert "5 words left to check" in english.text
    assert "5 gair ar ôl" in welsh.text


@pytest.mark.parametrize("query", ["", "?show=whole", "?note=n2-3", "?sheet=<script>", "?note=%22%3E%3Cscript%3E"])
def test_what_people_wrote_stays_text(client: TestClient, query: str) -> None:
    html = get(client, query)
    assert "<script>alert" not in html
    assert "<b>bold" not in html
    assert "{{" not in html.replace("{{ 7*7 }}", "")
    assert "<about>" not in html
    if query == "?show=whole":
        assert HOSTILE in Page(html).text


@given(st.dictionaries(st.sampled_from(["show", "only", "sheet", "note", "word", "x"]), st.text(max_size=80)))
def test_any_address_is_read_and_comes_back(query: dict[str, str]) -> None:
    choice = read_choice(query)
    assert read_choice(dict(parse_qsl(choice.query()[1:]))) == choice
    assert Choice().query() == ""


FIELDS = "note_id section_id text at others after before step title outline kind owners due nth base".split()  # noqa: SIM905
DOES = [*"wording word facts info split merge move order add rename settle drop fate ?".split(), "new section", "merge sections"]  # noqa: SIM905


@given(st.sampled_from(DOES), st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=40)))
def test_any_form_is_read_or_refused(do: str, fields: dict[str, str]) -> None:
    section = SectionView(id="s1", title="", title_source="none", leftover=True, note_ids=("n1", "n2"))
    none = Accounting(seen=0, reported=0, duplicates=0, unreadable=0, set_aside=0)
    view = ReviewView(event_id="x", ready=True, revision=1, info=InfoView(title="x"), sections=(section,), accounting=none)
    with suppress(UnclearFormError):
        assert isinstance(read_changes({"do": do} | fields, view), tuple)


def test_a_part_is_only_what_changes(client: TestClient) -> None:
    part = get(client, **{"X-Part": "review"})
    assert part.lstrip().startswith('<div id="review"')
    assert "<html" not in part


def test_notes_of_one_sheet_or_of_all(client: TestClient) -> None:
    rows = re.compile(r'<li class="row[^"]*" id="note-([^"]+)"')
    assert rows.findall(get(client)) == ["n1-1", "n1-2", "n1-3", "n1-0"]
    assert len(rows.findall(get(client, "?show=whole"))) == sum(1 + len(notes) for _, notes in SHEETS)
    assert rows.findall(get(client, "?show=whole&only=check")) == ["n1-1", "n1-2", "n2-2", "n3-3"]
    assert rows.findall(get(client, "?note=n3-1")) == ["n3-1", "n3-2", "n3-3", "n3-0"]


def test_the_next_word_goes_on_at_the_start(client: TestClient) -> None:
    link = re.compile(r'id="next-word"[^>]*href="[^"]*\?([^"]*)"')
    query, found = "", []
    for _ in range(6):
        match = link.search(get(client, query))
        assert match
        query = "?" + match.group(1).replace("&amp;", "&")
        found.append(query)
    assert found[0] == found[5]
    assert len(set(found)) == 5


def test_forms_become_edits(client: TestClient, folder: Path) -> None:
    for do, fields in (
        ("wording", {"note_id": "n1-3", "text": "A car"}),
        ("word", {"note_id": "n1-1", "base": "sic", "nth": "0", "text": "six"}),
        (
            "facts",
            {"note_id": "n1-3", "kind": "action", "was_kind": "idea", "owners": "A, B ,", "was_owners": ""},
        ),
        ("fate", {"note_id": "n2-3", "fate": "set aside"}),
        ("move", {"note_id": "n3-3", "section_id": "s3", "before": "n3-1"}),
        ("move", {"note_id": "n3-3", "step": "down"}),
        ("rename", {"section_id": "s2", "title": "What helps"}),
        ("order", {"section_id": "s3", "step": "up"}),
        ("new section", {"title": "Money"}),
        ("split", {"note_id": "n2-2", "text": "Ring the surgary first\nand then the clinic"}),
        ("add", {"text": "A bench", "photo_id": "", "outline": ""}),
        ("info", {"title": "Getting about", "was_title": "Getting <about>", "place": "Cwm Derwen", "was_place": "Cwm Derwen"}),
    ):
        status, html = send(client, do, **fields)
        assert (status, Page(html).all("div")[0]["data-error"]) == (200, ""), do
    kinds = Counter(what for what, _ in edits(folder))
    assert set(kinds) == {"wording", "word", "kind", "owners", "fate", "move", "title", "order", "new section", "split", "note", "info"}
    assert ("info", "place") not in edits(folder)
    rows = re.findall(r'id="note-(n3[^"]+)"', get(client, "?show=whole"))
    assert rows[:3] == ["n3-1", "n3-3", "n3-2"]
    for _ in range(12):
        send(client, "undo")
    assert edits(folder) == []


@pytest.mark.parametrize(
    ("do", "fields"),
    [
        ("nonsense", {}),
        ("wording", {"note_id": "n1-3", "text": " "}),
        ("wording", {"note_id": "../../etc", "text": "x"}),
        ("wording", {"note_id": "n9-9", "text": "x"}),
        ("split", {"note_id": "n1-3", "text": "one", "at": "0"}),
        ("move", {"note_id": "n1-3", "section_id": "nowhere", "before": "n1-1"}),
        ("add", {"text": "x", "outline": "[[1,"}),
        ("add", {"text": "x", "outline": '[["a", 2]]'}),
        ("undo", {}),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(client: TestClient, folder: Path, do: str, fields: dict[str, str]) -> None:
    status, html = send(client, do, **fields)
    assert status == 422
    assert Page(html).all("div")[0]["data-error"]
    assert not (folder / "corrections.json").exists()


def test_two_versions_are_shown_and_one_is_chosen(client: TestClient, tmp_path: Path, folder: Path) -> None:
    page = next(attrs for attrs in Page(get(client)).all("div") if attrs.get("id") == "review")
    seen = int(page["data-revision"])
    other = make_client(tmp_path)
    assert send(other, "wording", part=False, note_id="n1-3", text="Their <i>car</i>")[0] == 200
    status, html = send(client, "wording", seen=seen, note_id="n1-3", text="My car")
    assert status == 409
    plain_status, plain = send(client, "wording", seen=seen, part=False, note_id="n1-3", text="My car")
    assert (plain_status, Page(plain).all("html")[0]["lang"]) == (409, "en")
    text = Page(html).text
    assert "Their <i>car</i>" in text
    assert "My car" in text
    kept = {a["name"]: a["value"] for a in Page(html.split("data-settles")[1]).all("input")}
    assert kept["text"] == "Their <i>car</i>\nMy car"
    assert client.post(ADDRESS, data=kept, headers={"X-Part": "review", "X-Client": "tester"}).status_code == 200
    assert "My car" in get(client, "?note=n1-3")


SENT_TWICE = (
    ("new section", {"title": "Money"}),
    ("add", {"text": "A bench", "photo_id": "", "outline": ""}),
    ("split", {"note_id": "n2-2", "text": "Ring the surgary first\nand then the clinic"}),
    ("move", {"note_id": "n3-3", "step": "up"}),
    ("order", {"section_id": "s3", "step": "up"}),
    ("merge sections", {"section_id": "s2", "into": "s1"}),
    ("undo", {}),
    ("redo", {}),
)


def test_a_form_sent_again_is_done_once(client: TestClient, folder: Path) -> None:
    """Its answer was lost. What comes now is what would have come then."""
    send(client, "wording", note_id="n1-3", text="A car")
    for do, fields in SENT_TWICE:
        status, first = send(client, do, job=f"job-{do[:3]}-1", **fields)
        saved = load_corrections(folder / "corrections.json")
        assert (status, Page(first).all("div")[0]["data-error"]) == (200, ""), do
        status, again = send(client, do, job=f"job-{do[:3]}-1", **fields)
        assert (status, load_corrections(folder / "corrections.json")) == (200, saved), do
        assert Page(again).all("div")[0]["data-query"] == Page(first).all("div")[0]["data-query"]
    # another tab's request of the same name is its own, and so is another of this one
    assert make_client(folder.parents[2]).post(ADDRESS, data={"do": "fate", "note_id": "n3-1", "fate": "set aside", "job": "job-add-1"})
    send(client, "undo", job="job-und-2")
    assert {"fate", "wording"} <= {what for what, _ in edits(folder)}
    assert "merge sections" not in {what for what, _ in edits(folder)}


def test_a_full_disk_is_no_refusal(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scripts try again what the server could not do; what it refused they do not."""

    def fail(*_: object) -> None:
        raise OutputError("corrections.json", "the disk is full", "Make room.")

    monkeypatch.setattr(session, "save_corrections", fail)
    status, html = send(client, "wording", note_id="n1-3", text="A car")
    assert (status, "disk" in Page(html).all("div")[0]["data-error"]) == (507, True)


def test_edits_to_look_at_again_are_kept_or_given_up(client: TestClient, folder: Path) -> None:
    stale = [WordingEdit(note_id=note, text=f"Mine <{note}>", base="what was read long ago") for note in ("n1-3", "n3-1")]
    save_corrections(folder / "corrections.json", Corrections(edits=tuple(stale)))
    html = get(client)
    assert "2 edits to look at again" in Page(html).text
    check = next(a["value"] for a in Page(html).all("input") if a.get("name") == "check_id")
    assert send(client, "settle", check_id=check)[0] == 200
    html = get(client)
    assert "1 edit to look at again" in Page(html).text
    key = next(a["value"] for a in Page(html).all("input") if a.get("name") == "key")
    assert send(client, "drop", key=key)[0] == 200
    assert len(edits(folder)) == 1
    assert "to look at again" not in get(client)


def test_without_scripts_a_form_leads_back_to_the_page(client: TestClient) -> None:
    answer = client.post(
        ADDRESS, data={"do": "wording", "note_id": "n1-3", "text": "A car", "at_query": "note=n1-3"}, follow_redirects=False
    )
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{ADDRESS}?note=n1-3#note-n1-3"
    assert "A car" in client.get(answer.headers["location"]).text


def test_a_demo_can_only_be_looked_at(folder: Path, tmp_path: Path) -> None:
    html = get(make_client(tmp_path, read_only=True), "?note=n1-1&show=whole")
    assert "data-change" not in html
    assert "<textarea" not in html


def test_before_anything_is_read_the_page_says_so(tmp_path: Path) -> None:
    (tmp_path / "events" / EVENT_ID / "event" / "photos").mkdir(parents=True)
    assert "nothing to check yet" in get(make_client(tmp_path))


@pytest.mark.slow
def test_a_page_of_a_large_event_stays_small(tmp_path: Path) -> None:
    make_event(tmp_path, sheets=[(f"Sheet {k}", [f"Note {k} {i} about {{buss|buses}}" for i in range(20)]) for k in range(20)])
    client = make_client(tmp_path)
    assert len(get(client, **{"X-Part": "review"})) < 60_000
    assert len(get(client, "?show=whole", **{"X-Part": "review"})) < 600_000
