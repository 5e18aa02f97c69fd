"""Looks at one file's header, wherever it lies: how many pictures are in it, when was it taken, what to say if it is no photo."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

from digitise.config import Limits
from digitise.intake.exif import read_taken
from digitise.intake.opening import find_pages, open_image
from digitise.intake.pdf import count_pages
from digitise.intake.refusing import check_pages, not_a_picture, to_problem
from digitise.intake.sniffing import RAW_SUFFIXES, Format, Kind, claims_photo, suffix_of
from digitise.model import Problem, Source

Found = Source | Problem


class Header(NamedTuple):
    """What a file says of itself."""

    pages: tuple[int, ...]
    """Page numbers of its pictures."""
    taken: datetime | None = None
    megapixels: float = 0.0
    """Of its first picture; 0 for a PDF."""


def inspect(stream: IO[bytes], kind: Format, file: str, limits: Limits) -> Header:
    """The header of a file. Call inside `refusing`: damaged files raise anything."""
    if kind == "pdf":
        pages = count_pages(stream, file)
        check_pages(file, pages, limits)
        return Header(tuple(range(pages)))
    image = open_image(stream, kind, file, limits)
    megapixels = image.width * image.height / 1e6
    return Header(find_pages(image, kind, file, limits), read_taken(image), megapixels)


def make_sources(*, path: Path, members: tuple[str, ...] = (), file: str, sha256: str, header: Header) -> list[Source]:
    """One Source per page; only files with several pages say which."""
    pages = header.pages
    return [
        Source(
            path=str(path),
            members=members,
            page=page,
            pages=len(pages),
            file=f"{file}, page {page + 1}" if len(pages) > 1 else file,
            sha256=sha256,
            taken=header.taken,
            megapixels=header.megapixels,
        )
        for page in pages
    ]


def still_stems(names: Iterable[str]) -> frozenset[str]:
    """Stems, in lower case, of the names that promise a still photo."""
    return frozenset(PurePosixPath(n).stem.lower() for n in names if claims_photo(n) and suffix_of(n) not in RAW_SUFFIXES)


def refuse_kind(kind: Kind, name: str, file: str, stems: frozenset[str], *, asked_for: bool = False) -> Problem | None:
    """What to say about a file that is none of the formats read; None where silence is right.

    Films and raw pictures that phones and cameras write beside a photo of the same name (`stems`) are parts of that photo.
    """
    beside = PurePosixPath(name).stem.lower() in stems
    if not asked_for and ((kind in ("movie", "raw") and beside) or (kind == "none" and not claims_photo(name))):
        return None
    problem = to_problem(not_a_picture(file, kind, suffix_of(name) if claims_photo(name) else ""))
    return problem.model_copy(update={"severity": "warning"}) if kind == "movie" and not asked_for else problem
