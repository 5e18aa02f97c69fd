"""Names, numbers and addresses: what is taken for one, and that nothing of what is to be replaced is in any output."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import zipfile
from pathlib import Path

import cv2
import docx
import numpy as np
import pytest
from conftest import Run, draw_photo
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from report_demo import BOX, demo_event, make_note

from digitise import api
from digitise.arranging import find_duties, read_due
from digitise.config import Config, Privacy, parse_config
from digitise.corrections import Corrections, Duties, apply_corrections
from digitise.crops import crop_matrix, cut_note
from digitise.edits_model import OwnParagraph, OwnRun
from digitise.errors import ConfigError
from digitise.geometry import map_points
from digitise.model import Accounting, Action, Arrangement, Event, Line, Note, Photo, PhotoResult, Placement, Section, Word
from digitise.privacy import cover_words, hide_event, hide_texts, list_personal
from digitise.privacy.mentions import find_mentions, know_people
from digitise.privacy.name_words import COMMON_SURNAMES, DOUBLE_NAMES, GIVEN_NAMES, NO_SURNAMES, SURNAMES
from digitise.privacy.replacing import hide_text, make_initials, make_rules

NOBODY = know_people(())
EVERYTHING = Privacy(names="initials", phones="remove", emails="remove", postcodes="remove")


def found(text: str, *, sure: bool = True, owners: tuple[str, ...] = ()) -> list[str]:
    return [m.text for m in find_mentions(text, NOBODY, owners=owners) if m.sure == sure]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Cllr Price to ring Siân Rees", ["Price", "Siân Rees"]),
        ("JANE TO RING THE COUNCIL", ["JANE"]),
        ("Jane's mother cannot park", ["Jane"]),
        ("Dafydd ap Gwilym", ["Dafydd ap Gwilym"]),
        ("Sara Wyn Jones and Mark Lewis", ["Sara Wyn Jones", "Mark Lewis"]),
        ("Siân\nRees to book the hall", ["Siân\nRees"]),
        ("Gareth Bring Cakes", ["Gareth"]),
        ("Ask Gareth Monday", ["Gareth"]),
        ("Mary-Ann O'Neill", ["Mary-Ann O'Neill"]),
        ("Dr. Khan", ["Khan"]),
        ("School council to choose comics (Mr Rees)", ["Rees"]),
    ],
)
def test_names_are_found(text: str, names: list[str]) -> None:
    assert found(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "Price of buses too high in George Street",
        "St David's Hall and Prince Charles Hospital",
        "Rose gardens in May",
        "Mark deadlines in the diary",
        "GREEN SPACES",
        "DR APPOINTMENTS HARD TO GET",
        "Interlink and RCT CBC to meet",
        "Martin Lewis Trust",
        "Bydd y Cyngor yn agor y neuadd",
        "Beth sy'n gweithio'n dda?",
    ],
)
def test_places_words_and_bodies_are_no_names(text: str) -> None:
    assert found(text) == []


def test_what_may_be_a_name_is_listed_only() -> None:
    assert found("Interlink to ring", sure=False, owners=("Interlink",)) == ["Interlink"]
    assert found("Contact: Idriswyn", sure=False) == ["Idriswyn"]
    assert found("ask Sue about it", sure=False) == ["Sue"]
    assert found("Will to book the hall", owners=("Will",)) == ["Will"]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Ring 01443 482910 or 07700 900123", ["01443 482910", "07700 900123"]),
        ("+44 (0)7700 900 123", ["+44 (0)7700 900 123"]),
        ("029 2034 5678 / (01685) 123456", ["029 2034 5678", "(01685) 123456"]),
        ("O1443 48291O", ["O1443 48291O"]),
        ("ffôn 482910", ["482910"]),
        ("12.03.2026 10:30 - 12:00, 2026-27, £1,000,000, IMG 20260314", []),
    ],
)
def test_british_telephone_numbers_are_found(text: str, numbers: list[str]) -> None:
    assert [m.text for m in find_mentions(text, NOBODY) if m.kind == "phone"] == numbers


def test_addresses_and_postcodes_are_found() -> None:
    text = "sian.rees@rct-cbc.gov.uk, jo @ mail. com, CF37 2DL, SA1 1AA and ring @sue"
    assert [(m.kind, m.text) for m in find_mentions(text, NOBODY) if m.kind != "name"] == [
        ("email", "sian.rees@rct-cbc.gov.uk"),
        ("email", "jo @ mail. com"),
        ("postcode", "CF37 2DL"),
        ("postcode", "SA1 1AA"),
    ]


def test_initials() -> None:
    assert [make_initials(n) for n in ("Siân Rees", "Dafydd ap Gwilym", "Mary-Ann O'Neill")] == ["S.R.", "D.G.", "M.A.O."]


def test_listed_people_without_a_choice_are_refused() -> None:
    with pytest.raises(ConfigError, match="initials"):
        parse_config({"privacy": {"people": ["Siân Rees"]}}, subject="event.toml")
    with pytest.raises(ConfigError):
        parse_config({"privacy": {"people": [" "], "names": "remove"}}, subject="event.toml")


def with_notes(*texts: str, owners: tuple[str, ...] = ()) -> Event:
    """An event of two photos and these notes; the last one is an action of these owners."""
    event = demo_event()
    photos = event.photos[:2]
    notes = tuple(make_note(photos[n % 2].id, n, text) for n, text in enumerate(texts))
    who = {notes[-1].id: owners}
    placements = tuple(Placement(note_id=n.id, kind="action", section_id="sec1", owners=who.get(n.id, ())) for n in notes)
    action = Action(number=1, note_id=notes[-1].id, text=" ".join(notes[-1].text.split()), owners=owners)
    section = Section(id="sec1", title=notes[0].text, note_ids=tuple(n.id for n in notes))
    return event.model_copy(
        update={
            "photos": photos,
            "surfaces": event.surfaces[:2],
            "notes": notes,
            "arrangement": Arrangement(placements=placements, sections=(section,), actions=(action,)),
            "accounting": Accounting(seen=len(notes), reported=len(notes), duplicates=0, unreadable=0, set_aside=0),
        }
    )


SURE_GIVEN = sorted(GIVEN_NAMES - NO_SURNAMES - SURNAMES)
SURE_SURNAMES = sorted(SURNAMES - COMMON_SURNAMES - GIVEN_NAMES - DOUBLE_NAMES - NO_SURNAMES)
NOTES = ("{name} to ring the surgery", "Ask {name}", "Thanks ({name})", "Buses: {name} said so", "{name}'s idea\nfor Sundays", "- {name}")


@settings(max_examples=60, deadline=None)
@given(
    who=st.tuples(st.sampled_from(SURE_GIVEN), st.sampled_from(SURE_SURNAMES)),
    notes=st.lists(st.sampled_from(NOTES), min_size=1, max_size=3),
    choice=st.sampled_from(["initials", "remove"]),
    written=st.sampled_from(["{} {}", "{}\n{}", "CAPITALS"]),
)
def test_a_replaced_name_is_in_no_text_of_the_event(who: tuple[str, str], notes: list[str], choice: str, written: str) -> None:
    given, name = who[0], " ".join(who).title()
    shown = name.upper() if written == "CAPITALS" else written.format(*name.split())
    event = with_notes(*(n.format(name=shown) for n in notes), f"{shown} to open the hall", owners=(" ".join(shown.split()),))
    title = f"Notes of {name}"
    event = event.model_copy(
        update={
            "info": event.info.model_copy(update={"title": title}),
            "photos": tuple(p.model_copy(update={"file": f"{name.replace(' ', '_')}-{p.file}"}) for p in event.photos),
        }
    )
    hidden = hide_event(event, Privacy(names=choice)).event
    text = " ".join(hidden.model_dump_json().replace("\\n", " ").replace("_", " ").split()).casefold()
    assert not re.search(rf"(?<!\w){re.escape(name.casefold())}(?!\w)", text)
    assert not re.search(rf"(?<!\w){re.escape(given.casefold())}(?!\w)", text)
    assert [n.id for n in hidden.notes] == [n.id for n in event.notes] and hidden.accounting == event.accounting
    assert [p.note_id for p in hidden.arrangement.placements] == [p.note_id for p in event.arrangement.placements]
    for before, after in zip(event.notes, hidden.notes, strict=True):
        assert after.outline == before.outline
        joined = " ".join(line.text for line in after.lines)
        assert joined.split() == after.text.split(), "words and text still say the same"
    again = hide_event(hidden, Privacy(names=choice)).event
    assert again == hidden, "what is replaced stays so"


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ABCdefghiáŵ 0123456789@.\n-'", max_size=60), st.sampled_from(["Abc Def", "Hi", "Bach Ŵyn"]))
def test_listed_people_leave_every_text(text: str, name: str) -> None:
    rules = make_rules(demo_event(), Privacy(names="remove", people=(name,)))
    shown = hide_text(f"{text} {name} {text}", rules)
    spelled = r"\s+".join(name.split())
    assert not re.search(rf"(?<!\w){spelled}(?!\w)", shown, re.I)


def test_nothing_of_the_readings_of_a_replaced_word_is_left() -> None:
    words = (
        Word(text="Siân", raw="Sian", confidence=0.6, quad=BOX, doubtful=True, alternatives=("Stan", "Sion"), second_reading="Sean"),
        Word(text="Featherstone", raw="Fetherstone", confidence=0.5, quad=BOX, doubtful=True, alternatives=("Feathers",)),
        Word(text="rings", confidence=0.9, quad=BOX, alternatives=("Siân", "ring"), second_reading="Siân"),
    )
    struck = (Word(text="Siân", confidence=0.5, quad=BOX), Word(text="ask", confidence=0.5, quad=BOX))
    line = Line(words=words, raw="Sian Fetherstone rings", confidence=0.6, quad=BOX, struck_out=struck)
    note = make_note("x", 1, "a").model_copy(
        update={"lines": (line,), "text": "Siân Featherstone rings", "photo_id": demo_event().photos[0].id}
    )
    event = demo_event()
    event = event.model_copy(update={"notes": (*event.notes, note)})
    hidden = hide_event(event, Privacy(names="initials"))
    (shown,) = hidden.event.notes[-1].lines
    assert shown.text == "S.F. rings" == shown.raw == hidden.event.notes[-1].text
    first, second = shown.words
    assert (first.raw, first.alternatives, first.second_reading, first.doubtful) == ("", (), "", False)
    assert (second.alternatives, second.second_reading) == (("ring",), "")
    assert shown.struck_out == ()
    assert len(hidden.covered[note.photo_id]) == 4, "two words of the name, two crossed out"


def test_organisers_and_what_is_allowed_stay_but_listed_people_do_not() -> None:
    event = with_notes("Siân Rees to ring", "Tegwen Jones to ring", "Cllr Green to ring the Green Flag people", owners=("Cllr Green",))
    event = event.model_copy(update={"info": event.info.model_copy(update={"organisers": ("Siân Rees", "Interlink")})})
    kept = hide_event(event, Privacy(names="initials", allow=("Tegwen Jones",))).event
    texts = [n.text for n in kept.notes[-3:]]
    assert texts == ["Siân Rees to ring", "Tegwen Jones to ring", "Cllr G. to ring the Green Flag people"]
    assert kept.arrangement.actions[-1].owners == ("Cllr G.",)
    listed = hide_event(event, Privacy(names="remove", allow=("Siân Rees",), people=("Siân Rees",))).event
    assert listed.notes[-3].text == "[name] to ring" and listed.info.organisers[0] == "[name]"


def test_keeping_everything_changes_nothing() -> None:
    event = with_notes("Siân Rees to ring 01443 482910", owners=("Siân Rees",))
    assert hide_event(event, Privacy()).event == event and hide_event(event, Privacy()).covered == {}
    welsh = event.model_copy(update={"info": event.info.model_copy(update={"languages": ("cy", "en")})})
    assert hide_event(welsh, Privacy(names="remove", phones="remove")).event.notes[-1].text == "[enw] to ring [ffôn]"


@pytest.mark.parametrize("made_when", ["before", "after"])
def test_edits_still_fit_whether_made_before_or_after_names_were_replaced(made_when: str) -> None:
    event = with_notes("Siân Rees to ring the council", owners=("Siân Rees",))
    note_id = event.notes[-1].id
    who = "Siân Rees" if made_when == "before" else "S.R."
    edit = {"what": "wording", "note_id": note_id, "text": f"{who} to phone the council", "base": f"{who} to ring the council"}
    corrections = Corrections.model_validate({"edits": [edit]})
    hidden = hide_event(event, Privacy(names="initials"))
    duties = Duties(find=lambda text: find_duties(text, Config()), read_due=lambda wording: read_due(wording, event.photos, Config()))
    corrected = apply_corrections(hidden.event, hide_texts(corrections, hidden.rules), duties)
    assert corrected.note(note_id).text == "S.R. to phone the council"
    assert corrected.edits_to_check == (), "it is no stale edit"
    own = OwnParagraph(id="p1", runs=(OwnRun(text="Written by Siân Rees"),), after=("text:Siân Rees",))
    assert hide_texts(own, hidden.rules).runs[0].text == "Written by S.R."


def test_the_list_says_where_why_and_what_becomes_of_it() -> None:
    event = with_notes("Siân Rees to ring 01443 482910", owners=("Siân Rees",))
    name, phone = list_personal(event, Privacy(names="initials"))[-2:]
    assert (name.text, name.instead, name.sure, name.photo) == ("Siân Rees", "S.R.", True, event.photos[0].file)
    assert "given name" in name.reason and name.note_id == event.notes[-1].id and name.box is not None
    assert (phone.kind, phone.instead) == ("phone", "")


@pytest.mark.parametrize(("quarters", "side"), list(itertools.product(range(4), (300, 2000))))
def test_a_place_of_the_photo_is_found_in_the_crop(quarters: int, side: int) -> None:
    photo = np.full((3000, 4000, 3), 255, np.uint8)
    cv2.circle(photo, (1100, 700), 12, (255, 0, 0), -1)
    x0, y0, x1, y1 = 1000, 600, 1000 + side, 600 + side // 2
    corners = ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
    turned = corners[quarters:] + corners[:quarters]
    line = Line(words=(), raw="", confidence=1, quad=turned)
    note = Note(id="n", photo_id="p", outline=corners, lines=(line,), text="")
    crop = cut_note(photo, note)
    ((x, y),) = map_points(crop_matrix((4000, 3000), note), [(1100, 700)])
    red = np.argwhere((crop[..., 0] > 200) & (crop[..., 1] < 120))
    assert np.abs(red.mean(axis=0) - (y, x)).max() < 1.5


def test_a_covered_word_is_gone_and_its_neighbour_is_not() -> None:
    picture = np.full((200, 600, 3), 240, np.uint8)
    for x, text in ((40, "Rees"), (330, "rings")):
        cv2.putText(picture, text, (x, 120), cv2.FONT_HERSHEY_SIMPLEX, 2.5, (10, 10, 60), 6)
    quad = ((40.0, 60.0), (230.0, 60.0), (230.0, 122.0), (40.0, 122.0))
    covered = cover_words(picture, [quad], np.eye(3))
    assert len(np.unique(covered[60:122, 40:230].reshape(-1, 3), axis=0)) == 1
    assert np.array_equal(covered[:, 320:], picture[:, 320:])


@pytest.fixture(scope="module")
def private(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An event with people's names on its notes, in its folder's and its files' names, reported with everything replaced."""
    folder = tmp_path_factory.mktemp("private") / "Evening with Gareth Bowen"
    draw_photo(folder / "Gareth_Bowen_1.jpg", ("Problems", "No bus after six o'clock", "Ring 01443 482910"))
    draw_photo(folder / "b.jpg", ("Actions", "Gareth Bowen to ring the council", "Open the hall on Sundays"))
    toml = '[privacy]\nnames = "initials"\nphones = "remove"\nemails = "remove"\n'
    (folder / "event.toml").write_text(toml, "utf-8")
    api.report_events([folder], jobs=0)
    return folder


def all_texts(folder: Path) -> dict[str, str]:
    """Every byte of every output, unpacked, as text; the store is not an output."""
    texts = {}
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or ".digitise" in path.relative_to(folder).parts:
            continue
        name = path.relative_to(folder).as_posix()
        texts[name] = path.read_bytes().decode("utf-8", "replace") + " " + name
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                texts |= {f"{name}!{n}": re.sub(r"<[^>]*>", "", archive.read(n).decode("utf-8", "replace")) for n in archive.namelist()}
    return texts


def test_what_is_replaced_is_in_no_file_of_the_report(private: Path) -> None:
    texts = all_texts(private / "report")
    assert any(name.startswith("report.docx!") for name in texts) and any(name.startswith("pictures/") for name in texts)
    for name, text in texts.items():
        assert not re.search("bowen|gareth|482910", text, re.I), name
    notes = json.loads(texts["notes.json"].rsplit(" ", 1)[0])
    assert notes["info"]["title"] == "Evening with G.B." and "G.B." in {p["file"].rsplit("_", 1)[0] for p in notes["photos"]}
    assert any("G.B. to ring" in n["text"] for n in notes["notes"])
    assert notes["accounting"]["seen"] == len(notes["notes"])
    assert "G.B." in texts["actions.csv"] and "[phone]" in texts["report.md"].replace("\\", "")


@pytest.mark.slow
def test_the_pictures_do_not_show_it_either(private: Path) -> None:
    pictures = sorted((private / "report" / "pictures").glob("*.jpg"))
    read = [r for r in api.read_photos(pictures, jobs=0) if isinstance(r, PhotoResult)]
    said = " ".join(note.text for result in read for note in result.notes)
    assert "council" in said and not re.search("bowen|gareth|4829", said, re.I)
    covered = [np.asarray(Image.open(p).convert("RGB")).astype(int) for p in pictures]
    assert any((np.abs(p - (60, 60, 64)).max(axis=2) < 12).sum() > 2000 for p in covered)


def test_the_command_lists_it(private: Path, run: Run, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(private, tmp_path / private.name))
    before = all_texts(folder / "report")
    ended = run("privacy", folder, "--jobs", 1)
    assert ended.code == 0 and "Gareth Bowen  (becomes G.B.)" in ended.out and "01443 482910  (becomes [phone])" in ended.out
    assert "name of the file" in ended.out
    rows = json.loads(run("privacy", folder, "--json", "--jobs", 1).out)
    assert {"name", "phone"} == {row["kind"] for row in rows}
    assert all_texts(folder / "report") == before, "it writes nothing"
    assert run("privacy", tmp_path / "nowhere").code == 3


def test_a_photo_keeps_its_type() -> None:
    photo = demo_event().photos[0]
    rules = make_rules(demo_event(), EVERYTHING)
    assert isinstance(hide_texts(photo, rules), Photo) and hide_texts(photo, rules) == photo


def test_edits_of_a_report_with_initials_come_back_and_bring_no_name(private: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(private, tmp_path / private.name))
    document = docx.Document(str(folder / "report" / "report.docx"))
    changed = 0
    for paragraph in document.paragraphs:
        for run_ in paragraph.runs:
            if "to ring the council" in run_.text:
                run_.text = run_.text.replace("to ring the council", "to write to the council")
                changed += 1
    assert changed
    edited = tmp_path / "edited.docx"
    document.save(str(edited))
    outcome = api.import_report(folder, edited)
    assert outcome.edits and not outcome.unmerged, outcome
    (again,) = api.report_events([folder], jobs=0)
    assert isinstance(again, api.Outcome) and again.edits_to_check == 0 and again.accounting.balanced
    texts = all_texts(folder / "report")
    assert "G.B. to write to the council" in texts["actions.csv"]
    assert not any(re.search("bowen|gareth|482910", text, re.I) for text in texts.values())


def test_taking_the_setting_back_brings_the_names_back(private: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(private, tmp_path / private.name))
    (folder / "event.toml").write_text("", "utf-8")
    (outcome,) = api.report_events([folder], jobs=0)
    assert isinstance(outcome, api.Outcome) and outcome.read == 0, "nothing was read again: the originals lie in the store"
    texts = all_texts(folder / "report")
    assert "Gareth Bowen to ring" in texts["report.md"]
    pictures = [np.asarray(Image.open(p).convert("RGB")).astype(int) for p in (folder / "report" / "pictures").glob("*.jpg")]
    assert not any((np.abs(p - (60, 60, 64)).max(axis=2) < 12).sum() > 2000 for p in pictures)


def test_a_known_name_that_was_misread_by_a_letter_or_an_accent_goes_too() -> None:
    known = know_people(("Tegwen Bowen", "Siân Rees"))
    texts = ("Tegven Bowen to ring", "ask TEGWEN BOWER'S mother", "Sian Rees", "Tegwen\nBowcn")
    assert [[m.text for m in find_mentions(t, known) if m.sure] for t in texts] == [
        ["Tegven Bowen"],
        ["TEGWEN BOWER"],
        ["Sian Rees"],
        ["Tegwen\nBowcn"],
    ]
    assert [m.text for m in find_mentions("flowers for Bowel screening", known)] == []
    event = with_notes("Tegwen Featherstone to ring", "Tegwen Fetherstone said so", owners=())
    shown = hide_event(event, Privacy(names="initials")).event
    assert [n.text for n in shown.notes] == ["T.F. to ring", "T.F. said so"]
