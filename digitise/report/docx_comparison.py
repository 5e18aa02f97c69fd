"""The desk on which an edited document is compared with what was written: both readings, what each bookmark means, what was found."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from digitise.corrections import Edit, Remembered, Unmerged, edit_key, own_id
from digitise.edits_model import EditToCheck
from digitise.model import Event, Frozen, Kind
from digitise.report.bilingual import is_paired, join_sides, map_sides, say_in
from digitise.report.docx_matching import Matching, match_blocks, squeeze
from digitise.report.docx_names import Base, Names, find_note, learn_names, refer_to
from digitise.report.docx_reading import Mark, ReadBlock, Reading
from digitise.report.labels import Labels, choose_labels
from digitise.report.wording import capitalise

_REFERENCE = re.compile(r"\[\d+\]|\w{1,3}\d+")
"""'[3]' to a photo, 'A3' to the register."""


class Changes(Frozen):
    """What a person did to a report."""

    edits: tuple[Edit, ...] = ()
    remembered: tuple[Remembered, ...] = ()
    unmerged: tuple[Unmerged, ...] = ()
    settled: tuple[str, ...] = ()
    """Ids of rows of 'Edits to check' that the person took out: they have looked at them."""


@dataclass
class Comparison:
    base: Base
    event: Event
    labels: Labels
    names: Names
    old: tuple[ReadBlock, ...]
    new: tuple[ReadBlock, ...]
    matching: Matching
    origin: str
    before: dict[str, Edit]
    """Edits in force when the document was written, by key."""
    edits: list[Edit] = field(default_factory=list)
    unmerged: list[Unmerged] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    """Of the edits, and names of what is listed."""
    settled: list[str] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    """Notes that an edit is about."""
    dropped: set[int] = field(default_factory=set)
    """Written blocks of chapters that were taken out as a whole."""
    handled: set[int] = field(default_factory=set)
    """Edited blocks that are accounted for."""

    def add(self, edit: Edit) -> None:
        if edit_key(edit) not in self.keys:
            self.keys.add(edit_key(edit))
            self.edits.append(edit)
        if note_id := getattr(edit, "note_id", ""):
            self.touched.add(note_id)

    def list(self, yours: str, *, where: str, other: str = "", conflict: bool = False, note_id: str = "") -> None:
        """Something that cannot be taken over is listed in the report."""
        name = own_id("unmerged", self.origin, where, yours, other)
        reason = "conflict" if conflict else "not kept"
        entry = Unmerged.model_validate(
            {"id": name, "reason": reason, "note_id": note_id, "where": where, "yours": yours, "other": other, "origin": self.origin}
        )
        if name not in self.keys:
            self.keys.add(name)
            self.unmerged.append(entry)

    def program_says(self, key: str, printed: str) -> str:
        """What the program itself said of something, below any earlier edit of it. `printed`: what the report says."""
        edit = self.before.get(key)
        told = self.told(key)
        if edit is None:
            return printed
        return told.now if told is not None and told.reason == "changed" else str(getattr(edit, "base", printed))

    def told(self, key: str) -> EditToCheck | None:
        """The row of 'Edits to check' about an edit."""
        edit = self.before.get(key)
        if edit is None:
            return None
        return next((row for row in self.event.edits_to_check if row.id == own_id("edit", edit_key(edit))), None)

    def note_text(self, note_id: str) -> str:
        """A note's words as the program read them."""
        note = find_note(self.event, note_id)
        printed = (note.written or note.text) if note else ""
        for of in ("sheet", "report"):
            if f"wording:{of}:{note_id}" in self.before:
                return self.program_says(f"wording:{of}:{note_id}", printed)
        return printed


def open_comparison(base: Base, edited: Reading, *, origin: str) -> Comparison:
    old = base.reading.blocks
    new = _restore_styles(old, edited.blocks)
    return Comparison(
        base=base,
        event=base.event,
        labels=print_labels(choose_labels(base.event.info.languages)),
        names=learn_names(base.event),
        old=old,
        new=new,
        matching=match_blocks(old, new),
        origin=origin,
        before={edit_key(e): e for e in base.corrections.edits},
    )


def _restore_styles(old: Sequence[ReadBlock], new: Sequence[ReadBlock]) -> tuple[ReadBlock, ...]:
    """Paragraphs behind one that was deleted in a tracked change, as they were written where their words are the same."""
    homes = {mark.name: k for k, block in reversed(list(enumerate(old))) for mark in block.marks}
    by_words: dict[str, list[int]] = {}
    for k, block in enumerate(old):
        if block.table < 0:
            by_words.setdefault(squeeze(block.text), []).append(k)
    restored = []
    above = -1
    for block in new:
        own = next((homes[mark.name] for mark in block.marks if mark.name in homes), None)
        if block.behind_deleted and block.table < 0:
            known = by_words.get(squeeze(block.text), [])
            # 'Also said' stands in many sections: the first one below what stands above
            place = own if own in known else next((k for k in known if k > above), None) if own is None else None
            if place is not None:
                was = old[place]
                block = block.model_copy(update={"style": was.style, "level": was.level, "listed": was.listed})  # noqa: PLW2901
        above = own if own is not None else above
        restored.append(block)
    return tuple(restored)


def close_comparison(c: Comparison) -> Changes:
    """The changes, with the places of all notes that they are about."""
    remembered: list[Remembered] = []
    known = {r.note_id: r for r in c.base.corrections.notes}
    placements = {p.note_id: p for p in c.event.arrangement.placements}
    for note_id in sorted(c.touched):
        note = find_note(c.event, note_id)
        if note is None or not note.photo_id or len(note.outline) < 3 or note.by == "person":
            remembered += [known[note_id]] if note_id in known else []
            continue
        placement = placements.get(note_id)
        section = refer_to(c.event, placement.section_id) if placement and placement.section_id else None
        kind = placement.kind if placement else "other"
        text = c.note_text(note_id)
        remembered.append(Remembered(note_id=note_id, photo_id=note.photo_id, outline=note.outline, text=text, kind=kind, section=section))
    return Changes(edits=tuple(c.edits), remembered=tuple(remembered), unmerged=tuple(c.unmerged), settled=tuple(c.settled))


def print_labels(labels: Labels) -> Labels:
    """Labels as they are printed: those in two languages as one string. Templates, which are filled first, stay as they are."""
    words = {f.name: getattr(labels, f.name) for f in dataclasses.fields(Labels)}
    joined = {name: join_sides(text) for name, text in words.items() if isinstance(text, str) and "{" not in text and name not in _BY_SIDE}
    kinds = {kind: join_sides(map_sides(name, capitalise)) for kind, name in labels.kinds.items()}
    return dataclasses.replace(labels, **joined, kinds=kinds)  # type: ignore[arg-type]


_BY_SIDE = ("due",)
"""Labels that are joined with what stands behind them: 'Erbyn: 30 Ebrill / Due: 30 April'."""


def pieces(block: ReadBlock, names: Names, places: str) -> list[tuple[str, Mark]]:
    """The notes whose words a block prints at these places, in order."""
    found = [(note_id, mark) for mark in block.marks if (note_id := names.note_at(mark.name, places))]
    return sorted(found, key=lambda f: f[1].start)


def decorations(labels: Labels) -> re.Pattern[str]:
    """What the report adds behind a note's words: how often it was said, votes, owner and date."""

    def counted(text: str) -> str:
        return r"\d+".join(map(re.escape, join_sides(text.strip().format(count=7)).split("7")))

    heads = "|".join(map(re.escape, _duty_heads(labels)))
    # both languages share brackets, so in them these need not be even
    inside = r".*" if is_paired(labels.due) else r"(?:[^()]|\([^()]*\))*"
    duties = rf"\((?:{heads}): {inside}\)"
    return re.compile("|".join([*map(counted, (labels.said_times, labels.one_vote, labels.votes)), duties]))


def _duty_heads(labels: Labels) -> list[str]:
    """What stands before an owner, and what may stand before a date."""
    return [labels.owner, *dict.fromkeys((join_sides(labels.due), say_in(labels.due, 0), say_in(labels.due, 1)))]


def read_duties(text: str, labels: Labels) -> tuple[str, str]:
    """Owner and date as '(Owner: …; Due: …)' names them; '' for what is not there."""
    found = decorations(labels).finditer(text)
    starts = tuple(f"({head}:" for head in _duty_heads(labels))
    whole = next((m.group() for m in found if m.group().startswith(starts)), "")
    inside = whole[1:-1]
    dues = "|".join(map(re.escape, _duty_heads(labels)[1:]))
    due = re.search(rf"(?:^|; )(?:{dues}): (.*)$", inside)
    owner = re.match(rf"{re.escape(labels.owner)}: (.*)$", inside[: due.start()] if due else inside)
    return (squeeze(owner.group(1)) if owner else "", squeeze(due.group(1)) if due else "")


def without_links(block: ReadBlock) -> str:
    """A block's text without its references and the marks that lead to them, also where they were pasted as plain text.

    Editing in LibreOffice 7.4 can spread a link over words beside it: those stay.
    """
    text = block.text
    for mark in sorted(block.links, key=lambda m: -m.start):
        words = block.under(mark)
        if _REFERENCE.fullmatch(words) or words.startswith("→") or block.text[: mark.start].rstrip().endswith("→"):
            text = text[: mark.start] + "\0" + text[mark.end :]
    text = re.sub(r"[\s\u00a0]*(?:→[\s\u00a0]*)?\0[\u2002]?", " ", text)
    return re.sub(r"^\s*\w{1,3}\d+\u2002|[\s\u00a0]\[\d+\](?=\W*$)", "", text)


def own_words(block: ReadBlock, labels: Labels) -> str:
    """The words of the one note that a block prints, without what the report adds."""
    text = squeeze(decorations(labels).sub(" ", without_links(block)))
    text = re.sub(rf"^(?:{_kind_names(labels)}): ", "", text) if _has_name(block, labels) else text
    text = text.removesuffix(labels.unreadable_here).strip()
    text = text.removeprefix(labels.nothing_read).strip() if text != labels.nothing_read else ""
    text = re.sub(r"\s+([.,;:!?])(?=\s|$)", r"\1", text)
    return text[1:-1].strip() if text.startswith("“") and text.endswith("”") else text


def _kind_names(labels: Labels) -> str:
    return "|".join(re.escape(name) for name in labels.kinds.values())


def kind_name(block: ReadBlock, labels: Labels) -> Kind | None:
    """The kind that a point is said to be in front of its words: 'Idea: '."""
    match = re.match(rf"({_kind_names(labels)}): ", block.text)
    kinds = {name: kind for kind, name in labels.kinds.items()}
    return kinds[match.group(1)] if match and _has_name(block, labels) else None


def _has_name(block: ReadBlock, labels: Labels) -> bool:
    """Whether 'Idea: ' before a note's words is ours: it stands before the note's bookmark."""
    first = min((mark.start for mark in block.marks if mark.name.startswith("n_")), default=None)
    return first is None or bool(re.match(rf"(?:{_kind_names(labels)}): ", block.text[:first]))


def quoted_words(block: ReadBlock, mark: Mark, others: list[Mark]) -> str:
    """The words of one of several notes in a sentence: its bookmark, and what was typed beside it inside the quotation marks."""
    left, right = block.text.rfind("“", 0, mark.start + 1), block.text.find("”", max(mark.start, mark.end - 1))
    start = left + 1 if left >= 0 else mark.start
    end = right if right >= 0 else mark.end
    if any(start < other.end and other.start < end for other in others):
        start, end = mark.start, mark.end
    return squeeze(block.text[start:end]).strip("“” ")
