"""Blocks -> one web page that stands alone: pictures inside it, no script, nothing fetched; headings, lists and tables are real ones.

Its own Content-Security-Policy forbids all but its pictures and its one style sheet, so that words which somebody wrote on a sheet can
never run or fetch anything, even where an escape were missing.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape as escape_signs
from itertools import groupby
from pathlib import Path

from digitise import __version__
from digitise.model import Event, EventInfo
from digitise.report.blocks import (
    Block,
    Bullet,
    Cell,
    Contents,
    Heading,
    Inline,
    Link,
    Paragraph,
    Picture,
    Run,
    Span,
    Spread,
    Table,
    TitleBlock,
)
from digitise.report.compose import compose_report
from digitise.report.compose_series import compose_series
from digitise.report.html_pictures import WebPicture, load_pictures
from digitise.report.html_style import make_style
from digitise.report.labels import Labels, choose_labels
from digitise.report.labels_exports import choose_export_labels
from digitise.report.telling_languages import tell_other
from digitise.report.wording import clean_text
from digitise.series_model import Series
from digitise.store import atomic_write

LOCALES = {"en": "en-GB", "cy": "cy-GB"}
CONTENTS, REPORT = "contents", "report"
"""Ids of the page's own; anchors of blocks have another form."""
Shown = Mapping[str, WebPicture]


def write_html(event: Event, *, pictures: Path, out: Path) -> None:
    """Write the report as one web page. `pictures`: as for write_docx; missing ones are said to be missing. Raises OutputError."""
    _write(compose_report(event), event.info, pictures, out)


def write_series_html(series: Series, out: Path) -> None:
    """Write the report of a series as one web page; it has no pictures. Raises OutputError."""
    _write(compose_series(series), series.info, out.parent, out)


def _write(blocks: Sequence[Block], info: EventInfo, pictures: Path, out: Path) -> None:
    with atomic_write(out) as part:
        part.write_text(render_html(blocks, info, load_pictures(blocks, pictures)), encoding="utf-8", newline="\n")


def render_html(blocks: Sequence[Block], info: EventInfo, pictures: Shown) -> str:
    """The page. info: for its title and languages. pictures: what `load_pictures` gives for these blocks."""
    labels, words = choose_labels(info.languages), choose_export_labels(info.languages)
    at = next((k for k, b in enumerate(blocks) if isinstance(b, Contents)), 0)
    front, chapters = blocks[:at], blocks[at:]
    headings = [b for b in chapters if isinstance(b, Heading) and b.level <= 2]
    names = {id(h): f"toc_{k}" for k, h in enumerate(headings, 1)}
    style = make_style()
    allowed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; img-src data:; style-src 'sha256-{allowed}'; base-uri 'none'; form-action 'none'"
    title = next((b.title for b in blocks if isinstance(b, TitleBlock)), info.title)
    lines = [
        "<!DOCTYPE html>",
        f'<html lang="{labels.locale}">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="robots" content="noindex">',
        f'<meta name="generator" content="digitise {__version__}">',
        f"<title>{escape(title)}</title>",
        f"<style>{style}</style>",
        "</head>",
        "<body>",
        f'<a class="skip" href="#{REPORT}">{escape(words.skip)}</a>',
        "<header>",
        *_render_blocks(front, names, labels, pictures),
        "</header>",
        *_render_contents(chapters, headings, names),
        f'<main id="{REPORT}" tabindex="-1">',
        *_render_blocks(chapters, names, labels, pictures),
        "</main>",
        "</body>",
        "</html>",
    ]
    return "\n".join(lines) + "\n"


def escape(text: str) -> str:
    """Text that HTML shows as it is."""
    return escape_signs(clean_text(text)).replace("\n", "<br>")


def _attribute(text: str) -> str:
    return escape_signs(" ".join(clean_text(text).split()))


def _render_contents(blocks: Sequence[Block], headings: Sequence[Heading], names: Mapping[int, str]) -> list[str]:
    contents = next((b for b in blocks if isinstance(b, Contents)), None)
    if contents is None or not headings:
        return []
    entries = [(h.level - 1, f'<a href="#{names[id(h)]}">{_render_inlines(h.inlines, linked=False)}</a>') for h in headings]
    head = f'<nav aria-labelledby="{CONTENTS}">\n<h2 id="{CONTENTS}">{escape(contents.heading)}</h2>'
    return [head, _render_list(entries, ""), "</nav>"]


def _render_blocks(blocks: Sequence[Block], names: Mapping[int, str], labels: Labels, pictures: Shown) -> Iterator[str]:
    """Neighbours that belong together become one list, or one note."""
    for kind, group in groupby(blocks, key=_group):
        members = list(group)
        if kind == "note":
            paragraphs = [f"<p>{_render_inlines(b.inlines)}</p>" for b in members if isinstance(b, Paragraph)]
            yield _join(['<div class="note">', *paragraphs, "</div>"])
        elif kind.startswith("list"):
            yield _render_bullets([b for b in members if isinstance(b, Bullet)])
        else:
            yield from filter(None, (_render_block(b, names, labels, pictures) for b in members))


def _group(block: Block) -> str:
    if isinstance(block, Paragraph) and block.kind == "note":
        return "note"
    return f"list {block.kind}" if isinstance(block, Bullet) and block.kind != "transcript heading" else ""


def _render_block(block: Block, names: Mapping[int, str], labels: Labels, pictures: Shown) -> str:
    html = ""
    match block:
        case TitleBlock():
            html = _join(
                [f"<h1>{_tell(block.title, labels)}</h1>", *(f"<p>{_tell(t, labels)}</p>" for t in (block.subtitle, block.organisers) if t)]
            )
        case Heading():
            html = _render_heading(block, names.get(id(block), ""))
        case Paragraph():
            html = f"<p>{_render_inlines(block.inlines)}</p>"
            html = f"<blockquote>{html}</blockquote>" if block.kind == "quote" else html
        case Bullet():
            html = _render_bullets([block])
        case Picture():
            html = _render_figure(block, labels, pictures)
        case Spread():
            figure = _render_figure(block.picture, labels, pictures)
            written = _join(_render_blocks(block.bullets, names, labels, pictures))
            html = f'<div class="spread">\n{figure}\n<div>\n{written}\n</div>\n</div>'
        case Table():
            html = _render_table(block, labels, pictures)
        case _:
            pass
    return html


def _render_heading(heading: Heading, name: str) -> str:
    """The title is the page's one heading of level 1. A heading that has two names holds the second inside."""
    anchors = [a for a in (heading.anchor, name) if a]
    own = f' id="{anchors[0]}"' if anchors else ""
    inner = f'<span id="{anchors[1]}"></span>' if len(anchors) > 1 else ""
    return f"<h{heading.level + 1}{own}>{inner}{_render_inlines(heading.inlines)}</h{heading.level + 1}>"


def _render_bullets(bullets: Sequence[Bullet]) -> str:
    if bullets and bullets[0].kind == "transcript heading":
        return _join(f"<p>{_render_inlines(b.inlines)}</p>" for b in bullets)
    name = "transcript" if bullets and bullets[0].kind == "transcript" else ""
    return _render_list([(b.level, _render_inlines(b.inlines)) for b in bullets], name)


def _render_list(entries: Sequence[tuple[int, str]], name: str) -> str:
    """Nested lists; an entry stands at most one level below the one before."""
    parts = [f'<ul class="{name}">' if name else "<ul>"]
    depth = 0
    for k, (wanted, html) in enumerate(entries):
        level = min(wanted, depth + 1) if k else 0
        if k:
            parts.append("<ul>" if level > depth else "</li>" + "</ul></li>" * (depth - level))
        parts.append(f"<li>{html}")
        depth = level
    return "\n".join(parts) + "</li>" + "</ul></li>" * depth + "\n</ul>"


def _render_figure(picture: Picture, labels: Labels, pictures: Shown) -> str:
    own = f' id="{picture.anchor}"' if picture.anchor else ""
    caption = f"<figcaption>{escape(picture.label)} {picture.number}: {_render_inlines(picture.caption)}</figcaption>"
    return f"<figure{own}>\n{_render_picture(picture, labels, pictures)}\n{caption}\n</figure>"


def _render_picture(picture: Picture, labels: Labels, pictures: Shown) -> str:
    shown = pictures.get(picture.file)
    if shown is None:
        return f"<span>{escape(labels.no_picture)}</span>"
    return f'<img src="{shown.address}" alt="{_attribute(picture.alt)}" width="{shown.width}" height="{shown.height}">'


def _render_table(table: Table, labels: Labels, pictures: Shown) -> str:
    caption = _render_inlines(table.caption_runs) or escape(table.caption)
    caption = f"{escape(table.label)} {table.number}: {caption}" if table.number else caption
    seen = "" if table.number else ' class="hidden"'
    heads = [_render_inlines(tuple(replace_bold(r) for r in runs)) for runs in table.header_runs] or [escape(h) for h in table.header]
    head = "".join(f'<th scope="col">{h}</th>' for h in heads)
    rows: list[str] = []
    for k, cells in enumerate(table.rows):
        own = f' id="{table.row_anchors[k]}"' if table.row_anchors else ""
        parts = [_render_cell(cell, labels, pictures) for cell in cells]
        # of a register the first cell names the row
        first = f'<th scope="row">{parts[0]}</th>' if table.row_anchors else f"<td>{parts[0]}</td>"
        rows.append(f"<tr{own}>{first}{''.join(f'<td>{p}</td>' for p in parts[1:])}</tr>")
    name = ' class="figures"' if table.kind == "figures" else ""
    inner = f"<table{name}>\n<caption{seen}>{caption}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{_join(rows)}\n</tbody>\n</table>"
    return f'<div class="scroll" role="group" tabindex="0" aria-label="{_attribute(table.caption)}">\n{inner}\n</div>'


def replace_bold(run: Run) -> Run:
    """Cells of a head are bold by themselves."""
    return Run(run.text, language=run.language)


def _render_cell(cell: Cell, labels: Labels, pictures: Shown) -> str:
    parts = (_render_picture(p, labels, pictures) if isinstance(p, Picture) else _render_inlines((p,)) for p in cell)
    return "".join(parts)


def _render_inlines(inlines: Sequence[Inline], *, linked: bool = True) -> str:
    parts: list[str] = []
    for inline in inlines:
        if not linked:
            runs = inline.runs if isinstance(inline, Span) else (inline,)
            parts += [_in_language(escape(r.text), r.language) for r in runs]
        elif isinstance(inline, Link):
            parts.append(_render_link(inline))
        elif isinstance(inline, Span):
            parts.append(f'<span id="{inline.anchor}">{"".join(map(_render_run, inline.runs))}</span>')
        else:
            parts.append(_render_run(inline))
    return "".join(parts)


def _render_link(link: Link) -> str:
    """'[3]' alone would tell nobody where it leads: those who hear the page hear its tip, too."""
    bare = not any(c.isalpha() for c in link.text)
    said = f' aria-label="{_attribute(f"{link.text} {link.tip}")}"' if link.tip and bare else ""
    tip = f' title="{_attribute(link.tip)}"' if link.tip else ""
    look = ' class="quiet"' if link.quiet else ""
    language = f' lang="{LOCALES[link.language]}"' if link.language in LOCALES else ""
    return f'<a{look} href="#{link.target}"{tip}{said}{language}>{escape(link.text)}</a>'


def _render_run(run: Run) -> str:
    html = escape(run.text)
    for wanted, tag in ((run.italic, "em"), (run.bold, "strong")):
        html = f"<{tag}>{html}</{tag}>" if wanted and run.text.strip() else html
    if run.doubt:
        others = ", ".join(run.doubt.alternatives)
        tip = f' title="{_attribute(f"{run.doubt.reading}? {others}")}"' if others else ""
        html = f'<span class="doubt"{tip}>{html}</span><sup>[?]</sup>'
    if run.remark:
        html = f'<span title="{_attribute(run.remark)}">{html}</span>'
    return _in_language(html, run.language)


def _tell(text: str, labels: Labels) -> str:
    """Words of event.toml, which may be in another language than the report."""
    return _in_language(escape(text), tell_other(text, labels.language))


def _in_language(html: str, language: str | None) -> str:
    return f'<span lang="{LOCALES[language]}">{html}</span>' if language in LOCALES and html.strip() else html


_join: Callable[[Sequence[str] | Iterator[str]], str] = "\n".join
