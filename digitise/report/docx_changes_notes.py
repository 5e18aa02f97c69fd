"""Edits of notes in an edited report: words, owners, dates, split and joined notes, notes taken out. The chapters count before the
register, and that before the photo record; what two prints of a note say differently is listed."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from digitise.corrections import DueEdit, FateEdit, JoinEdit, KindEdit, OwnersEdit, SplitEdit, WordingEdit
from digitise.corrections.words import carry_words, is_correction, is_recased, same_text
from digitise.report.bilingual import say_in
from digitise.report.docx_comparison import Comparison, decorations, kind_name, own_words, pieces, quoted_words, read_duties, without_links
from digitise.report.docx_matching import squeeze
from digitise.report.docx_names import find_note
from digitise.report.docx_reading import ReadBlock

CHAPTER, REGISTER, RECORD = "n", "t", "rdu"


@dataclass
class Print:
    """One printing of a note: its words when it was written and as they are now, part by part where it was split."""

    name: str
    old: str
    new: list[str] = field(default_factory=list)
    untried: bool = False
    """Where it went was not looked for."""


def find_note_changes(c: Comparison) -> None:
    prints = {places: _find_prints(c, places) for places in (CHAPTER, REGISTER, RECORD)}
    joined = _find_joined(c)
    note_ids = list(dict.fromkeys(i for found in prints.values() for i in found))
    for note_id in note_ids:
        if note_id not in joined:
            _compare_prints(c, note_id, [prints[places].get(note_id, []) for places in (CHAPTER, REGISTER, RECORD)])
    _compare_chapter_duties(c)
    _compare_kind_names(c)
    _list_words_between(c)


def _compare_kind_names(c: Comparison) -> None:
    """'Idea: ' before a point that was changed to 'Action: '."""
    for j, i in c.matching.old_of.items():
        here = pieces(c.old[i], c.names, CHAPTER)
        before, after = kind_name(c.old[i], c.labels), kind_name(c.new[j], c.labels)
        if len(here) == 1 and before and after and before != after:
            c.add(KindEdit(note_id=here[0][0], kind=after, base=before))


def _list_words_between(c: Comparison) -> None:
    """Words typed into a sentence that gathers notes, outside of all quotation marks: the next report makes that sentence anew."""
    for j, i in c.matching.old_of.items():
        old, new = c.old[i], c.new[j]
        if pieces(old, c.names, CHAPTER) and is_sentence(c, old):
            before, after = (re.sub(r"“[^”]*”", "", decorations(c.labels).sub("", without_links(b))) for b in (old, new))
            if re.findall(r"\w+", before) != re.findall(r"\w+", after) and squeeze(new.text) != squeeze(old.text):
                typed = [w for w in after.split() if w not in before.split()]
                c.list(" ".join(typed) or squeeze(after), where=squeeze(old.text)[:100])


def is_sentence(c: Comparison, block: ReadBlock) -> bool:
    """Whether a block gathers notes in one sentence."""
    return squeeze(block.text).startswith(c.labels.what_was_said.strip())


def is_heading_print(block: ReadBlock) -> bool:
    return block.level > 0


def _words_in(c: Comparison, block: ReadBlock, found: list[tuple[str, object]], name: str) -> str:
    mark = block.mark(name)
    if mark is not None and (len(found) > 1 or is_sentence(c, block)):
        return quoted_words(block, mark, [m for m in block.marks if m.name != name and c.names.note_at(m.name, "nrtdu")])
    return own_words(block, c.labels)


def _find_prints(c: Comparison, places: str) -> dict[str, list[Print]]:
    """Note id -> its prints at some places. Headings are not among them: they are titles of sections."""
    found: dict[str, list[Print]] = defaultdict(list)
    parts = _parts_of_marks(c, places)
    for i, block in enumerate(c.old):
        if is_heading_print(block) or i in c.dropped:
            continue
        here = pieces(block, c.names, places)
        for note_id, mark in here:
            entry = Print(mark.name, _words_in(c, block, list(here), mark.name), parts.get(mark.name, []))
            matched = [j for j, old in c.matching.old_of.items() if old == i]
            if not entry.new and len(here) == 1 and matched:
                # the bookmark was lost, the paragraph is known by its links, words or place
                entry.new = [own_words(c.new[j], c.labels) for j in matched]
            entry.untried = i in c.matching.untried
            found[note_id].append(entry)
    return found


def _parts_of_marks(c: Comparison, places: str) -> dict[str, list[str]]:
    """Bookmark -> the words of the paragraphs over which it now goes."""
    parts: dict[str, list[str]] = defaultdict(list)
    for block in c.new:
        here = pieces(block, c.names, places)
        for _, mark in here:
            words = _words_in(c, block, list(here), mark.name)
            if words and not is_heading_print(block):
                parts[mark.name].append(words)
    return parts


def _find_joined(c: Comparison) -> set[str]:
    """Notes that had a paragraph each and now share one."""
    homes = {mark.name: i for i, block in enumerate(c.old) for _, mark in pieces(block, c.names, CHAPTER)}
    joined: set[str] = set()
    for block in c.new:
        here = pieces(block, c.names, CHAPTER)
        alone = [(n, m) for n, m in here if m.name in homes and len(pieces(c.old[homes[m.name]], c.names, CHAPTER)) == 1]
        ids = list(dict.fromkeys(n for n, _ in alone))
        if len(ids) < 2 or len(alone) != len(here) or is_sentence(c, block) or block.level:
            continue
        first, *others = ids
        base = " / ".join(note.text for i in ids if (note := find_note(c.event, i)))
        c.add(JoinEdit(note_id=first, others=tuple(others), text=own_words(block, c.labels), base=base))
        c.touched.update(others)
        joined.update(ids)
    return joined


def _compare_prints(c: Comparison, note_id: str, prints: list[list[Print]]) -> None:
    chapter, register, record = prints
    leading = chapter or register or record
    if all(not p.new for p in leading):
        _note_is_out(c, note_id, prints)
        return
    # rows of the register are told by find_register_changes
    _list_missing_prints(c, note_id, [] if leading is register else leading, [] if leading is record else record)
    changed = [(p, p.new[0]) for p in (*chapter, *register, *record) if len(p.new) == 1 and not same_text(p.old, p.new[0])]
    split = next((p for p in (*chapter, *record) if len(p.new) > 1), None)
    if split is not None:
        c.add(SplitEdit(note_id=note_id, parts=tuple(split.new), base=c.note_text(note_id)))
        return
    if not changed:
        return
    first, words = changed[0]
    _reword(c, note_id, first, words, actions=len({p.name for p in chapter}))
    report_wording = {e.of for e in c.edits if isinstance(e, WordingEdit) and e.note_id == note_id} == {"report"}
    for other, said in changed[1:]:
        if first.name[0] != "r" and other.name[0] in RECORD and report_wording:
            # the chapter says it otherwise, and the record was put right: there is room for both
            _reword(c, note_id, other, said, actions=1)
        elif squeeze(said).casefold().strip(".") != squeeze(words).casefold().strip("."):
            c.list(said, where=other.old, other=words, conflict=True, note_id=note_id)


def _note_is_out(c: Comparison, note_id: str, prints: list[list[Print]]) -> None:
    """A note whose leading print is gone is set aside, unless it was edited elsewhere: then both is said; or it may stand elsewhere: then
    it stays, and that is said."""
    edited = next(((p, p.new[0]) for found in prints for p in found if len(p.new) == 1 and not same_text(p.old, p.new[0])), None)
    if edited is not None:
        c.list(edited[1], where=edited[0].old, other=edited[0].old, conflict=True, note_id=note_id)
        _reword(c, note_id, *edited, actions=1)
        return
    if any(p.untried for found in prints for p in found):
        _list_missing_prints(c, note_id, prints[0] or prints[1] or prints[2], [])
        return
    fate = next((p.fate for p in c.event.arrangement.placements if p.note_id == note_id), "reported")
    c.add(FateEdit(note_id=note_id, fate="set aside", base=fate))


def _list_missing_prints(c: Comparison, note_id: str, leading: list[Print], others: list[Print]) -> None:
    gone = [p for p in (*leading, *others) if not p.new]
    for p in gone:
        c.list(f"– {p.old}", where=p.old, other=p.old, note_id=note_id)


def _reword(c: Comparison, note_id: str, p: Print, words: str, *, actions: int) -> None:
    note = find_note(c.event, note_id)
    if note is None:
        return
    base = c.note_text(note_id)
    on_sheet = note.written or note.text
    if p.name[0] in RECORD:
        c.add(WordingEdit(note_id=note_id, of="sheet", text=carry_words(on_sheet, p.old, words), base=base))
        return
    if actions > 1:
        # one of several actions of a note: its words stand within the note's
        if p.old not in " ".join(note.text.split()):
            c.list(words, where=p.old, other=p.old, note_id=note_id)
            return
        words = " ".join(note.text.split()).replace(p.old, words, 1)
    if note.by == "person" and note.written is None:
        c.add(WordingEdit(note_id=note_id, of="sheet", text=words, base=base))
    elif note.written is None and is_correction(p.old, words, [w.text for w in note.doubtful]):
        carried = carry_words(note.text, p.old, words)
        recased = is_recased(p.old, words, carried)
        if not (recased and same_text(carried, note.text)):
            c.add(WordingEdit(note_id=note_id, of="sheet", text=carried, base=base))
        if recased:
            # the sheet keeps its marker capitals, which would be set in sentence case again
            c.add(WordingEdit(note_id=note_id, of="report", text=words, base=base))
    else:
        c.add(WordingEdit(note_id=note_id, of="report", text=words, base=base))


def reword_row(c: Comparison, note_id: str, was: str, now: str) -> None:
    """An action's words in the register, where they are not the ones that its chapter was given."""
    known = next((e for e in c.edits if isinstance(e, WordingEdit | SplitEdit | JoinEdit) and e.note_id == note_id), None)
    if known is None and now:
        _reword(c, note_id, Print("t_", was, [now]), now, actions=1)
    elif now and squeeze(now).casefold() not in " ".join(getattr(known, "parts", (getattr(known, "text", ""),))).casefold():
        c.list(now, where=was, other=getattr(known, "text", ""), conflict=True, note_id=note_id)


def _compare_chapter_duties(c: Comparison) -> None:
    """Owner and date behind an action's words in its chapter."""
    for j, i in c.matching.old_of.items():
        here = pieces(c.old[i], c.names, CHAPTER)
        if len(here) != 1 or c.old[i].table >= 0 or c.old[i].level:
            continue
        note_id = here[0][0]
        before, after = read_duties(c.old[i].text, c.labels), read_duties(c.new[j].text, c.labels)
        if before[0] != after[0]:
            set_owners(c, note_id, after[0], printed=before[0])
        if before[1] != after[1]:
            set_due(c, note_id, after[1], printed=before[1])


def set_owners(c: Comparison, note_id: str, owners: str, printed: str) -> None:
    names = tuple(name.strip() for name in owners.replace(";", ",").split(",") if name.strip())
    action = next((a for a in c.event.arrangement.actions if a.note_id == note_id), None)
    had = action.owners if action else ()
    # the chapter's brackets name only those whom the wording does not
    unsaid = tuple(name.strip() for name in printed.split(",") if name.strip())
    kept = tuple(o for o in had if len(unsaid) < len(had) and squeeze(o).casefold() not in {u.casefold() for u in unsaid}) if unsaid else ()
    earlier = c.before.get(f"owners:{note_id}")
    base = earlier.base if isinstance(earlier, OwnersEdit) else had
    edit = OwnersEdit(note_id=note_id, owners=tuple(dict.fromkeys((*kept, *names))), base=base)
    _add_duty(c, edit)


def set_due(c: Comparison, note_id: str, due: str, printed: str) -> None:
    action = next((a for a in c.event.arrangement.actions if a.note_id == note_id), None)
    had = action.due if action else None
    due, printed = _changed_side(due, printed, say_in(c.labels.due, 1))
    wording, bracket, day = due.partition(" (")
    # 'by end of March (31 March 2026)': where only the wording was changed, the day no longer belongs to it
    if bracket and printed.endswith(f"({day}") and not printed.startswith(wording):
        due = wording
    earlier = c.before.get(f"due:{note_id}")
    base = earlier.base if isinstance(earlier, DueEdit) else had
    edit = DueEdit(note_id=note_id, due=due or None, base=base)
    _add_duty(c, edit)


def _changed_side(text: str, printed: str, second: str) -> tuple[str, str]:
    """Of 'A / Due: B', a date in two languages, the one that was changed, and what it was."""
    sides, before = (words.split(f" / {second}: ") for words in (text, printed))
    if len(sides) != 2 or len(before) != 2:
        return text, printed
    return (sides[1], before[1]) if sides[0] == before[0] else (sides[0], before[0])


def _add_duty(c: Comparison, edit: OwnersEdit | DueEdit) -> None:
    """Add an edit, or list it where another print of the same action says something else."""
    known = next((e for e in c.edits if type(e) is type(edit) and e.subject == edit.subject), None)
    if isinstance(known, OwnersEdit | DueEdit) and _say_duty(known) != _say_duty(edit):
        note = find_note(c.event, edit.note_id)
        c.list(_say_duty(edit), where=note.text if note else edit.note_id, other=_say_duty(known), conflict=True, note_id=edit.note_id)
        return
    c.add(edit)


def _say_duty(edit: OwnersEdit | DueEdit) -> str:
    return (", ".join(edit.owners) if isinstance(edit, OwnersEdit) else edit.due) or "–"
