"""Blocks -> CommonMark: the same report for wikis, version control and screen readers. Anchors are inline HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from digitise.model import Event
from digitise.report.blocks import (
    Block,
    Bullet,
    Contents,
    Heading,
    Inline,
    Link,
    PageBreak,
    PageTurn,
    Paragraph,
    Picture,
    Run,
    Span,
    Spread,
    Table,
    TitleBlock,
    flatten,
)
from digitise.report.compose import compose_report
from digitise.report.compose_series import compose_series
from digitise.report.wording import clean_text
from digitise.series_model import Series
from digitise.store import atomic_write

PICTURES = "pictures"
"""Folder of the cleaned pictures, beside report.md."""
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&#])")
_LINE_START = re.compile(r"^(\s*)(\d+)([.)])|^(\s*)([-+=])")


def write_markdown(event: Event, out: Path) -> None:
    """Write report.md. Raises OutputError where it cannot be written."""
    with atomic_write(out) as part:
        part.write_text(render_markdown(compose_report(event), pictures=out.parent / PICTURES), encoding="utf-8", newline="\n")


def write_series_markdown(series: Series, out: Path) -> None:
    """Write the report of a series as Markdown. Raises OutputError where it cannot be written."""
    with atomic_write(out) as part:
        part.write_text(render_markdown(compose_series(series)), encoding="utf-8", newline="\n")


def render_markdown(blocks: Sequence[Block], *, pictures: Path | None = None) -> str:
    """`pictures`: where it is given, a picture that is not there is left out rather than shown as a broken link."""
    blocks = flatten(blocks)
    headings = [b for b in blocks if isinstance(b, Heading) and b.level <= 2]
    names = {id(h): f"toc_{i}" for i, h in enumerate(headings, 1)}
    parts: list[str] = []
    last: Block | None = None
    for block in blocks:
        text = _render_block(block, names, headings, pictures)
        if text and last is not None and _continues(last, block):
            parts[-1] += ("\n" if isinstance(block, Bullet) else "\n>\n") + text
        elif text:
            parts.append(text)
        last = block
    return "\n\n".join(parts) + "\n"


def _continues(last: Block, block: Block) -> bool:
    """Points of one list stand on neighbouring lines; paragraphs of the report's note are one block quote."""
    if isinstance(last, Bullet) and isinstance(block, Bullet):
        return "transcript heading" not in (last.kind, block.kind)
    return isinstance(last, Paragraph) and isinstance(block, Paragraph) and last.kind == block.kind == "note"


def _render_block(block: Block, names: dict[int, str], headings: Sequence[Heading], pictures: Path | None) -> str:
    text = ""
    match block:
        case TitleBlock():
            lines = [f"# {escape(block.title)}", escape(block.subtitle), escape(block.organisers)]
            text = "\n\n".join(line for line in lines if line)
        case Contents():
            entries = [f"{'  ' * (h.level - 1)}- [{escape(h.text)}](#{names[id(h)]})" for h in headings]
            text = f"**{escape(block.heading)}**\n\n" + "\n".join(entries) if entries else ""
        case Heading():
            # the title is the one heading of level 1
            marks = "".join(f'<a id="{a}"></a>' for a in (names.get(id(block), ""), block.anchor) if a)
            text = f"{'#' * (block.level + 1)} {marks}{render_inlines(block.inlines)}"
        case Paragraph():
            text = _guard_start(render_inlines(block.inlines))
            text = f"> {text}" if block.kind in ("quote", "note") else text
        case Bullet():
            line = _guard_start(render_inlines(block.inlines))
            text = f"{line}" if block.kind == "transcript heading" else f"{'  ' * block.level}- {line}"
        case Picture():
            mark = f'<a id="{block.anchor}"></a>' if block.anchor else ""
            caption = f"*{escape(block.label)} {block.number}: {render_inlines(block.caption)}*"
            text = f"{mark}{_image(block, pictures)}\n\n{caption}".strip()
        case Table():
            text = _render_table(block, pictures)
        case PageBreak() | PageTurn() | Spread():
            pass
    return text


def _image(picture: Picture, pictures: Path | None) -> str:
    if pictures is not None and not (pictures / picture.file).is_file():
        return ""
    return f"![{escape(picture.alt)}]({PICTURES}/{quote(picture.file)})"


def _render_table(table: Table, pictures: Path | None) -> str:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(c.replace("\n", " ") for c in cells) + " |"

    rows = [line([escape(h) for h in table.header]), line(["---"] * len(table.header))]
    for k, cells in enumerate(table.rows):
        texts = [
            "".join(_image(part, pictures) if isinstance(part, Picture) else render_inlines((part,)) for part in cell) for cell in cells
        ]
        if table.row_anchors:
            texts[0] = f'<a id="{table.row_anchors[k]}"></a>{texts[0]}'
        rows.append(line(texts))
    caption = f"*{escape(table.label)} {table.number}: {escape(table.caption)}*\n\n" if table.number else ""
    return caption + "\n".join(rows)


def render_inlines(inlines: Sequence[Inline]) -> str:
    parts: list[str] = []
    for inline in inlines:
        if isinstance(inline, Link):
            parts.append(f"[{escape(inline.text)}](#{inline.target})")
        elif isinstance(inline, Span):
            parts.append(f'<a id="{inline.anchor}"></a>' + "".join(map(_render_run, inline.runs)))
        else:
            parts.append(_render_run(inline))
    return "".join(parts)


def _render_run(run: Run) -> str:
    text = escape(run.text)
    if run.bold and text.strip():
        text = f"**{text.strip()}**" + (" " if text.endswith(" ") else "")
    if run.italic and text.strip():
        text = f"*{text.strip()}*" + (" " if text.endswith(" ") else "")
    return text + "\\[?\\]" if run.doubt else text


def escape(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(clean_text(text).split(" ")).replace("\n", " ").replace("\t", " "))


def _guard_start(text: str) -> str:
    """'1. x' or '- x' at the start of a paragraph is a participant's text, not a list."""
    return _LINE_START.sub(lambda m: f"{m[1]}{m[2]}\\{m[3]}" if m[2] else f"{m[4]}\\{m[5]}", text)
