"""Names however they are written: accents as characters of their own, joined words, initials, broken lines, addresses, names of files."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_demo import demo_event, make_note

from digitise.config import Privacy
from digitise.corrections import Corrections
from digitise.model import Action, Event, Placement, Section
from digitise.privacy import hide_event, hide_texts, list_personal
from digitise.privacy.known_names import compose_letters, read_file_name
from digitise.privacy.replacing import hide_text, make_rules

LISTED = ("Siân Rees", "Tegwen", "Will Perrin", "Mair O'Dee")
RULES = make_rules(demo_event(), Privacy(names="initials", postcodes="remove", people=LISTED))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (unicodedata.normalize("NFD", "ask Siân Rees today"), "ask S.R. today"),
        ("Sîan Rees", "S.R."),
        ("sian-rees, @sian.rees", "S.R., @S.R."),
        ("SiânRees", "S."),
        ("Teg-\nwen said so", "T. said so"),
        ("Tegwen_2 and Tegwen2", "T._2 and T.2"),
        ("Mair O’Dee", "M.O."),
        ("Ask Tegwen. Then go.", "Ask T. Then go."),
        ("Cllr J Evans and Cllr. J. Evans", "Cllr J.E. and Cllr. J.E."),
        ("Dr. R. Patel", "Dr. R.P."),
        ("Cllr J Featherstone to ask", "Cllr J.F. to ask"),
        ("S Rees", "S.R."),
        ("cllr price", "cllr P."),
        ("ask jane smith", "ask J.S."),
        ("ask Jane.Then go", "ask J..Then go"),
        ("CF37  2DL or cf37 2dl", "[postcode] or [postcode]"),
    ],
)
def test_a_name_is_replaced_however_it_is_written(text: str, shown: str) -> None:
    assert hide_text(text, RULES) == shown


@pytest.mark.parametrize(
    "text",
    [
        "willperrin",
        "WILLPERRIN",
        "A Morris dance",
        "TO LEWIS HOUSE",
        "Dr A Appointments",
        "GP surgery",
        "We ask jane's foster carers"[:6],
        "Q1 2nd meeting, q1 2nd meeting, 3rd cf1 2nd",
        "B&Q and RCT CBC to meet",
        "Plan J Street",
    ],
)
def test_what_is_no_name_stays(text: str) -> None:
    assert hide_text(text, RULES) == text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("sian-rees.jpg", "S.R..jpg"),
        (unicodedata.normalize("NFD", "Siân Rees.jpg"), "S.R..jpg"),
        ("IMG_tegwen2.jpg", "IMG_T.2.jpg"),
        ("jane.jpeg", "J..jpeg"),
        ("jane-smith.HEIC", "J.S..HEIC"),
        ("Cllr Price.jpg", "Cllr P..jpg"),
        ("photos.zip/Siân Rees/IMG_1.jpg", "photos.zip/S.R./IMG_1.jpg"),
        ("IMG_2301.jpg", "IMG_2301.jpg"),
    ],
)
def test_a_name_in_a_file_name_goes_and_its_ending_stays(name: str, shown: str) -> None:
    assert hide_text(name, RULES, file_name=True) == shown
    assert len(read_file_name(name)) == len(name)


@given(st.text(alphabet="aeâŵ\u0301\u0302 .-S", max_size=30))
def test_letters_with_their_accents_keep_their_places(text: str) -> None:
    composed, places = compose_letters(text)
    assert composed == unicodedata.normalize("NFC", text) or any(unicodedata.combining(c) for c in composed)
    assert len(places) == len(composed) + 1 and places[-1] == len(text) and sorted(places) == places


@pytest.mark.parametrize(
    ("address", "goes"),
    [
        ("sian.rees@rct.gov.uk", True),
        ("tegwen@mail.com", True),
        ("willperrin@mail.com", True),
        ("jane@mail.com", True),
        ("info@x.org", False),
    ],
)
def test_an_address_that_names_a_person_goes_with_the_names(address: str, goes: bool) -> None:
    assert (hide_text(address, RULES) == "[e-mail]") == goes
    kept = make_rules(demo_event(), Privacy(names="keep", phones="remove"))
    assert hide_text(address, kept) == address


def test_what_is_allowed_keeps_no_name_or_address_beside_it() -> None:
    rules = make_rules(demo_event(), Privacy(names="initials", emails="remove", allow=("Interlink", "info@rct.org")))
    assert hide_text("Siân Interlink to ring", rules) == "S. Interlink to ring"
    assert hide_text("bus@interlink.org, info@rct.org", rules) == "[e-mail], info@rct.org"


def with_owner(text: str, owner: str) -> Event:
    """An event with one action whose owner only grammar tells to be a person, said twice, and titled with its words."""
    event = demo_event()
    first, again = (make_note(event.photos[0].id, n, text) for n in (80, 81))
    placements = (
        Placement(note_id=first.id, kind="action", section_id="sec1", owners=(owner,)),
        Placement(note_id=again.id, kind="action", fate="duplicate", duplicate_of=first.id),
    )
    title = Section(id="sec99", title=text, title_source="proposed", title_note_id=first.id, note_ids=(first.id,))
    arrangement = event.arrangement.model_copy(
        update={
            "placements": (*event.arrangement.placements, *placements),
            "sections": (*event.arrangement.sections, title),
            "actions": (*event.arrangement.actions, Action(number=99, note_id=first.id, text=text, owners=(owner,))),
        }
    )
    return event.model_copy(update={"notes": (*event.notes, first, again), "arrangement": arrangement})


def test_an_owner_who_has_a_word_for_a_name_leaves_titles_repeats_and_edits_too() -> None:
    event = with_owner("Glyn to paint the fence", "Glyn")
    hidden = hide_event(event, Privacy(names="initials"))
    assert "Glyn" not in hidden.event.model_dump_json()
    assert hidden.event.arrangement.sections[-1].title == "G. to paint the fence"
    note_id = event.notes[-2].id
    edits = [
        {"what": "wording", "note_id": note_id, "text": "Glyn to paint the gate", "base": "Glyn to paint the fence"},
        {"what": "owners", "note_id": note_id, "owners": ["Glyn", "Bryn"], "base": ["Glyn"]},
    ]
    shown = hide_texts(Corrections.model_validate({"edits": edits}), hidden.rules).model_dump_json()
    assert "Glyn" not in shown and "Bryn" not in shown and "G. to paint the gate" in shown


def test_a_broken_name_is_covered_on_both_lines() -> None:
    event = with_owner("Ask Siân Wil-\nliams about it", "nobody")
    hidden = hide_event(event, Privacy(names="initials", people=("Siân Williams",)))
    text = " ".join(line.text for line in hidden.event.notes[-1].lines)
    assert text == "Ask S.W. about it", text
    assert len(hidden.covered[event.photos[0].id]) >= 3 * 2, "three words on each of the two notes"


def test_the_list_knows_names_of_files_as_the_report_does() -> None:
    event = demo_event()
    photo = event.photos[0].model_copy(update={"file": unicodedata.normalize("NFD", "jane-smith-2-Siân.jpg"), "copies": ("gareth.jpg",)})
    found = list_personal(event.model_copy(update={"photos": (photo, *event.photos[1:])}), Privacy(names="remove"))
    assert {"jane smith", "Siân"} <= {m.text for m in found if m.photo == photo.file and not m.note_id}
    assert [m.text for m in found if m.photo == "gareth.jpg"] == ["gareth"]
