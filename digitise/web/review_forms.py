"""What the forms of the review page send, read as the changes that they ask for.

Every control of the page is a form, with or without scripts; so what a button means is said here once. Fields that a form shows side by
side ('facts', 'info') come with what they were ('was_…'): only what the person changed becomes a change.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from digitise.reviewing.asking import Change
from digitise.web.review_model import ReviewView, SectionView

Form = Mapping[str, str]


class UnclearFormError(Exception):
    """What a form asks for makes no sense. name: of the text that says so (wording/review.toml); n: the number in it."""

    def __init__(self, name: str, n: int | None = None) -> None:
        super().__init__(name, n)
        self.name = name
        self.n = n


_CHANGE: TypeAdapter[Change] = TypeAdapter(Change)
_PLAIN = {
    "wording": ("note_id", "text", "of"),
    "word": ("note_id", "base", "nth", "text"),
    "fate": ("note_id", "fate"),
    "rename": ("section_id", "title"),
    "merge sections": ("section_id", "into"),
    "settle": ("check_id",),
    "drop": ("key",),
}
"""Forms whose fields are the change's own."""


def read_changes(form: Form, view: ReviewView) -> tuple[Change, ...]:
    """The changes that a form asks for; () where it changes nothing. Raises UnclearFormError for what makes no sense."""
    do = form.get("do", "")
    values: list[dict[str, Any]]
    if do in _PLAIN:
        values = [{name: form[name] for name in _PLAIN[do] if name in form}]
    elif do in _READERS:
        values = _READERS[do](form, view)
    else:
        raise UnclearFormError("review.not_taken")
    try:
        return tuple(_CHANGE.validate_python({"do": do} | value) for value in values)
    except ValidationError as error:
        raise UnclearFormError("review.not_taken") from error


def _read_facts(form: Form, _view: ReviewView) -> list[dict[str, Any]]:
    note_id = form.get("note_id", "")
    found: list[dict[str, Any]] = []
    if _changed(form, "kind"):
        found.append({"do": "kind", "note_id": note_id, "kind": form["kind"]})
    if _changed(form, "owners"):
        found.append({"do": "owners", "note_id": note_id, "owners": _names(form["owners"])})
    if _changed(form, "due"):
        found.append({"do": "due", "note_id": note_id, "due": form["due"]})
    return found


def _read_info(form: Form, _view: ReviewView) -> list[dict[str, Any]]:
    fields = ("title", "date", "place", "organisers")
    return [{"do": "info", "field": name, "value": form[name]} for name in fields if _changed(form, name)]


def _changed(form: Form, name: str) -> bool:
    return name in form and _plain(form[name]) != _plain(form.get(f"was_{name}", ""))


def _plain(text: str) -> str:
    return " ".join(text.split())


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _read_split(form: Form, _view: ReviewView) -> list[dict[str, Any]]:
    """at: where the second note begins, letters from 0; without it each line becomes a note."""
    text = form.get("text", "").replace("\r\n", "\n")
    at = form.get("at", "")
    parts = [text[: int(at)], text[int(at) :]] if at.isascii() and at.isdigit() and len(at) < 7 else text.split("\n")
    parts = [part.strip() for part in parts if part.strip()]
    if len(parts) < 2:
        raise UnclearFormError("review.split_where")
    return [{"note_id": form.get("note_id", ""), "parts": parts}]


def _read_merge(form: Form, _view: ReviewView) -> list[dict[str, Any]]:
    return [{"note_id": form.get("note_id", ""), "others": [i for i in form.get("others", "").split(",") if i]}]


MOST_TICKED, MOST_JOINED = 100, 51
"""As many changes are saved as one step, and as many notes made one (reviewing/asking.py)."""
_TICKED_FATES = {"aside": "set aside", "restore": "reported"}


def _read_ticked(form: Form, view: ReviewView) -> list[dict[str, Any]]:
    """ticked: ids of notes, parted by commas; what: 'join', 'aside', 'restore' or 'move' (to section_id). In the order of the report."""
    asked = {i for i in form.get("ticked", "").split(",") if i}
    what = form.get("what", "")
    if not asked:
        raise UnclearFormError("review.ticked_nothing")
    most = MOST_JOINED if what == "join" else MOST_TICKED
    if len(asked) > most:
        raise UnclearFormError("review.ticked_many", most)
    placed = [i for section in view.sections for i in section.note_ids if i in asked]
    ids = list(dict.fromkeys([*placed, *(n.id for n in view.notes if n.id in asked), *sorted(asked)]))
    if what == "join" and len(ids) < 2:
        raise UnclearFormError("review.ticked_two")
    if what == "join":
        return [{"do": "merge", "note_id": ids[0], "others": ids[1:]}]
    if what == "move":
        return [{"do": "move", "note_ids": ids, "section_id": form.get("section_id", "")}]
    if what not in _TICKED_FATES:
        raise UnclearFormError("review.not_taken")
    return [{"do": "fate", "note_id": i, "fate": _TICKED_FATES[what]} for i in ids]


def _read_chapter(form: Form, view: ReviewView) -> list[dict[str, Any]]:
    """chapter: '' where the program's word holds again."""
    if form.get("chapter"):
        return [{"section_id": form.get("section_id", ""), "chapter": form["chapter"]}]
    section = _section(view, form.get("section_id", ""))
    return [{"do": "drop", "key": mark.key} for mark in section.edited if mark.what == "chapter"]


def _read_move(form: Form, view: ReviewView) -> list[dict[str, Any]]:
    """step: 'up' or 'down' in its section; else to section_id: before a note, after a note, or last."""
    note_id = form.get("note_id", "")
    step = form.get("step", "")
    if step:
        section = next((s for s in view.sections if note_id in s.note_ids), None)
        if section is None:
            raise UnclearFormError("review.no_section")
        return _step(section, note_id, up=step == "up")
    section_id = form.get("section_id", "")
    after: str | None = form["after"] if form.get("after") else None
    if form.get("before"):
        ids = [i for i in _section(view, section_id).note_ids if i != note_id]
        at = ids.index(form["before"]) if form["before"] in ids else 0
        after = ids[at - 1] if at else ""
    elif form.get("first"):
        after = ""
    return [{"note_ids": [note_id], "section_id": section_id, "after": after}]


def _step(section: SectionView, note_id: str, *, up: bool) -> list[dict[str, Any]]:
    ids = list(section.note_ids)
    at = ids.index(note_id)
    if (up and at == 0) or (not up and at == len(ids) - 1):
        return []
    after = (ids[at - 2] if at > 1 else "") if up else ids[at + 1]
    return [{"note_ids": [note_id], "section_id": section.id, "after": after}]


def _section(view: ReviewView, section_id: str) -> SectionView:
    found = next((s for s in view.sections if s.id == section_id or (s.leftover and not section_id)), None)
    if found is None:
        raise UnclearFormError("review.gone_section")
    return found


def _read_order(form: Form, view: ReviewView) -> list[dict[str, Any]]:
    """step: 'up' or 'down' for section_id; else section_ids: the ids in their new order, parted by commas."""
    ids = [s.id for s in view.sections if not s.leftover]
    if form.get("section_ids"):
        return [{"section_ids": [i for i in form["section_ids"].split(",") if i in ids]}]
    section = _section(view, form.get("section_id", ""))
    if section.leftover:
        # it always comes last
        return []
    at = ids.index(section.id)
    to = at - 1 if form.get("step") == "up" else at + 1
    if not 0 <= to < len(ids):
        return []
    ids[at], ids[to] = ids[to], ids[at]
    return [{"section_ids": ids}]


def _read_new_section(form: Form, _view: ReviewView) -> list[dict[str, Any]]:
    return [{"title": form.get("title", ""), "note_ids": [form["note_id"]] if form.get("note_id") else []}]


def _read_add(form: Form, _view: ReviewView) -> list[dict[str, Any]]:
    try:
        outline = json.loads(form.get("outline") or "[]")
    except ValueError as error:
        raise UnclearFormError("review.box_again") from error
    value = {"text": form.get("text", ""), "photo_id": form.get("photo_id", "") if outline else "", "outline": outline}
    return [value | {"kind": form.get("kind") or "other", "section_id": form.get("section_id") or None}]


_READERS: dict[str, Callable[[Form, ReviewView], list[dict[str, Any]]]] = {
    "facts": _read_facts,
    "info": _read_info,
    "split": _read_split,
    "merge": _read_merge,
    "ticked": _read_ticked,
    "chapter": _read_chapter,
    "move": _read_move,
    "order": _read_order,
    "new section": _read_new_section,
    "add": _read_add,
}
