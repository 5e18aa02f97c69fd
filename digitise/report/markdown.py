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
    Paragraph,
    Picture,
    Run,
    Span,
    Table,
    TitleBlock,
)
from digitise.report.compose import compose_report
from digitise.report.wording import clean_text
from digitise.store import atomic_write

PICTURES = "pictures"
"""Folder of the cleaned pictures, beside report.md."""
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&#])")
_LINE_START = re.compile(r"^(\s*)(\d+)([.)])|^(\s*)([-+=])")


def write_markdown(event: Event, out: Path) -> None:
    """Write report.md. Raises OutputError where it cannot be written."""
    with atomic_write(out) as part:
        part.write_text(render_markdown(compose_report(event), pictures=out.parent / PICTURES), encoding="utf-8", newline="\n")


def render_markdown(blocks: Sequence[Block], *, pictures: Path | None = None) -> str:
    """`pictures`: where it is given, a picture that is not there is left out rather than shown as a broken link."""
    headings = [b for b in blocks if isinstance(b, Heading) and b.level <= 2]
    names = {id(h): f"toc_{i}" for i, h in enumerate(headings, 1)}
    parts: list[str] = []
    for block in blocks:
        text = _render_block(block, names, headings, pictures)
        # items of one list stand on neighbouring lines
        joined = text.lstrip().startswith("- ") and parts and parts[-1].rsplit("\n", 1)[-1].lstrip().startswith("- ")
        if text and joined and isinstance(block, Bullet):
            parts[-1] += "\n" + text
        elif text:
            parts.append(text)
    return "\n\n".join(parts) + "\n"


def _render_block(block: Block, names: dict[int, str], headings: Sequence[Heading], pictures: Path | None) -> str:
    match block:
        case TitleBlock():
            lines = [f"# {escape(block.title)}", escape(block.subtitle), escape(block.organisers)]
            return "\n\n".join(line for line in lines if line)
        case Contents():
            entries = [f"{'  ' * (h.level - 1)}- [{escape(h.text)}](#{names[id(h)]})" for h in headings]
            return f"**{escape(block.heading)}**\n\n" + "\n".join(entries) if entries else ""
        case Heading():
            # the title is the one heading of level 1
            marks = "".join(f'<a id="{a}"></a>' for a in (names.get(id(block), ""), block.anchor) if a)
            return f"{'#' * (block.level + 1)} {marks}{render_inlines(block.inlines)}"
        case Paragraph():
            text = _guard_start(render_inlines(block.inlines))
            return f"> {text}" if block.kind in ("quote", "note") else text
        case Bullet():
            text = _guard_start(render_inlines(block.inlines))
            return f"**{text}**" if block.kind == "transcript heading" and "[" not in text else _bullet(block, text)
        case Picture():
            mark = f'<a id="{block.anchor}"></a>' if block.anchor else ""
            caption = f"*{escape(block.label)} {block.number}: {render_inlines(block.caption)}*"
            return f"{mark}{_image(block, pictures)}\n\n{caption}".strip()
        case Table():
            return _render_table(block, pictures)
        case PageBreak():
            return ""


def _bullet(block: Bullet, text: str) -> str:
    if block.kind == "transcript heading":
        return f"- **{text}**" if not text.endswith(")") else f"- {text}"
    return f"{'  ' * block.level}- {text}"


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
    return f"*{escape(table.label)} {table.number}: {escape(table.caption)}*\n\n" + "\n".join(rows)


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
    return text + "\\[?\\]" if run.doubt else text


def escape(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(clean_text(text).split(" ")).replace("\n", " ").replace("\t", " "))


def _guard_start(text: str) -> str:
    """'1. x' or '- x' at the start of a paragraph is a participant's text, not a list."""
    return _LINE_START.sub(lambda m: f"{m[1]}{m[2]}\\{m[3]}" if m[2] else f"{m[4]}\\{m[5]}", text)
