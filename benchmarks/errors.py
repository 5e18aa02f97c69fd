#!/usr/bin/env python3
"""Show what goes wrong on photos with truth: a page to leaf through, and a table of the classes of errors (or both as text).

    python benchmarks/accuracy.py --photos PHOTOS --truth TRUTH --predictions OUT
    python benchmarks/errors.py --photos PHOTOS --truth TRUTH --predictions OUT --out errors.html
    python benchmarks/errors.py --truth TRUTH --predictions OUT --text | grep joined

The classes are those of benchmarks/classes.py (see there, or the foot of the page). The page holds its pictures; it asks for nothing
from anywhere. Keys: → or n next, ← or p previous, ↓ or N next photo, ↑ or P previous photo, Esc shows everything again.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # benchmarks is not an installed package

from benchmarks.classes import CLASSES, Error, Examined, Group, count_lost, examine
from benchmarks.errors_page import write_page
from benchmarks.matching import score

FIGURE_OF: dict[Group, tuple[str, str]] = {
    "words": ("word_f1", "words of truth and reading"),
    "notes": ("note_found", "notes of the truth"),
    "under": ("under_acc", "found notes with a heading"),
    "headings": ("", "notes matched"),
    "stickies": ("sticky_f1", "stickies of truth and reading"),
    "marks": ("", "words wrong or marked"),
}
"""For each group: the figure whose points it loses ('' where there is none), and what `points` are parts of."""


def sum_counts(photos: Iterable[Examined]) -> Counter[str]:
    total: Counter[str] = Counter()
    for photo in photos:
        total.update(photo.counts)
    return total


def size_of(group: Group, counts: Counter[str]) -> int:
    """What the points of a group's errors are parts of."""
    return {
        "words": counts["words"] + counts["words_read"],
        "notes": counts["notes"],
        "under": counts["under"],
        "headings": counts["notes"],
        "stickies": counts["stickies"] + counts["stickies_read"],
        "marks": counts["wrong"] + counts["marked"] - counts["wrong_marked"],
    }[group]


def weight(group: Group, errors: Sequence[Error]) -> int:
    """How much errors of one class weigh: words lost and too many, else their number."""
    return count_lost(errors).total() if group == "words" else len(errors)


@dataclass(frozen=True)
class Row:
    """One class over some photos."""

    name: str
    errors: int
    lost: int
    extra: int
    points: float
    """Part of the group's size; for words and notes and `under` the points of the figure that the class costs."""
    share: float
    """Part of all that the group's classes weigh."""
    by_kind: dict[str, float]
    """Points within each kind of photo."""


def make_rows(group: Group, photos: Sequence[Examined]) -> list[Row]:
    """The classes of one group, the heaviest first."""
    kinds = {kind: [p for p in photos if p.photo.kind == kind] for kind in sorted({p.photo.kind for p in photos})}

    def of(name: str, some: Iterable[Examined]) -> list[Error]:
        return [e for p in some for e in p.errors if e.group == group and e.name == name]

    whole = sum(weight(group, of(name, photos)) for name in CLASSES[group])
    rows = []
    for name in CLASSES[group]:
        errors = of(name, photos)
        lost = count_lost(errors)
        rows.append(
            Row(
                name,
                len(errors),
                lost["truth"],
                lost["read"],
                weight(group, errors) / max(size_of(group, sum_counts(photos)), 1),
                weight(group, errors) / max(whole, 1),
                {kind: weight(group, of(name, some)) / max(size_of(group, sum_counts(some)), 1) for kind, some in kinds.items()},
            )
        )
    return sorted(rows, key=lambda r: (-r.points, -r.errors))


def write_text(photos: Sequence[Examined]) -> str:
    """Tables of classes, then one line per error: photo, kind, group, class, note, truth → reading; parted by tabs."""
    lines = []
    figures = score(sum_counts(photos))
    lines.append("  ".join(f"{name} {value:.3f}" for name, value in figures.items() if value is not None))
    for group, (figure, whole) in FIGURE_OF.items():
        rows = make_rows(group, photos)
        kinds = list(rows[0].by_kind) if rows else []
        lines += ["", f"== {group}: points of {figure or 'their number'} lost, parts of {size_of(group, sum_counts(photos))} {whole}"]
        lines.append(
            f"{'class':18s}{'errors':>7s}{'lost':>6s}{'extra':>6s}{'points':>8s}{'share':>7s} |" + "".join(f"{k:>11s}" for k in kinds)
        )
        for r in rows:
            head = f"{r.name:18s}{r.errors:7d}{r.lost:6d}{r.extra:6d}{r.points:8.3f}{r.share:7.1%} |"
            lines.append(head + "".join(f"{v:11.3f}" for v in r.by_kind.values()))
    lines.append("")
    for p in photos:
        for e in p.errors:
            note = "-" if e.truth_note is None else f"t{p.photo.truth[e.truth_note]['id']}"
            lines.append("\t".join((p.photo.name, p.photo.kind, e.group, e.name, note, f"{e.truth} → {e.read}")))
    return "\n".join(lines) + "\n"


def write_tables(photos: Sequence[Examined]) -> str:
    """The figures and the tables of classes as HTML; a row leads to the notes with that class."""
    kinds = sorted({p.photo.kind for p in photos})
    columns = {"all": list(photos)} | {kind: [p for p in photos if p.photo.kind == kind] for kind in kinds}
    figures = {column: score(sum_counts(some)) for column, some in columns.items()}
    head = "".join(f"<th>{escape(c)}</th>" for c in columns)
    out = [f"<table><tr><th>figure</th>{head}</tr>"]
    for name in figures["all"]:
        out.append(f"<tr><td>{name}</td>" + "".join(f"<td>{_number(figures[c][name])}</td>" for c in columns) + "</tr>")
    out.append("</table>")
    for group, (figure, whole) in FIGURE_OF.items():
        caption = f"{group}: points of {figure or 'their number'} lost (parts of {size_of(group, sum_counts(photos))} {whole})"
        out.append(
            f"<h3>{escape(caption)}</h3><table><tr><th>class</th><th>errors</th><th>lost</th><th>extra</th><th>share</th>{head}</tr>"
        )
        for r in make_rows(group, photos):
            cells = "".join(f"<td>{v:.3f}</td>" for v in (r.points, *r.by_kind.values()))
            start = f"<td>{r.name}</td><td>{r.errors}</td><td>{r.lost}</td><td>{r.extra}</td><td>{r.share:.1%}</td>"
            out.append(f'<tr data-filter="{group}:{r.name}">{start}{cells}</tr>')
        out.append("</table>")
    return "\n".join(out)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--truth", type=Path, required=True, help="folder of truth files, one JSON per photo")
    parser.add_argument("--predictions", type=Path, required=True, help="folder of predictions (benchmarks/accuracy.py)")
    parser.add_argument("--photos", type=Path, help="folder of photos, for the page")
    parser.add_argument("--out", type=Path, help="the page to write")
    parser.add_argument("--text", action="store_true", help="print the tables and one line per error")
    args = parser.parse_args()
    if not args.text and not args.out:
        parser.error("say --out PAGE.html, --text, or both")
    if args.out and not args.photos:
        parser.error("the page needs --photos")
    photos = examine(args.truth, args.predictions)
    if not photos:
        parser.error(f"no truth in {args.truth}")
    if args.text:
        print(write_text(photos), end="")
    if args.out:
        args.out.write_text(write_page(photos, args.photos, write_tables(photos)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
