"""Edits of the order of things in an edited report: sections renamed, made, merged, sorted; notes moved, made another kind, typed anew."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from digitise.corrections import (
    AddedNote,
    ChapterEdit,
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
from digitise.model import Chapter, Kind
from digitise.report.docx_changes_notes import CHAPTER, is_sentence
from digitise.report.docx_comparison import Comparison, own_words, pieces, read_duties
from digitise.report.docx_matching import squeeze
from digitise.report.docx_names import find_note, refer_to
from digitise.report.docx_reading import ReadBlock

LEFTOVER = "sec-other"
Region = tuple[str, str, str]
"""A part of a section: its id, the nearest heading as the program wrote it, and how points are printed there."""
Kinds = dict[Region, Kind | None]


@dataclass(frozen=True)
class Stand:
    """Where a note is printed in the chapters."""

    note_id: str
    section_id: str
    region: Region


@dataclass(frozen=True)
class Typed:
    """A point that is new in the chapters."""

    block: int
    note_id: str
    section_id: str
    region: Region


@dataclass
class Walk:
    """One reading of the chapters from top to bottom."""

    stands: list[Stand]
    typed: list[Typed]
    sections: list[str]
    """Ids in order; new ones are a person's."""
    titles: dict[str, tuple[int, str]]
    """Section id -> block and words of its heading."""
    chapters: dict[str, Chapter]


def part_heads(c: Comparison) -> tuple[str, ...]:
    """Headings inside a section that come and go with the points under them."""
    labels = c.labels
    return (labels.actions, labels.what_works, labels.quotes, labels.ideas, labels.questions, labels.also_said)


def find_section_changes(c: Comparison) -> None:
    before, after = _walk(c, c.old, edited=False), _walk(c, c.new, edited=True)
    after = _know_again(before, after)
    refs = {s: refer_to(c.event, s) for s in before.sections}
    for section_id in after.sections:
        if section_id not in refs:
            title = after.titles[section_id][1]
            refs[section_id] = SectionRef(
                id=section_id, title=title, note_ids=tuple(s.note_id for s in after.stands if s.section_id == section_id)
            )
            c.add(NewSection(section_id=section_id, title=title, chapter=after.chapters[section_id]))
        elif after.chapters[section_id] != before.chapters[section_id]:
            c.add(ChapterEdit(section=refs[section_id], chapter=after.chapters[section_id], base=before.chapters[section_id]))
    _compare_titles(c, before, after, refs)
    _find_merged(c, before, after, refs)
    _compare_order(c, before, after, refs)
    kinds = _learn_kinds(c, before)
    typed = _add_typed(c, after, kinds)
    _compare_stands(c, before, after, refs, kinds=kinds, typed=typed)


def _know_again(before: Walk, after: Walk) -> Walk:
    """A section whose heading was typed anew, without its bookmark: most of its points stand under a heading that is new."""
    now = {s.note_id: s.section_id for s in after.stands}
    names: dict[str, str] = {}
    for section_id in before.sections:
        points = [now[s.note_id] for s in before.stands if s.section_id == section_id and s.note_id in now]
        home, count = Counter(points).most_common(1)[0] if points else ("", 0)
        if section_id not in after.titles and home in after.titles and home not in before.titles and 2 * count > len(points):
            names.setdefault(home, section_id)
    return Walk(
        stands=[Stand(s.note_id, names.get(s.section_id, s.section_id), _rename(s.region, names)) for s in after.stands],
        typed=[Typed(t.block, t.note_id, names.get(t.section_id, t.section_id), _rename(t.region, names)) for t in after.typed],
        sections=[names.get(s, s) for s in after.sections],
        titles={names.get(s, s): title for s, title in after.titles.items()},
        chapters={names.get(s, s): chapter for s, chapter in after.chapters.items()},
    )


def _rename(region: Region, names: dict[str, str]) -> Region:
    return (names.get(region[0], region[0]), *region[1:])


def _leftover(c: Comparison) -> str:
    return next((s.id for s in c.event.arrangement.sections if s.title_source == "none"), LEFTOVER)


def _walk(c: Comparison, blocks: Sequence[ReadBlock], *, edited: bool) -> Walk:
    walk = Walk([], [], [], {}, {})
    labels = c.labels
    chapters: dict[str, Chapter] = {labels.problems_and_actions: "problems", labels.what_people_said: "said", labels.other_points: "other"}
    inside: Chapter | None = None
    section, head = _leftover(c), ""
    for k, block in enumerate(blocks):
        if block.table >= 0:
            continue
        old = c.matching.old_of.get(k) if edited else k
        text = squeeze(c.old[old].text if old is not None else block.text)
        if block.level == 1:
            if old is not None:
                inside = chapters.get(text)
                section, head = _leftover(c), text
        elif inside and block.level == 2:
            section, head = _section_at(c, block, old, text=text, edited=edited), text
            if section != _leftover(c):
                head = ""
                walk.chapters[section] = inside
                walk.sections.append(section)
                walk.titles[section] = (k, squeeze(block.text))
        elif inside and block.level:
            # a heading that the writer typed says nothing of kinds
            head = text if old is not None or text in part_heads(c) else head
        elif inside:
            _walk_points(c, walk, block, k=k, old=old, region=(section, head, _manner(c, block)), edited=edited)
    walk.sections = list(dict.fromkeys(walk.sections))
    return walk


def _manner(c: Comparison, block: ReadBlock) -> str:
    """How a block prints its notes; points of one kind are printed alike."""
    if is_sentence(c, block):
        return "sentence"
    return "action" if block.style.startswith("action") else "quote" if "quote" in block.style else "list" if block.listed else "plain"


def _walk_points(c: Comparison, walk: Walk, block: ReadBlock, *, k: int, old: int | None, region: Region, edited: bool) -> None:
    ids = [note_id for note_id, _ in pieces(block, c.names, CHAPTER)]
    if edited and not ids and old is not None:
        ids = [note_id for note_id, _ in pieces(c.old[old], c.names, CHAPTER)]
    walk.stands += [Stand(i, region[0], region) for i in dict.fromkeys(ids)]
    if edited and old is None and block.listed:
        note_id = own_id("note", c.base.document_id, squeeze(block.text), region[0])
        walk.typed.append(Typed(k, note_id, region[0], region))
        walk.stands.append(Stand(note_id, region[0], region))


def _learn_kinds(c: Comparison, before: Walk) -> dict[Region, Kind | None]:
    """The kind of what was printed in each region: where all is of one."""
    kinds = {p.note_id: p.kind for p in c.event.arrangement.placements}
    found: dict[Region, set[Kind]] = defaultdict(set)
    for stand in before.stands:
        found[stand.region].add(kinds.get(stand.note_id, "other"))
    return {region: next(iter(known)) if len(known) == 1 else None for region, known in found.items()}


def _kind_of(c: Comparison, region: Region, kinds: dict[Region, Kind | None]) -> Kind | None:
    """The kind that a place in the report gives to what is put there; None where it gives none."""
    return kinds[region] if region in kinds else _kind_by_head(c).get(region[1]) or _KIND_BY_MANNER.get(region[2])


_KIND_BY_MANNER: dict[str, Kind] = {"action": "action", "quote": "quote", "sentence": "problem"}


def _kind_by_head(c: Comparison) -> dict[str, Kind]:
    labels = c.labels
    return {
        labels.actions: "action",
        labels.what_works: "strength",
        labels.quotes: "quote",
        labels.ideas: "idea",
        labels.questions: "question",
    }


def _kind_where_moved(c: Comparison, was: Region, now: Region, kinds: dict[Region, Kind | None]) -> Kind | None:
    """The kind of a point that was moved. Within a section points stand by kind; another section changes it only by what its heading
    names: under 'What already works' all is a strength, under 'Transport' a problem is still one."""
    if was[0] == now[0] or now[0] == _leftover(c):
        return _kind_of(c, now, kinds)
    section = next((s for s in c.event.arrangement.sections if s.id == now[0]), None)
    named = section and section.title_source == "written" and (section.kind or _kind_by_head(c).get(section.title))
    by_section = named if named and not now[1] and now[2] != "action" else None
    return _kind_by_head(c).get(now[1]) or by_section or _KIND_BY_MANNER.get(now[2])


def _section_at(c: Comparison, block: ReadBlock, old: int | None, *, text: str, edited: bool) -> str:
    """The section that a heading of level 2 opens."""
    for mark in (*block.marks, *(c.old[old].marks if old is not None else ())):
        if mark.name in c.names.sections:
            return c.names.sections[mark.name]
    if old is not None or not edited:
        # one of the program's own, above points that belong to no theme
        return _leftover(c)
    return own_id("section", c.base.document_id, text)


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


def _find_merged(c: Comparison, before: Walk, after: Walk, refs: dict[str, SectionRef]) -> None:
    """Sections whose heading was taken out and whose notes stand under another one now."""
    now = {s.note_id: s.section_id for s in after.stands}
    for section_id in before.sections:
        if section_id in after.titles:
            continue
        homes = Counter(now[s.note_id] for s in before.stands if s.section_id == section_id and s.note_id in now)
        if homes:
            into = homes.most_common(1)[0][0]
            ref = refs.get(into) or refer_to(c.event, into)
            c.add(SectionMerge(section=refs[section_id], into=ref))


def _compare_order(c: Comparison, before: Walk, after: Walk, refs: dict[str, SectionRef]) -> None:
    old = [s for s in before.sections if s in after.titles]
    new = [s for s in after.sections if s in refs]
    if [s for s in new if s in old] != old or any(s not in old for s in new):
        c.add(OrderEdit(sections=tuple(refs[s] for s in new)))


def _add_typed(c: Comparison, after: Walk, kinds: dict[Region, Kind | None]) -> set[str]:
    """New points become notes; one that says what a note said that was set aside brings that one back."""
    out = {p.note_id for p in c.event.arrangement.placements if p.fate == "set aside"}
    aside = {squeeze(note.text).casefold(): note.id for note in c.event.notes if note.id in out}
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
        kind = _kind_of(c, typed.region, kinds) or _kind_above(c, after, typed) or "other"
        owner, due = read_duties(block.text, c.labels)
        owners = tuple(name.strip() for name in owner.split(",") if name.strip()) or None
        c.add(AddedNote(note_id=typed.note_id, text=words, kind=kind, owners=owners, due=due or None))
        added.add(typed.note_id)
    return added


def _kind_above(c: Comparison, walk: Walk, typed: Typed) -> Kind | None:
    """The kind of the point above in its region: who presses Enter behind an action types another one."""
    at = next(k for k, stand in enumerate(walk.stands) if stand.note_id == typed.note_id)
    above = walk.stands[at - 1] if at else None
    if above is None or above.region != typed.region:
        return None
    return next((p.kind for p in c.event.arrangement.placements if p.note_id == above.note_id), None)


def _compare_stands(c: Comparison, before: Walk, after: Walk, refs: dict[str, SectionRef], *, kinds: Kinds, typed: set[str]) -> None:
    was = {s.note_id: s for s in reversed(before.stands)}
    columns = _learn_columns(c, before)
    merged = {e.section.id: e.into.id for e in c.edits if isinstance(e, SectionMerge)}
    is_kind: dict[str, Kind] = {p.note_id: p.kind for p in c.event.arrangement.placements}
    is_kind |= {e.note_id: e.kind for e in c.edits if isinstance(e, AddedNote)}
    moved = {i for i in typed if any(s.note_id == i for s in after.stands)}
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    last: dict[str, list[Stand]] = defaultdict(list)
    for at, stand in enumerate(after.stands):
        old = was.get(stand.note_id)
        if old is None:
            if stand.note_id not in typed and find_note(c.event, stand.note_id) is not None:
                moved.add(stand.note_id)
        elif merged.get(old.section_id, old.section_id) != stand.section_id:
            moved.add(stand.note_id)
        elif old.section_id not in merged:
            if columns.get(old.region[:2]) != columns.get(stand.region[:2]):
                moved.add(stand.note_id)
            # in a column all stands in its order, else points of one kind among each other
            groups[stand.region[:2] if stand.region[:2] in columns else stand.region].append(stand.note_id)
        if old is not None and old.region != stand.region:
            told = {} if stand.region[:2] in columns else kinds  # a column holds points of all kinds, each with its name
            kind = _kind_among(after.stands, at, is_kind) or _kind_where_moved(c, old.region, stand.region, told)
            if kind is not None and kind != is_kind.get(stand.note_id):
                _change_kind(c, stand.note_id, kind)
                is_kind[stand.note_id] = kind
                moved.add(stand.note_id)
        last[stand.section_id].append(stand)
    order = {s.note_id: k for k, s in enumerate(before.stands)}
    for ids in groups.values():
        moved |= _out_of_order([i for i in ids if i in order], order)
    for section_id, stands in last.items():
        for k, stand in enumerate(stands):
            if stand.note_id in moved:
                column = columns.get(stand.region[:2], "")
                near = [s.note_id for s in stands[:k] if columns.get(s.region[:2], "") == column]
                same = near if column else [i for i in near if is_kind.get(i) == is_kind.get(stand.note_id)]
                ref = refs.get(section_id) or refer_to(c.event, section_id)
                base = was[stand.note_id].section_id if stand.note_id in was else None
                c.add(MoveEdit(note_id=stand.note_id, section=ref, after=same[-1] if same else column, base=base))


def _learn_columns(c: Comparison, before: Walk) -> dict[tuple[str, ...], str]:
    """Section and heading of each column of a plan -> the note of that heading."""
    heads = {(s.id, i): part.title_note_id for s in c.event.arrangement.sections for part in s.parts for i in part.note_ids}
    found: dict[tuple[str, ...], str] = {}
    for stand in before.stands:
        if (stand.section_id, stand.note_id) in heads:
            found.setdefault(stand.region[:2], heads[stand.section_id, stand.note_id])
    return found


def _kind_among(stands: Sequence[Stand], at: int, is_kind: Mapping[str, Kind]) -> Kind | None:
    """The kind of the points before and behind one, where both are printed alike, and it is not: it was put among them."""
    if not 0 < at < len(stands) - 1:
        return None
    above, stand, below = stands[at - 1 : at + 2]
    if above.region != below.region or above.region == stand.region or above.region[:2] != stand.region[:2]:
        return None
    return is_kind.get(above.note_id) if is_kind.get(above.note_id) == is_kind.get(below.note_id) else None


def _change_kind(c: Comparison, note_id: str, kind: Kind) -> None:
    """A point that was put into another part is of that part's kind."""
    placement = next((p for p in c.event.arrangement.placements if p.note_id == note_id), None)
    if placement is None:
        return
    earlier = c.before.get(f"kind:{note_id}")
    c.add(KindEdit(note_id=note_id, kind=kind, base=earlier.base if isinstance(earlier, KindEdit) else placement.kind))


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
