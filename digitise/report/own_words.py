"""People's own words laid over the blocks of a report: sentences of the program put otherwise, added paragraphs, edits to check."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from digitise.edits_model import EditToCheck, OwnParagraph, OwnPassage, OwnRun
from digitise.model import Event
from digitise.report.bilingual import part_languages, say_in
from digitise.report.blocks import (
    Block,
    Bullet,
    Cell,
    Heading,
    Inline,
    PageTurn,
    Paragraph,
    Picture,
    Run,
    Span,
    Spread,
    Table,
    TitleBlock,
    inline_text,
    spans,
)
from digitise.report.draft import anchor_name
from digitise.report.labels import SECOND_LANGUAGE
from digitise.report.labels_edits import EditLabels, choose_edit_labels
from digitise.report.wording import clean_text

MOST_IN_COMMENT = 300
"""Letters of each version in a comment."""


def add_own_words(blocks: Sequence[Block], event: Event) -> list[Block]:
    """The report's blocks with everything of `event` that people wrote themselves. Without any the blocks are as they were."""
    if not (event.own_passages or event.own_paragraphs or event.edits_to_check):
        return list(blocks)
    done, missing = _replace_passages(blocks, event.own_passages)
    labels = choose_edit_labels(event.info.languages)
    done, homeless = _insert_paragraphs(done, event.own_paragraphs)
    done = _mark_notes(done, event.edits_to_check, labels)
    return [*done, *homeless, *part_languages(_compose_edits(event, missing, labels), SECOND_LANGUAGE)]


def squeeze(text: str) -> str:
    """As docx_matching has it: a text without its spaces' number and kind."""
    return " ".join(text.replace("\u00a0", " ").split())


def block_text(block: Block) -> str:
    """What a reader sees of a block that is one paragraph; of a picture its caption; '' of the rest."""
    if isinstance(block, Heading | Paragraph | Bullet):
        return squeeze(inline_text(block.inlines))
    picture = block.picture if isinstance(block, Spread) else block
    return squeeze(inline_text(picture.caption)) if isinstance(picture, Picture) else ""


def _replace_passages(blocks: Sequence[Block], passages: Sequence[OwnPassage]) -> tuple[list[Block], list[OwnPassage]]:
    """The blocks, and the passages whose words are not in the report any more."""
    wanted: dict[str, list[OwnPassage]] = defaultdict(list)
    for own in passages:
        wanted[squeeze(own.base)].append(own)
    found: set[str] = set()
    counts: dict[tuple[str, str], int] = defaultdict(int)
    headings: list[tuple[int, str]] = []
    done: list[Block] = []
    skipping = False
    for block in blocks:
        text = block_text(block)
        level = block.level if isinstance(block, Heading) else 0
        headings = [h for h in headings if not level or h[0] < level]
        above = headings[-1][1] if headings else ""
        passage = _choose(wanted.get(text, []), above, counts[text, above]) if text else None
        counts[text, above] += 1
        if level:
            headings.append((level, text))
        if level == 1:
            # a chapter that was taken out with its heading is left out
            skipping = passage is not None and not passage.runs and not passage.alone
        if passage is not None:
            found.add(passage.id)
        if skipping and not isinstance(block, PageTurn):
            continue
        if passage is None:
            done.append(block)
        elif passage.runs:
            done.append(_reword(block, (Span(f"x_{passage.id}", "", _runs(passage.runs)),)))
        elif isinstance(block, Picture | Spread):
            done.append(_reword(block, ()))
    return done, [p for p in passages if p.id not in found]


def _choose(passages: Sequence[OwnPassage], above: str, nth: int) -> OwnPassage | None:
    return next((p for p in passages if not p.under or (squeeze(p.under) == above and p.nth == nth)), None)


def _reword(block: Block, inlines: tuple[Inline, ...]) -> Block:
    if isinstance(block, Heading | Paragraph | Bullet):
        return replace(block, inlines=inlines)
    if isinstance(block, Picture):
        return replace(block, caption=inlines)
    return replace(block, picture=replace(block.picture, caption=inlines)) if isinstance(block, Spread) else block


def _runs(runs: Sequence[OwnRun]) -> tuple[Run, ...]:
    return tuple(Run(clean_text(run.text), bold=run.bold, italic=run.italic) for run in runs)


def _names(block: Block) -> Iterator[str]:
    """Names of the places that a block is."""
    if isinstance(block, TitleBlock):
        yield from (
            "start",
            *(f"text:{squeeze(text)}" for text in (block.title, block.subtitle, block.organisers, block.date, block.place)),
        )
        return
    yield from (span.anchor for span in spans([block]))
    if isinstance(block, Heading | Picture):
        yield from (block.anchor,) if block.anchor else ()
    if isinstance(block, Table):
        yield from block.row_anchors
    if isinstance(block, Spread) and block.picture.anchor:
        yield block.picture.anchor
    if text := block_text(block):
        yield f"text:{text}"


def _insert_paragraphs(blocks: Sequence[Block], paragraphs: Sequence[OwnParagraph]) -> tuple[list[Block], list[Block]]:
    """The blocks with the paragraphs in them, and those for which there is no place any more."""
    places: dict[str, int] = {"start": -1}
    for k, block in enumerate(blocks):
        for name in _names(block):
            if name == "start":
                places["start"] = k
            places.setdefault(name, k)
    behind: dict[int, list[Block]] = defaultdict(list)
    homeless: list[Block] = []
    for paragraph in paragraphs:
        if not any(run.text.strip() for run in paragraph.runs):
            continue
        names = (anchor_name("s", n.removeprefix("section:")) if n.startswith("section:") else n for n in paragraph.after)
        place = next((places[name] for name in names if name in places), None)
        (homeless if place is None else behind[place]).append(_print_paragraph(paragraph))
    done = list(behind[-1])
    for k, block in enumerate(blocks):
        done += [block, *behind[k]]
    return done, homeless


def _print_paragraph(paragraph: OwnParagraph) -> Block:
    inlines = (Span(f"w_{paragraph.id}", "", _runs(paragraph.runs)),)
    if paragraph.style == "bullet":
        return Bullet(inlines)
    if paragraph.style.startswith("heading "):
        return Heading(int(paragraph.style[-1]), inlines)
    return Paragraph(inlines, "quote" if paragraph.style == "quote" else "body")


def _mark_notes(blocks: Sequence[Block], edits: Sequence[EditToCheck], labels: EditLabels) -> list[Block]:
    """A comment beside each note, where it is printed first, of which an edit should be looked at."""
    remarks = {edit.note_id: _remark(edit, labels) for edit in reversed(edits) if edit.note_id}
    done: list[Block] = []
    for block in blocks:
        if isinstance(block, Heading | Paragraph | Bullet):
            inlines: list[Inline] = []
            for inline in block.inlines:
                known = isinstance(inline, Span) and inline.note_id in remarks and inline.anchor.startswith(("n_", "r_"))
                if isinstance(inline, Span) and known and inline.runs:
                    first = replace(inline.runs[0], remark=remarks.pop(inline.note_id))
                    inlines.append(replace(inline, runs=(first, *inline.runs[1:])))
                else:
                    inlines.append(inline)
            done.append(replace(block, inlines=tuple(inlines)))
        else:
            done.append(block)
    return done


def _remark(edit: EditToCheck, labels: EditLabels) -> str:
    yours, now = (text[:MOST_IN_COMMENT] or "–" for text in (edit.yours, edit.now))
    said = labels.comment.format(why=labels.reasons[edit.reason], yours=clean_text(yours), now=clean_text(now))
    # a comment has no runs: it says all in one language, then in the other
    return " / ".join(dict.fromkeys(say_in(said, side) for side in (0, 1)))


def _compose_edits(event: Event, missing: Sequence[OwnPassage], labels: EditLabels) -> list[Block]:
    """One row per edit that a person should look at."""
    rows: list[tuple[Cell, ...]] = []
    anchors: list[str] = []
    texts = {note.id: note.text for note in event.notes}
    lost = [
        EditToCheck(id=p.id, reason="no place", about="passage", yours="".join(r.text for r in p.runs) or labels.removed, before=p.base)
        for p in missing
    ]
    for edit in (*event.edits_to_check, *lost):
        about = labels.subjects.get(edit.about, edit.about) or labels.whole
        beside = texts.get(edit.note_id, "") or edit.before
        head = f"{about}: {clean_text(beside)}" if beside and squeeze(beside) not in (squeeze(about), squeeze(edit.yours)) else about
        anchors.append(f"e_{edit.id}")
        cells = (head, clean_text(edit.yours) or labels.removed, clean_text(edit.now) or "–", labels.reasons[edit.reason])
        rows.append(tuple((Run(squeeze(text)),) for text in cells))
    if not rows:
        return []
    table = Table(
        header=(labels.about, labels.yours, labels.now, labels.why),
        rows=tuple(rows),
        widths=(0.25, 0.27, 0.24, 0.24),
        caption=labels.chapter,
        row_anchors=tuple(anchors),
    )
    return [Heading(1, (Run(labels.chapter),)), Paragraph((Run(labels.intro),), "lead"), table]
