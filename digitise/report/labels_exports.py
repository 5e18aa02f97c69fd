"""Our words in the tables and the web page beside the report, in English and Welsh; what both share is in labels.py."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from digitise.model import Colour, Container, Fate
from digitise.report.bilingual import pair


@dataclass(frozen=True, slots=True)
class ExportLabels:
    kind: str
    due_date: str
    colour: str
    written_on: str
    photo_number: str
    confidence: str
    fate: str
    note_id: str
    note_count: str
    taken: str
    remarks: str
    not_printed: str
    """In place of the words of a note that was set aside."""
    whiteboard: str
    """The sheet to be pasted on an online whiteboard."""
    skip: str
    """The first link of the web page."""
    fates: Mapping[Fate, str]
    seen_again: str
    with_sheet: str
    colours: Mapping[Colour, str]
    containers: Mapping[Container, str]


ENGLISH = ExportLabels(
    kind="Kind",
    due_date="Due date",
    colour="Colour",
    written_on="Written on",
    photo_number="Photo no.",
    confidence="Confidence of reading",
    fate="What became of it",
    note_id="Note’s id",
    note_count="Notes on it",
    taken="Taken",
    remarks="Remarks",
    not_printed="(set aside, so its words are not given)",
    whiteboard="Whiteboard",
    skip="Skip to the report",
    fates={"reported": "in the report", "duplicate": "said already", "unreadable": "could not be read", "set aside": "set aside"},
    seen_again="seen better on another photo",
    with_sheet="heading or mark of its sheet",
    colours={
        "yellow": "yellow",
        "orange": "orange",
        "pink": "pink",
        "red": "red",
        "green": "green",
        "blue": "blue",
        "purple": "purple",
        "white": "white",
        "brown": "brown",
        "grey": "grey",
        "none": "",
    },
    containers={"sticky": "sticky note", "card": "card", "paper": "paper", "bubble": "bubble", "box": "box", "none": ""},
)

WELSH = ExportLabels(
    kind="Math",
    due_date="Dyddiad",
    colour="Lliw",
    written_on="Ysgrifennwyd ar",
    photo_number="Rhif y llun",
    confidence="Sicrwydd y darlleniad",
    fate="Beth a ddaeth ohono",
    note_id="Cod y nodyn",
    note_count="Nodiadau arno",
    taken="Tynnwyd",
    remarks="Sylwadau",
    not_printed="(rhoddwyd o’r neilltu, felly ni roddir ei eiriau)",
    whiteboard="Bwrdd gwyn",
    skip="Neidio i’r adroddiad",
    fates={
        "reported": "yn yr adroddiad",
        "duplicate": "dywedwyd eisoes",
        "unreadable": "ni ellid ei ddarllen",
        "set aside": "rhoddwyd o’r neilltu",
    },
    seen_again="i’w weld yn well ar lun arall",
    with_sheet="pennawd neu farc ei ddalen",
    colours={
        "yellow": "melyn",
        "orange": "oren",
        "pink": "pinc",
        "red": "coch",
        "green": "gwyrdd",
        "blue": "glas",
        "purple": "porffor",
        "white": "gwyn",
        "brown": "brown",
        "grey": "llwyd",
        "none": "",
    },
    containers={"sticky": "nodyn gludiog", "card": "cerdyn", "paper": "papur", "bubble": "swigen", "box": "blwch", "none": ""},
)


def _join(first: ExportLabels, second: ExportLabels) -> ExportLabels:
    both: dict[str, object] = {}
    for field in dataclasses.fields(ExportLabels):
        one, other = getattr(first, field.name), getattr(second, field.name)
        both[field.name] = pair(one, other) if isinstance(one, str) else {key: pair(one[key], other[key]) for key in one}
    return dataclasses.replace(first, **both)  # type: ignore[arg-type]


BILINGUAL = _join(WELSH, ENGLISH)


def choose_export_labels(languages: tuple[str, ...]) -> ExportLabels:
    """As labels.choose_labels."""
    if languages[:1] == ("cy",):
        return BILINGUAL if "en" in languages else WELSH
    return ENGLISH
