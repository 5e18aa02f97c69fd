"""Owners and dates: only what the note names, as written."""

from __future__ import annotations

from datetime import date

import pytest
from arranging_wall import OUTLINE, Wall
from hypothesis import given, settings
from hypothesis import strategies as st

from digitise.arranging.dates import Calendar, find_due, is_due, parse_due, parse_event_date
from digitise.arranging.owners import find_note_owners, find_owners
from digitise.arranging.wording import one_line
from digitise.config import Config, Quarters
from digitise.model import Line, Note, Word

NAMED = [
    ("Clerk to contact the council", ("Clerk",)),
    ("Interlink staff (e.g. Mental Health Officer) to look at existing support", ("Interlink staff",)),
    ("RCT CBC and Interlink to work with Llanharan drop in", ("RCT CBC", "Interlink")),
    ("Youth and Community Team to visit schools", ("Youth and Community Team",)),
    ("Parish Council/Clerk to write to BT", ("Parish Council", "Clerk")),
    ("Hedge overgrown, Clerk to contact owner", ("Clerk",)),
    ("Book the hall (Sue and Tom)", ("Sue", "Tom")),
    ("Book the hall (JB)", ("JB",)),
    ("Write to MP - JB", ("JB",)),
    ("Chase bus company -> Rhys", ("Rhys",)),
    ("Sue: book the hall", ("Sue",)),
    ("Sue Price will ring the surgery", ("Sue Price",)),
    ("Kieron O’Hara to circulate his report", ("Kieron O’Hara",)),
    ("@dafydd find a room", ("dafydd",)),
    ("Find a room. Owner: Sue Price", ("Sue Price",)),
    ("Cllr Jones to raise with cabinet", ("Cllr Jones",)),
    ("Citizens Advice to attend drop-in", ("Citizens Advice",)),
    ("CLERK TO CONTACT COUNCIL", ("CLERK",)),
    ("SUE TO BOOK HALL", ("SUE",)),
    ("all partners to share lists", ("all partners",)),
    ("Clerc i gysylltu â'r cyngor", ("Clerc",)),
    ("Angharad ac Elin i drefnu cyfarfod", ("Angharad", "Elin")),
    ("Bydd y Cyngor yn trefnu bws", ("Cyngor",)),
    ("Tîm Iechyd i ymweld ag ysgolion", ("Tîm Iechyd",)),
    ("→ Carers' Hub to pilot a sitting service", ("Carers' Hub",)),
    ("-> Sue to book the hall", ("Sue",)),
    ("Town Council to fund a youth worker (Cllr Price)", ("Town Council", "Cllr Price")),
    ("JB – ring the surgery", ("JB",)),
    ("(JB) Ring the surgery", ("JB",)),
    ("Lead – Interlink; ring the surgery", ("Interlink",)),
    ("Ring the surgery. Who? Sue", ("Sue",)),
    ("Ring the surgery → Sue, by Friday", ("Sue",)),
    ("Ring the surgery (Sue / Tom) asap", ("Sue", "Tom")),
    ("Ring the surgery – Sue by end of March", ("Sue",)),
    ("@Sue and @Tom ring the surgery", ("Sue", "Tom")),
    ("Sue to ring the surgery; Tom to book the hall", ("Sue", "Tom")),
    ("S.P. to ring the surgery", ("S.P.",)),
    ("Dr. Patel to speak at the drop-in", ("Dr. Patel",)),
    ("RCT CBC (Housing) to inspect the flats", ("RCT CBC",)),
    ("Sue'll ring the surgery", ("Sue",)),
    ("health visitors to hand out leaflets", ("health visitors",)),
    ("Cyfrifol: Siân. Ffonio'r feddygfa", ("Siân",)),
]
UNNAMED = [
    "Aberdare to Hirwaun",
    "Council should open the toilets",
    "No overview of who is on call (GP + OOH)",
    "Alongside the report the team will print a leaflet",
    "Howard invited Sue to speak",
    "Publicity to go out",
    "Try to find volunteers",
    "Need to talk more",
    "NEED TO TALK MORE",
    "Leaflets to be printed",
    "Buses to run later",
    "Hard to get to hospital",
    "Somewhere to sit",
    "People to talk to",
    "Lack of things to do for Young People",
    "Explore Team Around the Family (TAF)",
    "Open café (Tuesdays)",
    "Start walking group (Pontypridd)",
    "Action: book the hall",
    "Problem: add more buses",
    "Ask Sue to ring",
    "Walk to school",
    "Cyfleoedd i bobl ifanc",
    "Grŵp i blant bach",
    "Might be helpful for Panel to provide guidance",
]


@pytest.mark.parametrize(("text", "owners"), NAMED)
def test_named_owners(text: str, owners: tuple[str, ...]) -> None:
    assert find_owners(text) == owners


@pytest.mark.parametrize("text", UNNAMED)
def test_nobody_is_named(text: str) -> None:
    assert find_owners(text) == ()


EVENT = date(2026, 3, 14)
"""A Saturday."""
DUES = [
    ("Ring by end of March", "by end of March", date(2026, 3, 31)),
    ("Report at the next meeting", "at the next meeting", None),
    ("asap please", "asap", None),
    ("Invite all by 3 April", "by 3 April", date(2026, 4, 3)),
    ("Ring Sue by 1st Feb", "by 1st Feb", date(2027, 2, 1)),
    ("Report by 2026-05-01", "by 2026-05-01", date(2026, 5, 1)),
    ("Report by 04/05/26", "by 04/05/26", date(2026, 5, 4)),
    ("Ring within two weeks", "within two weeks", date(2026, 3, 28)),
    ("Ring by Friday", "by Friday", date(2026, 3, 20)),
    ("Report in Q2", "in Q2", None),
    ("Book the hall by March", "by March", None),
    ("Book the hall by the AGM", "by the AGM", None),
    ("Trefnu bws erbyn diwedd mis Mawrth", "erbyn diwedd mis Mawrth", date(2026, 3, 31)),
    ("Adrodd yn y cyfarfod nesaf", "yn y cyfarfod nesaf", None),
    ("Ring by 12/4", "by 12/4", date(2026, 4, 12)),
    ("Ring w/c 4 May", "w/c 4 May", date(2026, 5, 4)),
    ("Ffonio wythnos yn dechrau 4 Mai", "wythnos yn dechrau 4 Mai", date(2026, 5, 4)),
    ("Ring by the 20th", "by the 20th", date(2026, 3, 20)),
    ("Ring by 5pm Friday", "by 5pm Friday", date(2026, 3, 20)),
    ("Ring in 3 months", "in 3 months", date(2026, 6, 14)),
    ("Ring within a fortnight", "within a fortnight", date(2026, 3, 28)),
    ("Ring by next month", "by next month", date(2026, 4, 30)),
    ("Ring by end of the year", "by end of the year", date(2026, 12, 31)),
    ("Ring by Christmas", "by Christmas", date(2026, 12, 25)),
    ("Ring by half term", "by half term", None),
    ("Report this term", "this term", None),
    ("Report at the AGM", "at the AGM", None),
    ("Report at the September meeting", "at the September meeting", None),
    ("Ring in due course", "in due course", None),
    ("Consider the points raised by the Board", None, None),
    ("Half of 12/14 said yes", None, None),
    ("Ring 01443 2026-05", None, None),
    ("Open 24/7", None, None),
    ("We may need help", None, None),
    ("March to the town hall", None, None),
    ("Data for the last 3 years", None, None),
]


@pytest.mark.parametrize(("text", "due", "day"), DUES)
def test_due_wording_and_date(text: str, due: str | None, day: date | None) -> None:
    assert find_due(text) == due
    assert parse_due(due, EVENT) == day


@pytest.mark.parametrize(
    "text", ["Friday", "by 12/4", "asap", "w/c 4 May", "next meeting", "end of June", "Mon 4th", "erbyn diwedd Mawrth"]
)
def test_what_stands_in_a_when_column(text: str) -> None:
    assert is_due(text)
    assert not is_due(f"Ring {text} about the hall")


def test_an_owner_of_whose_brackets_a_half_was_read() -> None:
    def note(*lines: tuple[str, str]) -> Note:
        made = [Line(words=(Word(text=t, raw=r, confidence=0.5, quad=OUTLINE),), raw=r, confidence=0.5, quad=OUTLINE) for t, r in lines]
        return Note(id="n", photo_id="p", outline=OUTLINE, lines=tuple(made), text="\n".join(t for t, _ in lines))

    assert find_note_owners(note(("chase", ""), ("fortnight", ""), ("clerk", "ccierk)"))) == ("clerk",)
    assert find_note_owners(note(("chase", ""), ("Gwen)", ""))) == ("Gwen",)
    assert find_note_owners(note(("chase the", ""), ("clerk", "cierk"))) == ()
    assert find_note_owners(note(("chase", ""), ("loudly", "loudly)"))) == ()
    assert find_note_owners(note(("clerk", "cierk)"))) == ()


NAMES = st.sampled_from(
    ("Sue", "Sue Price", "JB", "Clerk", "RCT CBC", "Interlink", "Tîm Iechyd", "O’Hara", "Cllr Jones", "S.P.", "the library")
)
JOINTS = st.sampled_from((" and ", " & ", " / ", ", ", " + ", " ac ", "; "))
FORMS = (
    "{} to ring the surgery",
    "Ring the surgery ({})",
    "{}: ring the surgery",
    "Ring the surgery – {}",
    "Owner: {}. Ring",
    "{} i drefnu bws",
    "Hedge is high, {} to cut it",
    "@{} ring",
    "Ring -> {}",
    "{} will ring (Sue)",
    "({}) ring the surgery",
    "{} – book the hall",
)
TAILS = st.sampled_from(("", " by Friday", ", asap", " (12/4)", " erbyn diwedd Mawrth", "\n- next meeting"))


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.text(max_size=60), st.builds(lambda f, a, j, b, t: f.format(a + j + b) + t, st.sampled_from(FORMS), NAMES, JOINTS, NAMES, TAILS)
    )
)
def test_no_owner_and_no_date_is_ever_invented(text: str) -> None:
    flat = one_line(text)
    assert all(owner in flat for owner in find_owners(text))
    due = find_due(text)
    assert due is None or due in flat


@pytest.mark.parametrize("wording", ["by end of March", "by 3 April", "by Friday", "within two weeks"])
def test_without_an_event_date_nothing_is_guessed(wording: str) -> None:
    assert parse_due(wording, None) is None


KNOWN = [
    ("at the next meeting", "calendar", date(2026, 4, 18)),
    ("yn y cyfarfod nesaf", None, date(2026, 4, 18)),
    ("by Q2", "calendar", date(2026, 6, 30)),
    ("in Q2", "financial", date(2026, 9, 30)),
    ("Q4", "financial", date(2026, 3, 31)),
    ("Q1", "calendar", date(2026, 3, 31)),
    ("Q4 2026", "financial", date(2027, 3, 31)),
    ("by Q2", None, None),
    ("asap", "calendar", None),
]


@pytest.mark.parametrize(("wording", "quarters", "day"), KNOWN)
def test_what_the_settings_tell_of_meetings_and_quarters(wording: str, quarters: Quarters | None, day: date | None) -> None:
    assert parse_due(wording, Calendar(EVENT, date(2026, 4, 18), quarters)) == day


def test_the_settings_calendar_reaches_the_register() -> None:
    wall = Wall()
    wall.sheet("p1")
    wall.write("Sue to report at the next meeting")
    config = Config(date=EVENT, next_meeting=date(2026, 4, 18))
    assert [a.due_date for a in wall.arrange(config).whole.actions] == [date(2026, 4, 18)]


def test_impossible_days_have_no_date() -> None:
    assert parse_due("by 31 February 2026", EVENT) is None
    assert parse_due("by 99/99/2026", EVENT) is None


def test_event_dates() -> None:
    assert parse_event_date("14-15 March 2026") == date(2026, 3, 15)
    assert parse_event_date("14–15 Mawrth 2026") == date(2026, 3, 15)
    assert parse_event_date("spring") is None


def test_names_of_the_settings_are_believed_where_a_name_may_stand() -> None:
    known = {"highways", "ffion", "jac", "sian"}
    assert find_owners("Paint a zebra crossing (Highways)") == ()
    assert find_owners("Paint a zebra crossing (Highways)", known=known) == ("Highways",)
    assert find_owners("Ffion and Jac: film the traders", known=known) == ("Ffion", "Jac")
    assert find_owners("Menter Derwen i gynnal bore coffi (Siân)", known=known) == ("Menter Derwen", "Siân")
    assert find_owners("Highways are too wide", known=known) == ()


@pytest.mark.parametrize(
    ("text", "due"), [("Run a late minibus on club nights", "on club nights"), ("Agor y festri dros y gaeaf", "dros y gaeaf")]
)
def test_rhythms_and_seasons(text: str, due: str) -> None:
    assert find_due(text) == due
