"""The report page: files to take away, written anew where they are old, house templates, edited reports that come back."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import docx
import openpyxl
import pytest
from conftest import Finished
from desk_events import EVENT_ID, make_place
from report_demo import draw_pictures
from starlette.testclient import TestClient
from takeaway_desk import (
    DOCX,
    EVENT,
    HERE,
    TITLE,
    copy_written,
    correct,
    edited,
    make_written,
    mode_of,
    open_desk,
    packed,
    see,
    send,
    text_of,
    wait_ready,
    words_of,
)

from digitise.config import Config
from digitise.corrections import corrections_path, load_corrections
from digitise.events import PICTURES, Plan, write_outputs
from digitise.web.shelf import EventPlace
from digitise.web.takeaway_documents import KEPT_MOST
from digitise.web.takeaway_files import download_name, list_offers, say_attachment
from digitise.web.wording import say


@pytest.fixture(scope="module")
def made(finished: Finished, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_written(finished, tmp_path_factory.mktemp("taken"))


@pytest.fixture
def place(made: Path, tmp_path: Path) -> EventPlace:
    return copy_written(made, tmp_path)


@pytest.fixture
def client(place: EventPlace) -> Iterator[TestClient]:
    with open_desk(place) as client:
        yield client


def test_the_page_says_what_is_in_the_report_and_what_each_file_is_for(client: TestClient) -> None:
    page = client.get(HERE)
    text = words_of(page.text)
    assert mode_of(client) == "ready"
    assert "The report is ready" in text and "In it: 3 sections, 6 notes, 2 actions." in text
    assert "Notes seen on the photos 6 in the report 6 the same as another 0" in text
    assert "Event report The report to read, send and edit in Word." in text and re.search(r"Word · \d+ kB", text)
    assert page.text.count("/report/files/") == 9
    assert "<style" not in page.text and "onclick" not in page.text
    welsh = client.get(HERE, headers={"Accept-Language": "cy"}).text
    assert "Mae&#39;r adroddiad yn barod" in welsh and "The report is ready" not in welsh


def test_files_are_handed_out_to_be_saved_under_names_that_say_what_they_are(client: TestClient) -> None:
    report = client.get(f"{HERE}/files/report")
    assert report.headers["content-type"] == DOCX
    assert report.headers["x-content-type-options"] == "nosniff"
    assert "no-store" in report.headers["cache-control"]
    disposition = report.headers["content-disposition"]
    assert disposition.startswith('attachment; filename="Iechyd a lles_ T_')
    assert "filename*=UTF-8''Iechyd%20a%20lles_%20T%C5%B7%27r%20Dderwen%20-%20report.docx" in disposition
    assert TITLE in text_of(report.content) and "No bus after six" in text_of(report.content)
    types = {"page": "text/html", "workbook": "spreadsheetml", "actions": "text/csv", "notes": "text/csv", "text": "text/markdown"}
    for kind, media in types.items():
        answer = client.get(f"{HERE}/files/{kind}")
        assert answer.status_code == 200 and media in answer.headers["content-type"], kind
        assert answer.headers["content-disposition"].startswith("attachment; ")
    assert openpyxl.load_workbook(io.BytesIO(client.get(f"{HERE}/files/workbook").content)).sheetnames
    for kind in ("nothing", "..%2fevent.toml", "notes.json"):
        assert client.get(f"{HERE}/files/{kind}").status_code == 404


def test_zips_hold_what_the_program_made_and_nothing_that_was_sent(client: TestClient, place: EventPlace) -> None:
    (place.report / "stranger.docx").write_bytes(b"not written by the program")
    pictures = zipfile.ZipFile(io.BytesIO(client.get(f"{HERE}/files/pictures").content))
    assert pictures.testzip() is None
    names = [name.partition("/")[2] for name in pictures.namelist()]
    assert names == ["01-a.jpg", "02-b.jpg"]
    answer = client.get(f"{HERE}/files/all")
    assert answer.headers["content-type"] == "application/zip" and "content-length" not in answer.headers
    everything = zipfile.ZipFile(io.BytesIO(answer.content))
    assert everything.testzip() is None
    files = {name.partition("/")[2]: everything.read(name) for name in everything.namelist()}
    assert {"report.docx", "report.html", "actions.xlsx", "notes.json"} <= files.keys() and "stranger.docx" not in files
    assert files["report.docx"] == (place.report / "report.docx").read_bytes()
    uploads = {path.read_bytes() for path in place.photos.iterdir()}
    assert not uploads & set(files.values())


def test_nothing_older_than_the_corrections_is_handed_out_unasked(client: TestClient) -> None:
    correct(client, "No bus", "No bus after seven")
    assert mode_of(client) == "stale"
    assert "There is something newer than these files" in words_of(client.get(HERE).text)
    sent = client.get(f"{HERE}/files/report")
    assert sent.status_code == 303 and sent.headers["location"] == f"{HERE}?want=report"
    assert "No bus after six" in text_of(client.get(f"{HERE}/files/report?as_it_is=true").content)


@pytest.mark.slow  # a worker is started; test_web_journey.py takes a corrected report away among the fast tests
def test_a_report_that_is_asked_for_is_written_with_the_corrections(client: TestClient) -> None:
    correct(client, "No bus", "No bus after seven")
    asked = client.post(f"{HERE}/write", data={"want": "report"})
    assert asked.status_code == 303 and asked.headers["location"] == f"{HERE}?want=report"
    wait_ready(client)
    page = client.get(f"{HERE}?want=report").text
    assert f'data-fetch="{HERE}/files/report"' in page and "Download now: Event report" in page
    assert "No bus after seven" in text_of(client.get(f"{HERE}/files/report").content)


def test_where_nothing_can_be_written_the_page_says_so(tmp_path: Path) -> None:
    empty = make_place(tmp_path / "data")
    with open_desk(empty) as client:
        assert mode_of(client) == "nothing"
        text = words_of(client.get(HERE).text)
        assert "Nothing to take away yet" in text and "Bring edits back" not in text and "Look of the Word files" in text
        assert client.get(f"{HERE}/files/report").status_code == 404
        (empty.folder / "event.toml").write_text("title = [", encoding="utf-8")
        assert "settings cannot be read" in words_of(client.get(HERE).text)


def test_a_demonstration_shows_and_hands_out_but_takes_nothing(place: EventPlace) -> None:
    with corrections_path(place.folder).open("w") as f:
        f.write("{}")  # newer than the report
    with open_desk(place, read_only=True) as client:
        page = client.get(HERE).text
        assert mode_of(client) == "ready" and '<input type="file"' not in page and "/report/write" not in page
        assert client.get(f"{HERE}/files/report").status_code == 200
        for to in ("write", "template", "template/check", "edits"):
            assert client.post(f"{HERE}/{to}", data={"choice": "warm"}).status_code == 403


@pytest.mark.slow  # a worker is started
def test_a_house_template_is_checked_used_and_left_again(client: TestClient, place: EventPlace, tmp_path: Path) -> None:
    text = place.settings_file.read_text(encoding="utf-8")
    place.settings_file.write_text(f"# the day in May\n{text}", encoding="utf-8")
    start = client.get(f"{HERE}/template/new?look=warm")
    assert start.status_code == 200 and 'filename="template.docx"' in start.headers["content-disposition"]
    house = docx.Document(io.BytesIO(start.content))
    house.sections[0].header.paragraphs[0].text = "Cyngor Cwm Derwen"
    path = tmp_path / "house.docx"
    house.save(str(path))
    found = send(client, "template/check", path.read_bytes(), "Our <house> style.dotx")
    assert "Reports can be made on this template." in see(client, found)
    assert "Our &lt;house&gt; style.dotx" in client.get(found).text
    assert "house" not in place.settings_file.read_text(encoding="utf-8"), "nothing is used before somebody says so"
    assert client.post(found).headers["location"] == f"{HERE}?said=template"
    assert client.get(found).status_code == 404
    changed = place.settings_file.read_text(encoding="utf-8")
    assert "# the day in May" in changed and 'template = "house-template.docx"' in changed
    wait_ready(client)
    report = docx.Document(io.BytesIO(client.get(f"{HERE}/files/report").content))
    assert any("Cyngor Cwm Derwen" in p.text for s in report.sections for p in s.header.paragraphs)
    assert "Your own: Our &lt;house&gt; style.dotx" in client.get(HERE).text
    client.post(f"{HERE}/template", data={"choice": "usual"})
    assert "template" not in place.settings_file.read_text(encoding="utf-8")
    client.post(f"{HERE}/template", data={"choice": "own"})
    assert 'template = "house-template.docx"' in place.settings_file.read_text(encoding="utf-8")
    assert client.post(f"{HERE}/template", data={"choice": "../../x"}).status_code == 422


BOMB = b"<w:document>" + b"a" * 130_000_000
MACROS = {"word/document.xml": b"<a/>", "word/vbaProject.bin": b"x", "[Content_Types].xml": b"<a/>"}


@pytest.mark.slow  # a worker is started
def test_documents_that_are_none_or_mean_harm_get_a_clear_sentence(client: TestClient, place: EventPlace) -> None:
    bomb = packed({"[Content_Types].xml": b"<a/>", "word/document.xml": BOMB})
    entities = b'<!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>'
    plain = io.BytesIO()
    docx.Document().save(plain)
    for to, data, said in (
        ("template/check", bomb, "bomb"),
        ("template/check", packed(MACROS), "macros"),
        ("template/check", packed({"a.txt": b"a"}), "not_word"),
        ("edits", bomb, "bomb"),
        ("edits", packed(MACROS), "macros"),
        ("edits", packed({"../../../evil.txt": b"a"}), "not_word"),
        ("edits", packed({"word/document.xml": entities}), "damaged"),
        ("edits", plain.getvalue(), "not_ours"),
        ("edits", (place.report / "report.docx").read_bytes()[:20_000], "not_word"),
    ):
        page = see(client, send(client, to, data, "../../evil\x00<i>.docx"))
        assert say("en", f"takeaway.document_{said}") in page, (to, said, page)
        assert "Take the changes over" not in page and "Use this template" not in page and str(place.root) not in page
    for data, said in ((b"", "empty"), (b"%PDF-1.7 no", "not_word"), (b"PK\x03\x04" + b"0" * (21 << 20), "large")):
        answer = client.post(f"{HERE}/template/check", files={"document": ("a.docx", data, DOCX)})
        assert answer.status_code == 422
        assert say("en", f"takeaway.document_{said}", n=None, mib="20") in words_of(answer.text)
    assert client.post(f"{HERE}/edits", data={"document": "no file"}).status_code == 422
    assert not list(place.root.parents[1].rglob("evil.txt"))
    assert len(list((place.root / "documents").iterdir())) <= KEPT_MOST
    assert load_corrections(corrections_path(place.folder)).edits == ()
    assert client.get(f"{HERE}/edits/{'0' * 24}").status_code == client.get(f"{HERE}/edits/..%2f..").status_code == 404


@pytest.mark.slow  # a worker is started
def test_edits_of_a_report_are_shown_first_then_taken_over_then_taken_back(place: EventPlace) -> None:
    data = (place.report / "report.docx").read_bytes()
    with open_desk(place) as client:
        found = send(client, "edits", edited(data, "bus", "train"))
        text = see(client, found)
        assert "1 change would be taken over" in text and "No train after six" in text
        assert load_corrections(corrections_path(place.folder)).edits == (), "nothing is done before a yes"
    # the server was ended meanwhile
    with open_desk(place) as client:
        assert "No train after six" in see(client, found)
        open_page = client.get(f"/api/events/{EVENT_ID}/review").json()["revision"]
        heard: list[str] = []
        client.app.state.site.reviews.listen(place, lambda: heard.append("news"))  # as an open review page does
        assert client.post(found).headers["location"] == found
        text = see(client, found)  # a slow machine takes longer than the request waits for
        assert "The changes are taken over" in text and "Take these changes back" in text
        assert heard == ["news"]
        review = client.get(f"/api/events/{EVENT_ID}/review").json()
        assert review["revision"] > open_page and any("No train after six" in n["text"] for n in review["notes"])
        client.post(found)  # a second press of the button
        assert len(load_corrections(corrections_path(place.folder)).edits) == 1
        wait_ready(client)
        assert "No train after six" in text_of(client.get(f"{HERE}/files/report").content)
        # a page that was opened before may not write over it
        stale = next(n["id"] for n in review["notes"] if "No train" in n["text"])
        edit = {"do": "wording", "note_id": stale, "text": "Mine"}
        refused = client.post(f"/api/events/{EVENT_ID}/edits", json={"seen": open_page, "client": "ben", "edits": [edit]})
        assert refused.status_code == 409
        assert client.post(f"{found}/undo").headers["location"] == f"{found}?said=undone"
        assert load_corrections(corrections_path(place.folder)).edits == ()
        text = see(client, found)
        assert "The changes are taken back." in text and "Take these changes back" not in text


@pytest.mark.slow  # a worker is started
def test_two_people_s_copies_of_one_report_are_both_kept(client: TestClient, place: EventPlace) -> None:
    data = (place.report / "report.docx").read_bytes()
    first = send(client, "edits", edited(data, "bus", "train"))
    see(client, first)
    client.post(first, data={"earlier": "replace"})  # as the form does where there was no other copy
    see(client, first)
    second = send(client, "edits", edited(data, "alone", "lonely"))
    text = see(client, second)
    assert "Take the changes over" in text
    assert "A document of this name was brought back before" in text and "keep these changes, too" in text
    client.post(second, data={"earlier": "keep"})
    assert "The changes are taken over" in see(client, second)
    kept = {getattr(e, "text", "") for e in load_corrections(corrections_path(place.folder)).edits}
    assert any("No train after six" in text for text in kept) and any("lonely" in text for text in kept), kept


@pytest.mark.slow  # a worker is started
def test_the_report_of_another_event_is_refused(client: TestClient, tmp_path: Path) -> None:
    other, config = tmp_path / "other", Config()
    draw_pictures(EVENT, other / "report" / PICTURES)
    plan = Plan(folder=other, output=other / "report", config=config, template=None, sources=(), problems=())
    write_outputs(EVENT, plan)
    page = see(client, send(client, "edits", (other / "report" / "report.docx").read_bytes()))
    assert "This is the report of another event." in page


def test_word_files_that_the_settings_leave_out_are_not_offered(place: EventPlace) -> None:
    with place.settings_file.open("a", encoding="utf-8") as f:
        f.write('[report]\noutputs = ["report"]\n')
    kinds = {offer.kind.kind: offer for offer in list_offers(place, None)}
    assert "report" in kinds and "photos" not in kinds and "photo-report.docx" not in kinds["all"].files


def test_names_of_downloads_are_harmless_and_whole() -> None:
    assert download_name('a/b\\c:"d"\n', "report", ".docx") == "a_b_c__d - report.docx"
    assert download_name("", "report", ".docx") == "report.docx"
    assert download_name("x" * 500, "report", ".docx").startswith("x" * 80 + " - ")
    assert say_attachment("plain name.zip") == 'attachment; filename="plain name.zip"'
    assert say_attachment('tŷ"\r\n.zip') == "attachment; filename=\"t____.zip\"; filename*=UTF-8''t%C5%B7%22%0D%0A.zip"


@pytest.mark.slow
def test_libreoffice_opens_the_report_that_was_downloaded(client: TestClient, tmp_path: Path) -> None:
    path = tmp_path / "report.docx"
    path.write_bytes(client.get(f"{HERE}/files/report").content)
    profile = (tmp_path / "profile").as_uri()
    office = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", "txt:Text (encoded):UTF8", "--outdir"]
    subprocess.run([*office, str(tmp_path), str(path)], check=True, capture_output=True, timeout=120)
    assert "No bus after six" in (tmp_path / "report.txt").read_text(encoding="utf-8")
