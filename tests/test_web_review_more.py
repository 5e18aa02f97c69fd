"""The review page in Welsh, several notes at once, the list of actions, joined walls, and how little of a large list is sent again."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from review_demo import EVENT_ID, make_event
from starlette.testclient import TestClient
from test_web_review_page import ADDRESS, Page, edits, get, make_client, send

from digitise import web
from digitise.api import VERDICTS
from digitise.corrections import Edit, load_corrections
from digitise.events import KEPT_EVENT, KeptEvent
from digitise.model import Action, Event, Problem, Wall
from digitise.store import STORE_FOLDER
from digitise.web.pages.review import SAID
from digitise.web.review_forms import MOST_TICKED
from digitise.web.wording import load_texts, say

pytestmark = pytest.mark.slow  # together with its like longer than the fast tests may take

WELSH = {"Accept-Language": "cy"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_event(tmp_path)


@pytest.fixture
def client(folder: Path, tmp_path: Path) -> TestClient:
    return make_client(tmp_path)


def change_event(folder: Path, change: Callable[[Event], Event]) -> None:
    """What the program found is otherwise."""
    path = folder / "report" / STORE_FOLDER / KEPT_EVENT
    kept = KeptEvent.model_validate_json(path.read_text(encoding="utf-8"))
    path.write_text(kept.model_copy(update={"event": change(kept.event)}).model_dump_json(), encoding="utf-8")


def change_note(event: Event, note_id: str, **values: object) -> Event:
    return event.model_copy(update={"notes": tuple(n.model_copy(update=values) if n.id == note_id else n for n in event.notes)})


def titles(html: str) -> str:
    """What undo and redo say that they do."""
    return " ".join(a.get("title", "") for a in Page(html).all("button") if a.get("id") in ("undo", "redo"))


EVERY_KIND = (
    ("wording", {"note_id": "n1-3", "text": "A car"}),
    ("wording", {"note_id": "n1-3", "text": "A car for us", "of": "report"}),
    ("word", {"note_id": "n1-1", "base": "sic", "nth": "0", "text": "six"}),
    ("word", {"note_id": "n1-2", "base": "alome", "nth": "0", "text": "alome"}),
    ("facts", {"note_id": "n1-3", "kind": "action", "was_kind": "idea"}),
    ("facts", {"note_id": "n1-3", "owners": "Siân", "was_owners": ""}),
    ("facts", {"note_id": "n1-3", "due": "Mai", "was_due": ""}),
    ("fate", {"note_id": "n2-3", "fate": "set aside"}),
    ("fate", {"note_id": "n2-3", "fate": "reported"}),
    ("move", {"note_id": "n3-3", "section_id": "s1"}),
    ("rename", {"section_id": "s2", "title": "Cymorth"}),
    ("chapter", {"section_id": "s3", "chapter": "said"}),
    ("chapter", {"section_id": "s3", "chapter": ""}),
    ("order", {"section_id": "s3", "step": "up"}),
    ("new section", {"title": "Arian"}),
    ("merge sections", {"section_id": "s2", "into": "s1"}),
    ("split", {"note_id": "n2-2", "text": "Ring the surgary first\nand then the clinic"}),
    ("merge", {"note_id": "n1-1", "others": "n1-2"}),
    ("add", {"text": "Mainc", "photo_id": "", "outline": ""}),
    ("info", {"title": "Teithio", "was_title": "Getting <about>"}),
    ("ticked", {"ticked": "n3-1,n3-2", "what": "aside"}),
)


def test_undo_says_in_welsh_what_it_takes_back(client: TestClient, folder: Path) -> None:
    client.headers["Accept-Language"] = "cy"
    english = {form for name, forms in load_texts("en").items() if name.startswith("review.told_") for form in forms}
    words = {w for form in english for w in re.findall(r"[a-z]{4,}", re.sub(r"\{\w+\}", "", form))}
    told = set()
    for do, fields in EVERY_KIND:
        before = titles(get(client, **WELSH))
        status, html = send(client, do, **fields)
        assert (status, Page(html).all("div")[0]["data-error"]) == (200, ""), (do, fields)
        said = titles(html)
        assert said.startswith("Dadwneud: "), do
        assert said != before, (do, fields)
        # words of people and of the sheets stand in “ ”
        assert not words & set(re.findall(r"[a-z]{4,}", re.sub("“[^”]*”", "", said))), said
        told.add(re.sub("“[^”]*”", "", said))
    assert len(told) > 15
    assert {e.what for e in load_corrections(folder / "corrections.json").edits} >= {"wording", "move", "join", "split", "title", "order"}


def test_every_kind_of_edit_can_be_told(client: TestClient, folder: Path) -> None:
    tested = {"passage", "paragraph"}  # they come from edited documents only
    for do, fields in EVERY_KIND:
        send(client, do, **fields)
        tested |= {what for what, _ in edits(folder)}
    kinds = {member.model_fields["what"].default for member in Edit.__origin__.__args__}
    assert tested == kinds


REFUSED = (
    ("wording", {"note_id": "n9-9", "text": "x"}),
    ("wording", {"note_id": "n1-3", "text": " "}),
    ("word", {"note_id": "n1-1", "base": "nothing", "nth": "0", "text": "x"}),
    ("fate", {"note_id": "n9-9", "fate": "set aside"}),
    ("merge", {"note_id": "n1-1", "others": "n1-1"}),
    ("merge sections", {"section_id": "s1", "into": "s1"}),
    ("info", {"title": "", "was_title": "Getting <about>"}),
    ("chapter", {"section_id": "sec-other", "chapter": "said"}),
    ("add", {"text": "x", "photo_id": "0" * 16, "outline": "[[1, 1], [90, 1], [90, 90]]"}),
    ("ticked", {"what": "join"}),
    ("ticked", {"what": "join", "ticked": "n1-1"}),
    ("ticked", {"what": "eat", "ticked": "n1-1"}),
    ("ticked", {"what": "aside", "ticked": ",".join(f"x{k}" for k in range(MOST_TICKED + 1))}),
    ("undo", {}),
)


@pytest.mark.parametrize(("do", "fields"), REFUSED)
def test_what_is_refused_is_refused_in_welsh(client: TestClient, folder: Path, do: str, fields: dict[str, str]) -> None:
    english = Page(send(client, do, **fields)[1]).all("div")[0]["data-error"]
    client.headers["Accept-Language"] = "cy"
    status, html = send(client, do, **fields)
    welsh = Page(html).all("div")[0]["data-error"]
    assert status == 422
    assert english and welsh
    sentences = {s.strip(" .") for s in re.split(r"(?<=\.) ", english)}
    assert not sentences & {s.strip(" .") for s in re.split(r"(?<=\.) ", welsh)}, (english, welsh)
    assert not (folder / "corrections.json").exists()


def test_both_versions_are_told_in_welsh(client: TestClient, tmp_path: Path, folder: Path) -> None:
    seen = int(next(a for a in Page(get(client)).all("div") if a.get("id") == "review")["data-revision"])
    assert send(make_client(tmp_path), "fate", part=False, note_id="n1-3", fate="set aside")[0] == 200
    client.headers["Accept-Language"] = "cy"
    status, html = send(client, "wording", seen=seen, note_id="n1-3", text="Car")
    assert status in (200, 409)
    send(make_client(tmp_path), "move", part=False, note_id="n2-1", section_id="s1")
    status, html = send(client, "move", seen=seen, note_id="n2-1", section_id="s3")
    assert status == 409
    text = Page(html).text
    assert "symud i “Young people”" in text
    assert "moved" not in text


def test_problems_and_warnings_of_the_program_are_told_in_welsh(client: TestClient, folder: Path) -> None:
    def trouble(event: Event) -> Event:
        first = event.photos[0].model_copy(update={"warnings": tuple(VERDICTS.values())})
        problems = (Problem(file="b.jpg", reason="the file is damaged", remedy="Copy it again from the phone or camera."),)
        return event.model_copy(update={"photos": (first, *event.photos[1:]), "problems": problems})

    change_event(folder, trouble)
    english, welsh = (Page(get(client, **{"Accept-Language": code})).text for code in ("en", "cy"))
    assert "The file is damaged. Copy it again from the phone or camera." in english
    assert "Mae'r ffeil wedi'i difrodi." in welsh
    assert "damaged" not in welsh
    for code, sentence in VERDICTS.items():
        for page, language in ((english, "en"), (welsh, "cy")):
            assert f"{say(language, f'photos.what_{code}')} {say(language, f'photos.how_{code}')}" in page
        assert sentence not in welsh


# several notes at once


def test_ticked_notes_are_joined_moved_and_set_aside_together(client: TestClient, folder: Path) -> None:
    html = get(client, "?show=whole")
    boxes = [a for a in Page(html).all("input") if a.get("name") == "ticked"]
    assert len(boxes) == len({a["id"] for a in boxes}) == 12
    assert {a["form"] for a in boxes} == {"ticked-form"}
    # as a browser without scripts sends them: one field each
    body = {"do": "ticked", "what": "join", "ticked": ["n3-2", "n1-3", "n3-1"]}
    assert client.post(ADDRESS, data=body, headers={"X-Part": "review", "X-Client": "tester"}).status_code == 200
    join = next(e for e in load_corrections(folder / "corrections.json").edits if e.what == "join")
    assert (join.note_id, join.others) == ("n1-3", ("n3-1", "n3-2"))
    _, html = send(client, "ticked", what="move", ticked="n2-1,n1-1", section_id="s3")
    assert "2 notes were moved to Young people." in Page(html).all("div")[0]["data-told"]
    order = re.findall(r'class="row[^"]*" id="note-(n[^"]+)"', get(client, "?show=whole").split('id="section-s3"')[1])
    assert [i for i in order if i in ("n1-1", "n2-1", "n3-3")] == ["n3-3", "n1-1", "n2-1"]
    before = len(edits(folder))
    assert send(client, "ticked", what="aside", ticked="n2-2,n2-3")[0] == 200
    assert len(edits(folder)) == before + 2
    assert send(client, "ticked", what="restore", ticked="n2-2,n2-3")[0] == 200
    for _ in range(4):
        assert send(client, "undo")[0] == 200
    assert edits(folder) == []


def test_among_notes_set_aside_the_ticked_ones_are_brought_back(client: TestClient) -> None:
    send(client, "fate", note_id="n2-3", fate="set aside")
    html = get(client, "?show=whole&only=aside")
    whats = [a["value"] for a in Page(html).all("button") if a.get("name") == "what"]
    assert whats == ["restore"]


# a section's part of the report, other words for the report


def test_a_section_is_put_into_a_part_of_the_report_and_back(client: TestClient, folder: Path) -> None:
    status, html = send(client, "chapter", section_id="s2", chapter="said", at_query="show=whole")
    assert status == 200
    assert edits(folder) == [("chapter", "s2")]
    picked = html.split('id="chapter-s2"')[1].split("</select>")[0]
    assert re.search(r'value="said" selected', picked)
    send(client, "chapter", section_id="s2", chapter="")
    assert edits(folder) == []


def test_words_for_the_report_leave_the_sheet_its_own(client: TestClient, folder: Path) -> None:
    at = "note=n1-3"
    _, html = send(client, "wording", note_id="n1-3", text="A community car would take people to the clinic", of="report", at_query=at)
    assert edits(folder) == [("wording", "report:n1-3")]
    fields = dict(re.findall(r'<textarea id="([\w-]+)"[^>]*>\n([^<]*)</textarea>', html))
    assert fields["text-n1-3"] == "Community car for the clinic"
    assert fields["reword-text-n1-3"] == "A community car would take people to the clinic"
    assert 'id="reword-back"' in html
    send(client, "drop", key="wording:report:n1-3")
    assert edits(folder) == []
    assert 'id="reword-back"' not in get(client, f"?{at}")


# what else is known of a note


def test_votes_to_count_speakers_and_arrows_are_told(client: TestClient, folder: Path) -> None:
    change_event(
        folder,
        lambda event: change_note(
            change_note(event, "n1-1", votes_box=(0.0, 0.0, 9.0, 9.0)), "n1-2", said_by="n1-3", leads_to=("n2-1",), votes=3
        ),
    )
    text = " ".join(Page(get(client)).text.split())
    assert "please count them" in text
    assert "3 votes" in text
    assert "Said by: Community car for the clinic" in text
    assert "Arrow to: Tuesday lunch club" in text


def test_a_joined_wall_is_a_sheet_to_look_at(client: TestClient, folder: Path) -> None:
    def join(event: Event) -> Event:
        first, second = event.photos[:2]
        matrices = ((1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0), (1.0, 0.0, 1200.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0))
        wall = Wall(
            id=f"{first.id}-w",
            photo_ids=(first.id, second.id),
            picture=f"{first.id}-w.jpg",
            size_px=(2400, 900),
            homographies=matrices,
        )
        return event.model_copy(update={"walls": (wall,)})

    change_event(folder, join)
    html = get(client)
    wall = next(a["value"] for a in Page(html).all("option") if a["value"].endswith("-w"))
    html = get(client, f"?sheet={wall}")
    page = Page(html)
    assert f"pictures/{wall}.jpg" in html
    assert len([a for a in page.all("a") if a.get("id", "").startswith("mark-")]) == 8
    assert len([a for a in page.all("li") if a.get("class", "").startswith("row")]) == 8
    assert not [a for a in page.all("button") if a.get("id") == "add-note"]
    # a note that is picked on it stays on it; one that is not there leads to its own sheet
    assert f"pictures/{wall}.jpg" in get(client, f"?sheet={wall}&note=n2-1")
    assert f"pictures/{wall}.jpg" not in get(client, f"?sheet={wall}&note=n3-1")


def test_the_list_beside_a_whole_photo_has_the_notes_drawn_on_it(client: TestClient) -> None:
    whole = next(a["value"] for a in Page(get(client)).all("option") if a["value"].endswith("-all"))
    page = Page(get(client, f"?sheet={whole}"))
    marks = {a["id"].removeprefix("mark-") for a in page.all("a") if a.get("id", "").startswith("mark-")}
    rows = {a["data-note"] for a in page.all("li") if a.get("class", "").startswith("row")}
    assert rows == marks
    assert len(rows) == 4


# actions


def make_actions(event: Event) -> Event:
    notes = {"n1-3": (("Siân",), "end of May"), "n2-1": (("Interlink",), None), "n3-1": ((), None)}
    event = change_note(event, "n1-3", text="Siân to ask about the car by end of May")
    texts = {n.id: n.text for n in event.notes}
    rows = enumerate(notes.items(), 1)
    actions = tuple(Action(number=k, note_id=i, text=texts[i], owners=who, due=when, section_id=f"s{i[1]}") for k, (i, (who, when)) in rows)
    placements = tuple(p.model_copy(update={"kind": "action"}) if p.note_id in notes else p for p in event.arrangement.placements)
    return event.model_copy(update={"arrangement": event.arrangement.model_copy(update={"actions": actions, "placements": placements})})


def test_who_and_when_are_mended_straight_in_the_list_of_actions(client: TestClient, folder: Path) -> None:
    change_event(folder, make_actions)
    assert "See all 3 actions" in Page(get(client, "?show=whole")).text
    html = get(client, "?show=whole&only=actions")
    values = {a["id"]: a["value"] for a in Page(html).all("input") if a.get("id", "").startswith("duty-")}
    assert values == {
        "duty-owners-n1-3": "Siân",
        "duty-due-n1-3": "end of May",
        "duty-owners-n2-1": "Interlink",
        "duty-due-n2-1": "",
        "duty-owners-n3-1": "",
        "duty-due-n3-1": "",
    }
    found = re.findall(r'id="duty-found-(\S+)">([^<]*)<', html)
    assert found == [
        ("n1-3", "The program found in these words: Siân · end of May"),
        ("n2-1", "The program found beside it on the sheet: Interlink"),
        ("n3-1", "The program found nobody and no date on the sheet."),
    ]
    fields = {"note_id": "n3-1", "owners": "Rhys", "was_owners": "", "due": "June", "was_due": ""}
    _, html = send(client, "facts", at_query="show=whole&only=actions", **fields)
    assert sorted(what for what, _ in edits(folder)) == ["due", "owners"]
    assert 'name="owners" value="Rhys"' in html
    # what the program found stays told
    assert "The program found nobody" in html


# little is sent again


def groups(html: str) -> dict[str, str]:
    """Id of each group of notes -> its HTML."""
    inside = html.split('<div id="groups"', 1)[1]
    parts = re.split(r'(?=<section class="group"|<details class="group |<(?:section|details) id="[^"]+" data-digest)', inside)[1:]
    return {re.search(r'id="([^"]+)"', p).group(1): p.split("</div>\n{%")[0] for p in parts}


def test_only_what_has_changed_is_sent_again(client: TestClient) -> None:
    full = get(client, "?show=whole", **{"X-Part": "review"})
    have = " ".join(re.findall(r'data-digest="([^"]+)"', full))
    again = groups(get(client, "?show=whole", **{"X-Part": "review", "X-Have": have}))
    assert all("data-same" in html for html in again.values())
    assert set(again) == set(groups(full))
    # a change in one section, by somebody else
    send(client, "wording", note_id="n2-1", text="Wednesday lunch club")
    again = groups(get(client, "?show=whole", **{"X-Part": "review", "X-Have": have}))
    assert [i for i, html in again.items() if "data-same" not in html] == ["section-s2"]
    assert "Wednesday lunch club" in again["section-s2"]
    # the open note is always sent; nothing is left out of a whole page, nor of another language's
    again = groups(get(client, "?show=whole&note=n3-1", **{"X-Part": "review", "X-Have": have}))
    assert [i for i, html in again.items() if "data-same" not in html] == ["section-s2", "section-s3"]
    assert "data-same" not in get(client, "?show=whole", **{"X-Have": have})
    assert "data-same" not in get(client, "?show=whole", **{"X-Part": "review", "X-Have": have} | WELSH)


def test_what_is_left_out_is_what_would_be_the_same(client: TestClient, folder: Path) -> None:
    """After every kind of edit: a group that the server leaves out is, word by word, the one that it would send."""
    change_event(folder, make_actions)
    left_out = 0
    for query in ("?show=whole", "?show=whole&only=check", "?show=whole&only=actions", "?"):
        for do, fields in EVERY_KIND:
            before = get(client, query, **{"X-Part": "review"})
            have = " ".join(re.findall(r'data-digest="([^"]+)"', before))
            assert send(client, do, **fields)[0] in (200, 422)
            known, now = groups(before), groups(get(client, query, **{"X-Part": "review"}))
            for i, html in groups(get(client, query, **{"X-Part": "review", "X-Have": have})).items():
                if "data-same" in html:
                    left_out += 1
                    assert rows_of(known[i]) == rows_of(now[i]), (do, i)
        while send(client, "undo")[0] == 200:
            pass
    assert left_out > 50


def rows_of(html: str) -> str:
    """A group without what scripts say for themselves when they send a form."""
    return re.sub(r'<input type="hidden" name="(seen|at_query)"[^>]*>', "", html.rpartition("</ul>")[0])


def test_the_head_has_a_title_before_anything_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "events" / EVENT_ID / "event"
    (folder / "photos").mkdir(parents=True)
    (folder / "event.toml").write_text('title = "Gwent table talk"\n', encoding="utf-8")
    html = get(make_client(tmp_path))
    assert "nothing to check yet" in html
    assert "Gwent table talk" in Page(html.split("<body")[1]).text


def test_a_screen_reader_hears_of_every_form_that_changes_something() -> None:
    """Or its own words are said of it, or the person types and goes on."""
    forms = {
        do
        for path in (Path(web.__file__).parent / "templates").glob("review*.html")
        for do in re.findall(r'change\("([^"]+)"', path.read_text(encoding="utf-8"))
    }
    own_words = {"move", "ticked", "order", "word", "add", "undo"}
    typed = {"wording", "facts", "info"}
    assert forms == set(SAID) | own_words | typed
