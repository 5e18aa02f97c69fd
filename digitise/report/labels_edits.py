"""Our words about people's edits, in English and Welsh."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from digitise.report.bilingual import pair


@dataclass(frozen=True, slots=True)
class EditLabels:
    chapter: str
    intro: str
    about: str
    yours: str
    now: str
    why: str
    whole: str
    """About an edit that is beside no words."""
    removed: str
    comment: str
    """Beside a note whose edit should be looked at: {why}, {yours}, {now}."""
    reasons: Mapping[str, str]
    """By EditToCheck.reason."""
    subjects: Mapping[str, str]
    """What an edit is about, by EditToCheck.about."""


ENGLISH = EditLabels(
    chapter="Edits to check",
    intro="Nothing of these edits is lost, but somebody should look at them again. Delete a row here when it is settled, and import the "
    "report: the row does not come back.",
    about="About",
    yours="Your version",
    now="The program’s, or the other one",
    why="Why",
    whole="the report",
    removed="(taken out)",
    comment="Please look at this edit again: {why}. Your version: {yours}. The program now has: {now}.",
    reasons={
        "changed": "the photo is read differently now; your version is printed",
        "not found": "the note is not found on its photo any more; your version is printed",
        "no photo": "the photo is not among the event’s photos any more; your edit waits for it",
        "no place": "what it was about is not in the report any more",
        "conflict": "two versions differ; the other one is printed",
        "not kept": "the program cannot take this over; it is in the copy of your document",
    },
    subjects={
        "wording": "wording",
        "word": "word",
        "kind": "kind",
        "owners": "owner",
        "due": "date",
        "fate": "in the report or not",
        "move": "place",
        "title": "heading",
        "split": "split note",
        "join": "joined notes",
        "note": "added note",
        "info": "title block",
        "passage": "text of the report",
        "paragraph": "your paragraph",
        "merge sections": "joined sections",
        "order": "order of the sections",
        "new section": "new section",
        "chapter": "chapter",
    },
)

WELSH = EditLabels(
    chapter="Golygiadau i’w gwirio",
    intro="Nid oes dim o’r golygiadau hyn ar goll, ond dylai rhywun edrych arnynt eto. Dilëwch res yma pan fydd wedi’i setlo, a mewnforio’r"
    " adroddiad: ni ddaw’r rhes yn ôl.",
    about="Ynghylch",
    yours="Eich fersiwn chi",
    now="Fersiwn y rhaglen, neu’r un arall",
    why="Pam",
    whole="yr adroddiad",
    removed="(tynnwyd allan)",
    comment="Edrychwch ar y golygiad hwn eto: {why}. Eich fersiwn chi: {yours}. Gan y rhaglen nawr: {now}.",
    reasons={
        "changed": "mae’r llun yn cael ei ddarllen yn wahanol nawr; eich fersiwn chi sydd wedi’i hargraffu",
        "not found": "nid yw’r nodyn i’w gael ar ei lun mwyach; eich fersiwn chi sydd wedi’i hargraffu",
        "no photo": "nid yw’r llun ymhlith lluniau’r digwyddiad mwyach; mae eich golygiad yn aros amdano",
        "no place": "nid yw’r hyn yr oedd yn ymwneud ag ef yn yr adroddiad mwyach",
        "conflict": "mae dwy fersiwn yn wahanol; y llall sydd wedi’i hargraffu",
        "not kept": "ni all y rhaglen gymryd hyn drosodd; mae yng nghopi eich dogfen",
    },
    subjects={
        "wording": "geiriad",
        "word": "gair",
        "kind": "math",
        "owners": "perchennog",
        "due": "dyddiad",
        "fate": "yn yr adroddiad ai peidio",
        "move": "lle",
        "title": "pennawd",
        "split": "nodyn wedi’i rannu",
        "join": "nodiadau wedi’u huno",
        "note": "nodyn a ychwanegwyd",
        "info": "bloc teitl",
        "passage": "testun yr adroddiad",
        "paragraph": "eich paragraff",
        "merge sections": "adrannau wedi’u huno",
        "order": "trefn yr adrannau",
        "new section": "adran newydd",
        "chapter": "pennod",
    },
)


def _join(first: EditLabels, second: EditLabels) -> EditLabels:
    both: dict[str, object] = {}
    for field in dataclasses.fields(EditLabels):
        one, other = getattr(first, field.name), getattr(second, field.name)
        both[field.name] = pair(one, other) if isinstance(one, str) else {key: pair(one[key], other[key]) for key in one}
    return dataclasses.replace(first, **both)  # type: ignore[arg-type]


BILINGUAL = _join(WELSH, ENGLISH)


def choose_edit_labels(languages: tuple[str, ...]) -> EditLabels:
    """As labels.choose_labels."""
    if languages[:1] == ("cy",):
        return BILINGUAL if "en" in languages else WELSH
    return ENGLISH
