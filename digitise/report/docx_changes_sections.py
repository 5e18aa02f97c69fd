"""Edits of the order of things in an edited report: sections renamed, made, merged, sorted; notes moved, made another kind, typed anew."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from digitise.corrections import (
    AddedNote,
    FateEdit,
    KindEdit,
    MoveEdit,
    NewSection,
    OrderEdit,
    SectionMerge,
    SectionRef,
    TitleEdit,
    WordingEdit,
    own_id,
)
from digitise.corrections.words import carry_words, is_correction, same_text
from digitise.model import Kind
from digitise.report.docx_changes_notes import CHAPTER, is_sentence
from digitise.report.docx_comparison import Comparison, own_words, pieces, read_duties
from digitise.report.docx_matching import squeeze
from digitise.report.docx_names import find_note, refer_to
from digitise.report.docx_reading import ReadBlock

LEFTOVER = "sec-other"


@dataclass(frozen=True)
class Stand:
    """Where a note is printed in the chapters."""

    note_id: str
    section_id: str
    kind: Kind | None
    """As the heading above it says; None where that says nothing of kinds."""


@dataclass(frozen=True)
class Typed:
    """A point that is new in the chapters."""

    block: int
    note_id: str
    section_id: str
    kind: Kind | None


@dataclass
class Walk:
    """One reading of the chapters from top to bottom."""

    stands: list[Stand]
    typed: list[Typed]
    sections: list[str]
    """Ids in order; new ones are a person's."""
    titles: dict[str, tuple[int, str]]
    """Section id -> block and words of its heading."""


def find_section_changes(c: Comparison) -> None:
    before, after = _walk(c, c.old, edited=False), _walk(c, c.new, edited=True)
    refs = {s: refer_to(c.event, s) for s in before.sections}
    for section_id in after.sections:
        if section_id not in refs:
            title = after.titles[section_id][1]
            refs[section_id] = SectionRef(
                id=section_id, title=title, note_ids=tuple(s.note_id for s in after.stands if s.section_id == section_id)
            )
            c.add(NewSection(section_id=section_id, title=title))
    _compare_titles(c, before, after, refs)
    merged = _find_merged(c, before, after, refs)
    _compare_order(c, before, after, refs)
    typed = _add_typed(c, after)
    _compare_stands(c, before, after, refs, merged=merged, typed=typed)


def _leftover(c: Comparison) -> str:
    return next((s.id for s in c.event.arrangement.sections if s.title_source == "none"), LEFTOVER)


def _walk(c: Comparison, blocks: Sequence[ReadBlock], *, edited: bool) -> Walk:
    labels = c.labels
    walk = Walk([], [], [], {})
    chapters = {squeeze(labels.problems_and_actions), squeeze(labels.what_people_said)}
    loose: dict[str, Kind | None] = {
        labels.quotes: "quote",
        labels.what_works: "strength",
        labels.questions: "question",
        labels.ideas: "idea",
        labels.other_points: "other",
        labels.other_problems: None,
    }
    parts: dict[str, Kind] = {
        labels.actions: "action",
        labels.what_works: "strength",
        labels.quotes: "quote",
        labels.ideas: "idea",
        labels.questions: "question",
        labels.also_said: "other",
    }
    inside, section, kind, lead = False, _leftover(c), None, False
    given: Kind | None = None
    for k, block in enumerate(blocks):
        if block.table >= 0:
            continue
        old = c.matching.old_of.get(k) if edited else k
        text = squeeze(c.old[old].text if old is not None else block.text)
        if block.level == 1:
            if old is not None:
                inside = text in chapters
                section, kind = _leftover(c), None
            continue
        if not inside:
            continue
        if block.level == 2:
            section, kind = _section_at(c, block, old, text=text, loose=loose, edited=edited)
            given = kind
            if section != _leftover(c) or text not in loose:
                walk.sections.append(section)
                walk.titles[section] = (k, squeeze(block.text))
            continue
        if block.level >= 3:
            # a heading that the writer typed says nothing of kinds
            kind = parts.get(text, kind)
            given = kind
            continue
        lead = is_sentence(c, block)
        if lead and not block.listed:
            given = "problem" if given is None else given
        here = pieces(block, c.names, CHAPTER)
        ids = [note_id for note_id, _ in here]
        if edited and not ids and old is not None:
            ids = [note_id for note_id, _ in pieces(c.old[old], c.names, CHAPTER)]
        said = "problem" if lead else _kind_of_style(block, kind) or (given if not lead else None)
        walk.stands += [Stand(i, section, said) for i in dict.fromkeys(ids)]
        if edited and old is None and block.listed:
            note_id = own_id("note", c.base.document_id, squeeze(block.text), section)
            said = kind or _kind_before(c, walk, section) or said
            walk.typed.append(Typed(k, note_id, section, said))
            walk.stands.append(Stand(note_id, section, said))
    walk.sections = list(dict.fromkeys(walk.sections))
    return walk


def _section_at(
    c: Comparison, block: ReadBlock, old: int | None, *, text: str, loose: dict[str, Kind | None], edited: bool
) -> tuple[str, Kind | None]:
    """The section that a heading of level 2 opens, and the kind of what stands under it."""
    for mark in (*block.marks, *(c.old[old].marks if old is not None else ())):
        if mark.name in c.names.sections:
            return c.names.sections[mark.name], None
    if text in loose:
        return _leftover(c), loose[text]
    return (own_id("section", c.base.document_id, squeeze(block.text)) if edited else LEFTOVER), None


def _kind_before(c: Comparison, walk: Walk, section_id: str) -> Kind | None:
    """The kind of the point above in its section: who presses Enter behind an action types another one."""
    above = walk.stands[-1] if walk.stands and walk.stands[-1].section_id == section_id else None
    if above is None or above.kind is not None:
        return above.kind if above else None
    return next((p.kind for p in c.event.arrangement.placements if p.note_id == above.note_id), None)


def _kind_of_style(block: ReadBlock, kind: Kind | None) -> Kind | None:
    if kind is not None:
        return kind
    return "action" if block.style.startswith("action") else "quote" if block.style == "quote" else None


def _compare_titles(c: Comparison, before: Walk, after: Walk, refs: dict[str, SectionRef]) -> None:
    for section_id in before.sections:
        if section_id not in after.titles:
            continue
        was, now = before.titles[section_id][1], after.titles[section_id][1]
        if was == now:
            continue
        section = next((s for s in c.event.arrangement.sections if s.id == section_id), None)
        key = f"title:{section_id}"
        c.add(TitleEdit(section=refs[section_id], title=now, base=c.program_says(key, section.title if section else was)))
        note = find_note(c.event, section.title_note_id or "") if section else None
        if note is not None and is_correction(was, now) and same_text(was.casefold(), " ".join(note.text.split()).casefold()):
            # a slip in the participants' own heading was put right: their sheet says so too
            c.add(WordingEdit(note_id=note.id, text=carry_words(note.text, was, now), base=c.note_text(note.id)))


def _find_merged(c: Comparison, before: Walk, after: Walk, refs: dict[str, SectionRef]) -> set[str]:
    """Sections whose heading was taken out and whose notes stand under another one now."""
    merged: set[str] = set()
    now = {s.note_id: s.section_id for s in after.stands}
    for section_id in before.sections:
        if section_id in after.titles:
            continue
        homes = Counter(now[s.note_id] for s in before.stands if s.section_id == section_id and s.note_id in now)
        if homes:
            into = homes.most_common(1)[0][0]
            ref = refs.get(into) or refer_to(c.event, into)
            c.add(SectionMerge(section=refs[section_id], into=ref))
            merged.add(section_id)
    return merged


def _compare_order(c: Comparison, before: Walk, after: Walk, refs: dict[str, SectionRef]) -> None:
    old = [s for s in before.sections if s in after.titles]
    new = [s for s in after.sections if s in refs]
    if [s for s in new if s in old] != old or any(s not in old for s in new):
        c.add(OrderEdit(sections=tuple(refs[s] for s in new)))


def _add_typed(c: Comparison, after: Walk) -> set[str]:
    """New points become notes; one that says what a note said that was set aside brings that one back."""
    aside = {
        squeeze(note.text).casefold(): note.id
        for note in c.event.notes
        if any(p.note_id == note.id and p.fate == "set aside" for p in c.event.arrangement.placements)
    }
    added: set[str] = set()
    for typed in after.typed:
        block = c.new[typed.block]
        words = own_words(block, c.labels)
        c.handled.add(typed.block)
        if not words:
            continue
        old = aside.get(words.casefold())
        if old is not None:
            c.add(FateEdit(note_id=old, fate="reported", base="set aside"))
            c.add(MoveEdit(note_id=old, section=refer_to(c.event, typed.section_id)))
            continue
        owner, due = read_duties(block.text, c.labels)
        owners = tuple(name.strip() for name in owner.split(",") if name.strip()) or None
        c.add(AddedNote(note_id=typed.note_id, text=words, kind=typed.kind or "other", owners=owners, due=due or None))
        added.add(typed.note_id)
    return added


def _compare_stands(c: Comparison, before: Walk, after: Walk, refs: dict[str, SectionRef], *, merged: set[str], typed: set[str]) -> None:
    was = {s.note_id: s for s in reversed(before.stands)}
    into = {e.section.id: e.into.id for e in c.edits if isinstance(e, SectionMerge)}
    moved = {i for i in typed if any(s.note_id == i for s in after.stands)}
    groups: dict[tuple[str, Kind | None], list[str]] = defaultdict(list)
    last: dict[str, list[str]] = defaultdict(list)
    for stand in after.stands:
        old = was.get(stand.note_id)
        if old is None:
            if stand.note_id not in typed and find_note(c.event, stand.note_id) is not None:
                moved.add(stand.note_id)
        elif into.get(old.section_id, old.section_id) != stand.section_id:
            moved.add(stand.note_id)
        elif old.section_id not in merged:
            groups[stand.section_id, stand.kind].append(stand.note_id)
        if old is not None and stand.kind is not None and stand.kind != old.kind:
            _change_kind(c, stand, old)
        last[stand.section_id].append(stand.note_id)
    order = {s.note_id: k for k, s in enumerate(before.stands)}
    for ids in groups.values():
        moved |= _out_of_order([i for i in ids if i in order], order)
    first = {s.note_id: s for s in reversed(after.stands)}
    for section_id, ids in last.items():
        for k, note_id in enumerate(ids):
            if note_id in moved:
                same = [i for i in ids[:k] if first[i].kind == first[note_id].kind]
                ref = refs.get(section_id) or refer_to(c.event, section_id)
                base = was[note_id].section_id if note_id in was else None
                c.add(MoveEdit(note_id=note_id, section=ref, after=same[-1] if same else "", base=base))


def _change_kind(c: Comparison, stand: Stand, old: Stand) -> None:
    """A point that stands in another part now is of that part's kind."""
    placement = next((p for p in c.event.arrangement.placements if p.note_id == stand.note_id), None)
    if placement is None or stand.kind is None or placement.kind == stand.kind:
        return
    if old.kind is None and old.section_id == stand.section_id:
        return
    earlier = c.before.get(f"kind:{stand.note_id}")
    base = earlier.base if isinstance(earlier, KindEdit) else placement.kind
    c.add(KindEdit(note_id=stand.note_id, kind=stand.kind, base=base))


def _out_of_order(ids: list[str], order: dict[str, int]) -> set[str]:
    """The fewest that must have been moved: all but a longest run that kept its order."""
    tails: list[int] = []
    chains: list[list[str]] = []
    for note_id in ids:
        k = bisect_left(tails, order[note_id])
        chain = [*(chains[k - 1] if k else []), note_id]
        if k == len(tails):
            tails.append(order[note_id])
            chains.append(chain)
        else:
            tails[k], chains[k] = order[note_id], chain
    return set(ids) - set(chains[-1] if chains else [])
