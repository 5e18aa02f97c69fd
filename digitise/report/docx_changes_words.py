"""Edits of all that is no note in an edited report: the title block, the program's own sentences, paragraphs of the writer's, tables."""

from __future__ import annotations

import re

from digitise.corrections import (
    AddedNote,
    Edit,
    FateEdit,
    InfoEdit,
    MoveEdit,
    NewSection,
    ParagraphEdit,
    PassageEdit,
    SectionRef,
    TitleEdit,
    own_id,
)
from digitise.corrections.applying import print_info
from digitise.edits_model import OwnRun, ParagraphStyle
from digitise.report.bilingual import join_sides
from digitise.report.docx_changes_notes import reword_row, set_due, set_owners
from digitise.report.docx_changes_sections import part_heads
from digitise.report.docx_comparison import Comparison, pieces
from digitise.report.docx_matching import squeeze
from digitise.report.docx_names import refer_to
from digitise.report.docx_reading import ReadBlock
from digitise.report.draft import anchor_name
from digitise.report.wording import clean_text

_CAPTION = re.compile(r"^\S+\s\d+:\s*")
"""'Figure 3: '; the number is the program's."""


def find_dropped_chapters(c: Comparison) -> None:
    """Chapters that a person took out with their heading: nothing in them is missed one by one."""
    for i, block in enumerate(c.old):
        if block.level != 1 or i not in c.matching.gone:
            continue
        end = next((k for k in range(i + 1, len(c.old)) if c.old[k].level == 1), len(c.old))
        inside = set(range(i, end))
        if inside <= set(c.matching.gone):
            c.dropped |= inside
            c.add(PassageEdit(base=squeeze(block.text), runs=()))


def find_register_changes(c: Comparison) -> None:
    """The table of all actions: words, owners, dates and themes of its rows, rows that were typed or taken out."""
    tables = {block.table for block in c.old if any(mark.name in c.names.actions for mark in block.marks)}
    if not tables:
        return
    table = min(tables)
    homes = {c.new[j].table for j, i in c.matching.old_of.items() if c.old[i].table == table}
    if not homes:
        return
    target = min(homes)
    old, new = _rows(c.old, table), _rows(c.new, target)
    keys = {key: cells for row, cells in old.items() if row and (key := _row_key(c, cells))}
    columns, columns_now = _columns(c, old.get(0, {})), _columns(c, new.get(0, {}))
    c.handled |= {k for k, block in enumerate(c.new) if block.table == target and block.row}
    seen: set[str] = set()
    for row, cells in new.items():
        key = _row_key(c, cells)
        if not row:
            continue
        if key is None or key not in keys:
            _add_row(c, {name: cells.get(column, "") for name, column in columns_now.items()})
            continue
        seen.add(key)
        _compare_row(c, key, _named(keys[key], columns), _named(cells, columns_now))
    out = {e.note_id for e in c.edits if isinstance(e, FateEdit)}
    for key, cells in keys.items():
        if key not in seen and c.names.actions[key] not in out:
            words = squeeze(_text(cells, columns.get("action", 1)))
            c.list(f"– {words}", where=words, other=words, note_id=c.names.actions[key])


def _named(cells: Cells, columns: dict[str, int]) -> dict[str, str]:
    """Texts of a row by what its columns are; those without a name by their number."""
    names = {column: name for name, column in columns.items()}
    return {names.get(column, str(column)): squeeze(_text(cells, column)) for column in cells}


def _compare_row(c: Comparison, key: str, old: dict[str, str], new: dict[str, str]) -> None:
    note_id = c.names.actions[key]
    for name in dict.fromkeys((*old, *new)):
        was, now = old.get(name, ""), new.get(name, "")
        if was == now:
            continue
        if name == "owner":
            set_owners(c, note_id, *("" if text == c.labels.no_owner else text for text in (now, was)))
        elif name == "due":
            set_due(c, note_id, *("" if text == c.labels.no_due else text for text in (now, was)))
        elif name == "action":
            reword_row(c, note_id, was, now)
        elif name == "theme" and (section := _find_section(c, now)) is not None:
            c.add(MoveEdit(note_id=note_id, section=section))
        elif now:
            c.list(now, where=old.get("action", ""), other=was, note_id=note_id)


def _find_section(c: Comparison, title: str) -> SectionRef | None:
    """The section of a title, as the register prints it: its first words may stand for it."""
    known = title.casefold().rstrip("…")
    found = [s for s in c.event.arrangement.sections if known and squeeze(s.title).casefold().startswith(known)]
    return refer_to(c.event, found[0].id) if len(found) == 1 else None


Cells = dict[int, str]


def _rows(blocks: tuple[ReadBlock, ...], table: int) -> dict[int, dict[int, str]]:
    """Row -> column -> text; the marks of a cell are kept behind a zero byte."""
    rows: dict[int, dict[int, str]] = {}
    for block in blocks:
        if block.table == table:
            marks = " ".join(mark.name for mark in (*block.marks, *block.links))
            cell = rows.setdefault(block.row, {}).get(block.column, "")
            rows[block.row][block.column] = f"{cell}{block.text}\0{marks}\0"
    return rows


def _text(cells: Cells, column: int) -> str:
    return " ".join(cells.get(column, "").split("\0")[::2])


def _row_key(c: Comparison, cells: Cells) -> str | None:
    """'a_3': which action a row is about."""
    names = " ".join(" ".join(cell.split("\0")[1::2]) for cell in cells.values()).split()
    known = [name for name in names if name in c.names.actions]
    if known:
        return known[0]
    note_id = next((n for name in names if (n := c.names.note_at(name, "t"))), None)
    return next((key for key, found in c.names.actions.items() if found == note_id), None) if note_id else None


def _columns(c: Comparison, header: Cells) -> dict[str, int]:
    labels = c.labels
    known = {labels.action: "action", labels.owner: "owner", join_sides(labels.due): "due", labels.theme: "theme"}
    return {name: column for column in header if (name := known.get(squeeze(_text(header, column))))}


def _add_row(c: Comparison, cells: dict[str, str]) -> None:
    """An action that was typed into the register."""
    texts = {name: squeeze(" ".join(cell.split("\0")[::2])) for name, cell in cells.items()}
    if not texts.get("action"):
        return
    note_id = own_id("action", c.base.document_id, texts["action"])
    owners = tuple(name.strip() for name in texts.get("owner", "").split(",") if name.strip())
    c.add(AddedNote(note_id=note_id, text=texts["action"], kind="action", owners=owners or None, due=texts.get("due") or None))
    section = _find_section(c, texts.get("theme", ""))
    if section is not None:
        c.add(MoveEdit(note_id=note_id, section=section))


def find_word_changes(c: Comparison) -> None:
    """Everything else, in the order of the document."""
    after: tuple[str, ...] = ("start",)
    section: SectionRef | None = None
    headings: list[str] = []
    count = 0
    for j, block in enumerate(c.new):
        i = c.matching.old_of.get(j)
        if i is None and _is_part(c, block):
            continue
        if i is None and j not in c.handled and block.table < 0 and not _is_section(c, block):
            _add_paragraph(c, block, after=after, section=section, order=count)
            count += 1
            continue
        if i is not None:
            _compare_words(c, i, j, after=after, section=section, order=count)
            if any(mark.name.startswith("w_") for mark in c.old[i].marks):
                count += 1
                continue
        elif block.table >= 0 and j not in c.handled:
            c.list(squeeze(block.text), where=headings[-1] if headings else "")
        if block.table < 0 and block.level:
            section = _section_of(c, block, section)
            headings = [*(headings if block.level > 1 else []), squeeze(block.text)]
        after, count = _places(c, block, j, section, headings) or after, 0
    _find_removed(c)


def _is_section(c: Comparison, block: ReadBlock) -> bool:
    """Whether a heading that was typed is the heading of a section, a new one or one that was renamed."""
    return block.level == 2 and any(isinstance(e, NewSection | TitleEdit) and e.title == squeeze(block.text) for e in c.edits)


def _section_of(c: Comparison, block: ReadBlock, section: SectionRef | None) -> SectionRef | None:
    if block.level == 1:
        return None
    found = next((c.names.sections[m.name] for m in block.marks if m.name in c.names.sections), None)
    if found:
        return refer_to(c.event, found)
    return None if block.level == 2 else section


def _places(c: Comparison, block: ReadBlock, j: int, section: SectionRef | None, headings: list[str]) -> tuple[str, ...]:
    """Names by which the place behind a block is found again, the nearest first."""
    names = [mark.name for mark in block.marks if mark.name[0] in "nrtpfae" and not mark.name.startswith("h_")]
    found = names[-1:]
    new = next((e.note_id for e in c.edits if isinstance(e, AddedNote) and squeeze(e.text) == squeeze(block.text)), None)
    if new is not None:
        found = [anchor_name("n", new)]
    if section is not None:
        found.append(f"section:{section.id}")
    found += [f"section:{e.section_id}" for e in c.edits if isinstance(e, NewSection) and e.title == squeeze(block.text)][:1]
    i = c.matching.old_of.get(j)
    if block.table < 0 and not names and i is not None:
        found.insert(0, f"text:{squeeze(c.old[i].text)}")
    found += [f"text:{text}" for text in reversed(headings)]
    return tuple(dict.fromkeys(found))


def _style(block: ReadBlock) -> ParagraphStyle:
    if block.level:
        return f"heading {min(3, block.level)}"  # type: ignore[return-value]
    return "quote" if "quote" in block.style else "bullet" if block.listed else "body"


def _runs(block: ReadBlock) -> tuple[OwnRun, ...]:
    """A heading is bold by its style."""
    if block.level:
        return (OwnRun(text=block.text.strip()),)
    return tuple(run for run in block.runs if run.text)


def _add_paragraph(c: Comparison, block: ReadBlock, *, after: tuple[str, ...], section: SectionRef | None, order: int) -> None:
    name = own_id("paragraph", c.base.document_id, squeeze(block.text), *after[:1])
    c.add(ParagraphEdit(paragraph_id=name, style=_style(block), runs=_runs(block), after=after, section=section, order=order))


def _compare_words(c: Comparison, i: int, j: int, *, after: tuple[str, ...], section: SectionRef | None, order: int) -> None:
    old, new = c.old[i], c.new[j]
    own = next((mark.name[2:] for mark in old.marks if mark.name[:2] in ("w_", "x_")), None)
    if own is not None and any(mark.name.startswith("w_") for mark in old.marks):
        earlier = c.before.get(f"paragraph:{own}")
        moved = isinstance(earlier, ParagraphEdit) and i in _moved(c)
        if isinstance(earlier, ParagraphEdit) and (squeeze(old.text) != squeeze(new.text) or _shape(old) != _shape(new) or moved):
            place = {"after": after, "section": section, "order": order} if moved else {}
            c.add(earlier.model_copy(update={"runs": _runs(new), "style": _style(new), **place}))
        return
    if squeeze(old.text) == squeeze(new.text) or pieces(old, c.names, "nrtduh"):
        return
    if any(mark.name in c.names.sections or mark.name in c.names.actions for mark in old.marks):
        return
    if old.table >= 0 and "caption" not in old.style:
        if j not in c.handled:
            c.list(squeeze(new.text), where=squeeze(old.text), other=squeeze(old.text))
        return
    c.add(_as_info(c, old, new) or _as_passage(c, i, old, runs=_caption_runs(old, new)))


def _moved(c: Comparison) -> set[int]:
    """Written paragraphs of people that stand elsewhere now: those that come before what they came behind."""
    order = [c.matching.old_of[j] for j in sorted(c.matching.old_of)]
    return {i for k, i in enumerate(order) if (k and order[k - 1] > i) or (k + 1 < len(order) and order[k + 1] < i)}


def _shape(block: ReadBlock) -> list[tuple[bool, bool]]:
    return [(run.bold, run.italic) for run in block.runs if run.text.strip()] if not block.level else []


def _caption_runs(old: ReadBlock, new: ReadBlock) -> tuple[OwnRun, ...]:
    runs = _runs(new)
    if "caption" in old.style and runs and (match := _CAPTION.match(new.text)):
        text, cut = "", len(match.group())
        kept: list[OwnRun] = []
        for run in runs:
            text = run.text[max(0, cut) :] if cut < len(run.text) else ""
            cut -= len(run.text)
            kept += [run.model_copy(update={"text": text})] if text else []
        return tuple(kept)
    return runs


def _as_info(c: Comparison, old: ReadBlock, new: ReadBlock) -> Edit | None:
    """A line of the title block."""
    info, text = c.event.info, squeeze(new.text)
    was = squeeze(old.text)
    names = ", ".join(map(clean_text, info.organisers))
    prefix, _, suffix = join_sides(c.labels.organised_by.format(names=names)).partition(names) if names else ("", "", "")
    found: tuple[str, str] | None = None
    if was == squeeze(clean_text(info.title)) and old.style in ("title", "cover title", "subtitle", "normal"):
        found = ("title", text)
    elif info.date and was == squeeze(clean_text(info.date)):
        found = ("date", text)
    elif info.place and was == squeeze(clean_text(info.place)):
        found = ("place", text)
    elif names and was in (squeeze(f"{prefix}{names}{suffix}"), squeeze(names)):
        found = ("organisers", text.removeprefix(prefix.strip()).removesuffix(suffix.strip()).strip() if was != squeeze(names) else text)
    elif info.date and info.place and was == squeeze(f"{clean_text(info.date)} · {clean_text(info.place)}"):
        date, _, place = text.partition(" · ")
        if squeeze(place) != squeeze(clean_text(info.place)):
            c.add(_info(c, "place", place.strip()))
        found = ("date", date.strip()) if squeeze(date) != squeeze(clean_text(info.date)) else None
        if found is None:
            return c.edits[-1]
    return _info(c, *found) if found else None


def _info(c: Comparison, field: str, value: str) -> InfoEdit:
    base = c.program_says(f"info:{field}", print_info(c.event.info, field))
    return InfoEdit.model_validate({"field": field, "value": value, "base": base})


def _as_passage(c: Comparison, i: int, old: ReadBlock, *, runs: tuple[OwnRun, ...]) -> PassageEdit:
    """Words of the program's own: known again by what they said, and by the heading above where others say the same."""
    known = next((mark.name[2:] for mark in old.marks if mark.name.startswith("x_")), None)
    earlier = next((e for e in c.before.values() if isinstance(e, PassageEdit) and _passage_id(e) == known), None) if known else None
    if earlier is not None:
        return earlier.model_copy(update={"runs": runs})
    base = _passage_text(old)
    same = [k for k, block in enumerate(c.old) if _passage_text(block) == base and block.table < 0]
    if len(same) <= 1:
        return PassageEdit(base=base, runs=runs)
    under = _heading_above(c, i)
    nth = sum(1 for k in same if k < i and _heading_above(c, k) == under)
    return PassageEdit(base=base, under=under, nth=nth, runs=runs)


def _passage_id(edit: PassageEdit) -> str:
    return own_id("passage", edit.under, str(edit.nth), edit.base)


def _passage_text(block: ReadBlock) -> str:
    return squeeze(_CAPTION.sub("", block.text) if "caption" in block.style else block.text)


def _heading_above(c: Comparison, i: int) -> str:
    level = c.old[i].level or 9
    return next((squeeze(c.old[k].text) for k in range(i - 1, -1, -1) if 0 < c.old[k].level < level and c.old[k].table < 0), "")


def _find_removed(c: Comparison) -> None:
    """Passages and paragraphs that were taken out. Tables are the program's own."""
    tables: set[int] = set()
    for i in c.matching.gone:
        block = c.old[i]
        if i in c.dropped or pieces(block, c.names, "nrtduh"):
            continue
        names = [mark.name for mark in block.marks]
        own = next((name[2:] for name in names if name.startswith("w_")), None)
        settled = next((name[2:] for name in names if name.startswith("e_")), None)
        if settled is not None:
            c.settled.append(settled)
        elif own is not None:
            earlier = c.before.get(f"paragraph:{own}")
            if isinstance(earlier, ParagraphEdit):
                c.add(earlier.model_copy(update={"runs": ()}))
        elif any(name in c.names.sections or name in c.names.actions for name in names):
            continue
        elif block.table >= 0 and "caption" not in block.style:
            tables.add(block.table)
        elif not _is_part(c, block):
            c.add(_as_passage(c, i, block, runs=()).model_copy(update={"alone": block.level == 1}))
    for table in sorted(tables):
        _list_table(c, table)


def _is_part(c: Comparison, block: ReadBlock) -> bool:
    """A heading that comes and goes with the points under it."""
    return block.level == 3 and squeeze(block.text) in part_heads(c)


def _list_table(c: Comparison, table: int) -> None:
    rows = [block for block in c.old if block.table == table]
    if any(mark.name.startswith(("e_", "r_", "a_")) for block in rows for mark in block.marks):
        return
    if all(i in c.matching.gone for i, block in enumerate(c.old) if block.table == table):
        c.list(f"– {squeeze(rows[0].text)} …", where=squeeze(rows[0].text))
