"""Composition only: one photo through the stages, and the results of all photos into one event.

Stages hold no loop over photos; this module holds no arithmetic. Where work is stored, spread over processes and told
about is runs.py's business.
"""

from __future__ import annotations

import statistics
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from digitise import __version__, arranging, intake, layout, surface
from digitise.config import Config, Limits
from digitise.corrections import AddedNote, Corrections, Duties, apply_corrections
from digitise.crops import crop_name, cut_note, is_shown
from digitise.defaults import describe_event
from digitise.errors import DigitiseError
from digitise.geometry import quad_size
from digitise.layout.identity import assign_ids
from digitise.model import (
    Accounting,
    Arrangement,
    Event,
    Fate,
    Line,
    Note,
    Overlap,
    Photo,
    PhotoResult,
    Problem,
    Source,
    Surface,
    Wall,
)
from digitise.privacy import FaceNetwork, blur_faces, find_faces, writing_quads
from digitise.reading import CloseReader, OcrEngine, SecondReaderClient, explain_failure, forgotten_language, is_failure, mend_from_event
from digitise.store import FEATURES_FILE, write_arrays, write_picture

Rgb = npt.NDArray[np.uint8]
NO_CORRECTIONS = Corrections()
LANGUAGE_NAMES = {"en": "English", "cy": "Welsh"}


def process_photo(
    source: Source, *, config: Config, engine: OcrEngine, pictures: Path | None = None, faces: FaceNetwork | None = None
) -> PhotoResult:
    """Read one photo: the notes on it, with provisional ids, and the sheets they stand on.

    pictures: folder for the cleaned sheets, for the crops of notes that a person should look at, and for the photo's features; None
    makes none of them. faces: finds people's faces, which are blurred in these pictures once everything is read; None leaves them.
    Raises PhotoError when the photo cannot be used, EngineError or DependencyError when reading cannot work at all.
    """
    rgb, photo = intake.decode(source, limits=config.limits)
    lines = engine.read(rgb, vocabulary=vocabulary(config))
    quads = [line.quad for line in lines]
    people = () if faces is None else find_faces(rgb, lines, network=faces, quarters=round(surface.deskew(quads) / 90) % 4)
    shown = blur_faces(rgb, people, writing_quads(lines))
    surfaces = make_surfaces(rgb, photo, lines, shown=shown, pictures=pictures)
    stickies = layout.find_stickies(rgb, [line.quad for line in lines if line.words])
    lines = read_left_over(engine, rgb, stickies, lines, config)
    notes = layout.make_notes(photo=photo, lines=lines, stickies=stickies, surfaces=surfaces, rgb=rgb)
    if pictures is not None:
        for note in notes:
            if is_shown(note):
                write_picture(cut_note(shown, note, with_votes=True), pictures / crop_name(note.id))
        write_arrays(surface.find_features(rgb)._asdict(), pictures / FEATURES_FILE)
    warnings = (*intake.assess_quality(rgb), *intake.letter_warning(letter_height_px(lines)))
    return PhotoResult(
        photo=photo.model_copy(update={"warnings": warnings, "faces": people}),
        surfaces=tuple(surfaces),
        notes=tuple(notes),
        problems=warn_of_language(lines, config, photo.file),
    )


def read_left_over(engine: OcrEngine, rgb: Rgb, stickies: Sequence[layout.Sticky], lines: Sequence[Line], config: Config) -> list[Line]:
    """The lines with those more that a closer look finds on stickies whose ink was left over, where the engine has one."""
    if not isinstance(engine, CloseReader):
        return list(lines)
    quads = [(a, b, c, d) for a, b, c, d in (sticky.outline for sticky in stickies)]
    return engine.read_closely(rgb, quads, lines, vocabulary=vocabulary(config))


def warn_of_language(lines: Sequence[Line], config: Config, file: str) -> tuple[Problem, ...]:
    """What to tell where much of a photo is in a language that the settings leave out."""
    language = forgotten_language(lines, config.languages)
    if language is None:
        return ()
    both = (*config.languages, language)
    reason = f"many lines seem to be {LANGUAGE_NAMES[language]}, which is not among the event's languages"
    written = ", ".join(f'"{code}"' for code in both)
    remedy = f"Write languages = [{written}] in event.toml, or add --languages {','.join(both)}; then they are read better."
    return (Problem(file=file, reason=reason, remedy=remedy, severity="warning"),)


def ask_second_reader(source: Source, result: PhotoResult, *, config: Config, engine: OcrEngine, second: SecondReaderClient) -> PhotoResult:
    """A photo's result with what the second reader says of its doubtful notes, or with a warning where it does not answer.

    Notes that have an answer are not asked about again. Raises as process_photo does, never for what the second reader does.
    """
    rgb = decode_shown(source, result, limits=config.limits)
    answers = second.read_notes(rgb, result.notes, engine)
    problems = [p for p in result.problems if not is_failure(p)]
    if answers.failure is not None:
        problems.append(explain_failure(answers.failure, result.photo.file))
    return result.model_copy(update={"notes": answers.notes, "problems": tuple(problems)})


def decode_shown(source: Source, result: PhotoResult, *, limits: Limits) -> Rgb:
    """A photo that was read before, decoded once more, as others may see it: with the faces blurred that were found then."""
    rgb, _ = intake.decode(source, limits=limits)
    return blur_faces(rgb, result.photo.faces, writing_quads([line for note in result.notes for line in note.lines]))


def make_surfaces(rgb: Rgb, photo: Photo, lines: Sequence[Line], *, shown: Rgb | None = None, pictures: Path | None) -> list[Surface]:
    """The sheets of a photo, or the whole photo where no edge is sure; writes each one's cleaned picture into `pictures`.

    shown: the photo as the pictures may show it; default: as it is. Sheets are sought in the photo itself.
    """
    surfaces: list[Surface] = []
    sheets = surface.find_surfaces(rgb)
    quads = [line.quad for line in lines]
    for found in surface.make_pictures(rgb if shown is None else shown, photo.id, quads, found=sheets, cleaned=pictures is not None):
        name = f"{found.surface.id}.jpg"
        if pictures is not None:
            write_picture(found.rgb, pictures / name)
        surfaces.append(found.surface.model_copy(update={"picture": name}))
    return surfaces


def vocabulary(config: Config) -> tuple[str, ...]:
    """Local names that the reading stage should know. Not the title: to change it must not mean to read all again."""
    return tuple(dict.fromkeys((*config.glossary, *config.organisers)))


def letter_height_px(lines: Sequence[Line]) -> float | None:
    """Median height of the lines of writing, px; None without any."""
    return statistics.median([quad_size(line.quad)[1] for line in lines]) if lines else None


def build_event(
    results: Sequence[PhotoResult],
    config: Config,
    previous: Event | None = None,
    *,
    folder_name: str,
    problems: Collection[Problem] = (),
    engines: Collection[str] = (),
    overlaps: Sequence[Overlap] = (),
    walls: Sequence[Wall] = (),
    corrections: Corrections = NO_CORRECTIONS,
) -> Event:
    """One event out of its photos' results, in their order. Note ids are taken over from `previous`, the last run's event.

    overlaps, walls: as walls.find_walls gives them, of photos that show the same.
    corrections: only what they remember of notes is used, for their ids; `correct_event` lays the edits over the event.

    Raises DigitiseError (internal) when a note got lost on the way: a report that drops a note must not be written.
    """
    named = [note for result in results for note in name_notes(result, previous, corrections)]
    notes = mend_from_event(named, config.languages, names=vocabulary(config))
    overviews = surface.find_overviews(overlaps)
    photos = [
        photo.model_copy(update={"part_of": overviews.get(photo.id)}) for photo in intake.mark_similar([result.photo for result in results])
    ]
    arrangement = arranging.arrange(notes, photos, config, overlaps=overlaps)
    return Event(
        generator="; ".join([f"digitise {__version__}", *sorted(set(engines))]),
        info=describe_event(config, folder_name=folder_name, taken=[p.taken for p in photos if p.taken]),
        photos=tuple(photos),
        surfaces=tuple(s for result in results for s in result.surfaces),
        notes=tuple(notes),
        arrangement=arrangement,
        accounting=count_notes(notes, arrangement),
        problems=(*problems, *say_once([p for result in results for p in result.problems])),
        overlaps=tuple(overlaps),
        walls=tuple(walls),
    )


def correct_event(event: Event, corrections: Corrections, config: Config) -> Event:
    """An event as `build_event` made it, with people's edits laid over it. Raises DigitiseError (internal) as `build_event` does."""
    duties = Duties(
        find=lambda text: arranging.find_duties(text, config),
        read_due=lambda wording: arranging.read_due(wording, event.photos, config),
    )
    corrected = apply_corrections(event, corrections, duties)
    return corrected.model_copy(update={"accounting": count_notes(corrected.notes, corrected.arrangement)})


def say_once(problems: Sequence[Problem]) -> list[Problem]:
    """Warnings in the same words about several photos become one: a server that is down is told once, not for each photo."""
    files: dict[Problem, list[str]] = {}
    for problem in problems:
        files.setdefault(problem.model_copy(update={"file": ""}), []).append(problem.file)
    return [
        problem.model_copy(update={"file": names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"})
        for problem, names in files.items()
    ]


def name_notes(result: PhotoResult, previous: Event | None, corrections: Corrections) -> list[Note]:
    """A photo's notes with lasting ids, in the order of `result.notes`. Notes that people edited are known although a run missed them."""
    photo_id = result.photo.id
    known = {r.note_id: r.outline for r in corrections.notes if r.photo_id == photo_id}
    # what a person added is no note of the program's: its id is theirs
    own = {e.note_id for e in corrections.edits if isinstance(e, AddedNote)}
    last = [n for n in previous.notes if n.photo_id == photo_id and n.id not in own] if previous else []
    known |= {n.id: n.outline for n in last if n.by == "program"}
    known = {i: outline for i, outline in known.items() if len(outline) > 2}
    return assign_ids(photo_id, result.notes, list(known.items()))


def count_notes(notes: Sequence[Note], arrangement: Arrangement) -> Accounting:
    """Account for every note exactly once. Raises DigitiseError (internal) when the books do not balance."""
    fates = [placement.fate for placement in arrangement.placements]
    count: dict[Fate, int] = {fate: fates.count(fate) for fate in ("reported", "duplicate", "unreadable", "set aside")}
    accounting = Accounting(
        seen=len(notes),
        reported=count["reported"],
        duplicates=count["duplicate"],
        unreadable=count["unreadable"],
        set_aside=count["set aside"],
    )
    placed = sorted(placement.note_id for placement in arrangement.placements)
    if not accounting.balanced or placed != sorted(note.id for note in notes):
        reason = f"{len(notes)} notes were seen, but {len(placed)} were placed in the report"
        raise DigitiseError("accounting", reason, "This is a fault of the program; please report it.")
    return accounting
