"""The single door: the command line, benchmarks and any other caller come in here."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from digitise import intake
from digitise.batch import (
    BatchChoices,
    BatchOutcome,
    BatchPlan,
    By,
    Grouping,
    Leftover,
    News,
    Standing,
    Trouble,
    find_standing,
    plan_batch,
    prune_batch,
    run_batch,
    watch_inbox,
)
from digitise.check import Finding, check_all, require_ready
from digitise.config import Config, load_config
from digitise.corrections import corrections_path
from digitise.download import Progress, remove_model
from digitise.download import Tell as TellProgress
from digitise.download import fetch_model as get_model
from digitise.errors import NoInputError, UsageError
from digitise.events import Outcome, no_usable_photo, read_event, run_event
from digitise.glances import SENTENCES as VERDICTS
from digitise.glances import FileLook, Glance, VerdictCode, warm_up
from digitise.importing import ImportOutcome
from digitise.importing import import_report as read_back
from digitise.intake import are_alike, photo_id
from digitise.model import PhotoResult, Problem, Source
from digitise.piecework import (
    PhotoRead,
    Share,
    Survey,
    assemble_event,
    cost_of_glance,
    cost_of_reading,
    glance_at_photo,
    list_read,
    look_into_file,
    read_photo,
    share_machine,
    stamp_edits,
    stamp_glances_of,
    stamp_program,
    stamp_settings,
    survey_event,
)
from digitise.places import settings_file
from digitise.planning import (
    EVENT_FILE,
    NO_CHOICES,
    REPORT_FOLDER,
    Choices,
    load_settings,
    output_of,
    outputs_in,
    override,
    plan_events,
    warn_before,
)
from digitise.privacy import Personal, list_personal
from digitise.reading import warn_of_distance
from digitise.remote import Place, join_place, parse_place, require_folder_for
from digitise.report import (
    EVENT_REPORT,
    PHOTO_REPORT,
    DocumentCheck,
    TemplateFinding,
    list_template_looks,
    look_at_template,
    new_template,
)
from digitise.report import check_document as look_at_document
from digitise.reviewing import (
    ChangedSinceError,
    Desktop,
    Review,
    make_pictures,
    open_desktop,
    open_review,
    read_box,
    redo_change,
    save_changes,
    undo_change,
)
from digitise.runs import Job, Pool, Step, Tell, count_jobs, name_run, read_job, read_sources, result_of
from digitise.series import (
    NOTES,
    SeriesOutcome,
    choose_writer,
    find_notes,
    is_current,
    join_events,
    load_event,
    refuse_single,
    refuse_twice,
    write_series,
)
from digitise.starter import EVENT_TOML
from digitise.store import write_text
from digitise.weights import ModelState, list_models
from digitise.workers import Call, Died, DiedError, Workers, perform

__all__ = [
    "EVENT_REPORT",
    "PHOTO_REPORT",
    "VERDICTS",
    "BatchChoices",
    "BatchOutcome",
    "BatchPlan",
    "By",
    "Call",
    "ChangedSinceError",
    "Choices",
    "Desktop",
    "Died",
    "DiedError",
    "DocumentCheck",
    "FileLook",
    "Finding",
    "Glance",
    "Grouping",
    "ImportOutcome",
    "Leftover",
    "ModelState",
    "News",
    "Outcome",
    "Personal",
    "PhotoRead",
    "Place",
    "Progress",
    "Review",
    "SeriesOutcome",
    "Share",
    "Standing",
    "Step",
    "Survey",
    "TellProgress",
    "TemplateFinding",
    "Trouble",
    "VerdictCode",
    "Workers",
    "are_alike",
    "assemble_event",
    "check_document",
    "check_setup",
    "cost_of_glance",
    "cost_of_reading",
    "find_standing",
    "get_model",
    "glance_at_photo",
    "import_report",
    "init_event",
    "join_place",
    "list_models",
    "list_personal_data",
    "list_read",
    "list_template_looks",
    "look_at_template",
    "look_into_file",
    "make_pictures",
    "make_series",
    "new_template",
    "open_desktop",
    "open_review",
    "own_config",
    "parse_place",
    "perform",
    "photo_id",
    "plan_batch",
    "prune_batch",
    "read_box",
    "read_photo",
    "read_photos",
    "redo_change",
    "remove_model",
    "report_events",
    "require_folder_for",
    "run_batch",
    "save_changes",
    "settings_file",
    "share_machine",
    "stamp_edits",
    "stamp_glances_of",
    "stamp_program",
    "stamp_settings",
    "survey_event",
    "undo_change",
    "warm_up",
    "watch_inbox",
]


def report_events(
    folders: Sequence[Path],
    *,
    output: Path | None = None,
    jobs: int | None = None,
    choices: Choices = NO_CHOICES,
    tell: Tell = lambda step: None,
    told: Callable[[Outcome | NoInputError], None] = lambda outcome: None,
    warn: Callable[[Problem], None] = lambda problem: None,
) -> list[Outcome | NoInputError]:
    """Make one report per event folder (a single photo, PDF or ZIP also does).

    output: default is 'report' inside each folder; with several folders, each gets a folder of its name in it.
    jobs: processes that read photos; None: one per core, at most one per photo; 0: none, all in this process.
    tell, told: called after each photo and after each event. warn: called before the first photo is read, with what a person may
    want to stop for: pictures that will leave this machine, faces that cannot be blurred. The outcome lists it again.

    All events are checked before the first photo is read. Raises NoInputError, ConfigError, DependencyError, OutputError or
    EngineError. Of several events, one without a usable photo does not stop the others: its error stands in the list.
    """
    plans = plan_events(folders, output, choices)
    processes, threads = count_jobs(jobs, [source for plan in plans for source in plan.sources])
    outcomes: list[Outcome | NoInputError] = []
    for problem in dict.fromkeys(p for plan in plans for p in warn_before(plan.config)):
        warn(problem)
    with _open_pool(processes) as pool:
        for plan in plans:
            outcome: Outcome | NoInputError
            try:
                if not plan.sources:
                    raise no_usable_photo(plan.folder, plan.problems)
                outcome = run_event(plan, pool=pool, threads=threads, tell=tell)
            except NoInputError as e:
                if len(plans) == 1:
                    raise
                outcome = e
            outcomes.append(outcome)
            told(outcome)
    return outcomes


def read_photos(
    paths: Sequence[Path],
    *,
    config: Config | None = None,
    jobs: int | None = None,
    threads: int | None = None,
    tell: Tell = lambda step: None,
    warn: Callable[[Problem], None] = lambda problem: None,
) -> list[PhotoResult | Problem]:
    """Read single photos, PDFs, ZIPs or folders without writing anything; in the order given.

    threads: cores for each process; None: an equal share. For callers that run several processes themselves, with jobs=0.
    warn: as for report_events.

    Raises NoInputError when a path does not exist or nothing is a photo, DependencyError or EngineError.
    """
    config = config or Config()
    require_ready(config, template=None)
    sources: list[Source] = []
    problems: list[Problem] = []
    for path in paths:
        found, wrong = intake.find_sources(path, limits=config.limits)
        sources += found
        problems += wrong
    if not sources and not problems:
        raise NoInputError(str(paths[0]), "there is no photo", "Name JPEG, PNG, HEIC, WebP, TIFF, PDF or ZIP files.")
    for problem in warn_of_distance(config.reading.second_reader):
        warn(problem)
    processes, share = count_jobs(jobs, sources)
    run = name_run()
    results: dict[int, PhotoResult | Problem] = {}
    with _open_pool(processes) as pool:
        work = [Job(source, config, threads or share, None, run) for source in sources]
        for done, (place, outcome, _) in enumerate(read_sources(work, pool), 1):
            results[place] = result_of(outcome)
            tell(Step(event="", file=sources[place].file, done=done, total=len(work), reused=False))
    return [*problems, *(results[place] for place in sorted(results))]


def check_setup(folder: Path | None = None, *, output: Path | None = None, choices: Choices = NO_CHOICES) -> list[Finding]:
    """What is installed and whether it suffices, for an event's settings or for the defaults."""
    config, template = load_settings(folder, choices) if folder else (own_config(choices), choices.template)
    return check_all(config, template=template, output=output or (folder / REPORT_FOLDER if folder else Path.cwd()))


def check_document(path: Path) -> DocumentCheck:
    """Whether everybody can read a Word document: what should be mended, where, why and how.

    Raises NoInputError or UsageError where it is no Word document that may be opened.
    """
    return look_at_document(path)


def own_config(choices: Choices = NO_CHOICES) -> Config:
    """The person's own settings, for photos that belong to no event. Raises ConfigError."""
    return override(load_config(None, own=settings_file()), choices)


def import_report(
    folder: Path, document: Path, *, output: Path | None = None, template: Path | None = None, author: str = "", dry_run: bool = False
) -> ImportOutcome:
    """Read an edited report of an event back into its corrections.json; the next report keeps what was changed.

    output, template: as they were given when the report was written. Raises NoInputError, UsageError, ConfigError or OutputError.
    """
    if not folder.exists():
        raise NoInputError(str(folder), "does not exist", "Check the name of the folder with the photos.")
    _, house = load_settings(folder, Choices(template=template))
    target = output_of(folder, output, several=False, taken=())
    return read_back(folder, document, output=target, template=house, author=author, dry_run=dry_run)


def list_personal_data(
    folder: Path, *, output: Path | None = None, jobs: int | None = None, tell: Tell = lambda step: None
) -> tuple[Personal, ...]:
    """Names, numbers and addresses on an event's notes, and what its settings make of them; photos that are not known yet are read.

    Raises as report_events does.
    """
    (plan,) = plan_events([folder], output, NO_CHOICES)
    if not plan.sources:
        raise no_usable_photo(plan.folder, plan.problems)
    processes, threads = count_jobs(jobs, plan.sources)
    with _open_pool(processes) as pool:
        return list_personal(read_event(plan, pool=pool, threads=threads, tell=tell), plan.config.privacy)


def make_series(
    paths: Sequence[Path],
    *,
    out: Path,
    title: str = "",
    jobs: int | None = None,
    choices: Choices = NO_CHOICES,
    tell: Tell = lambda step: None,
    told: Callable[[Outcome | NoInputError], None] = lambda outcome: None,
    warn: Callable[[Problem], None] = lambda problem: None,
) -> SeriesOutcome:
    """Join several events in one report, in the order of `paths`: event folders, folders of reports, or notes.json files.

    An event folder without a report, or with one that is older than its photos or settings, gets a new one first, as report_events
    does it. out: a .docx, .html, .md, .xlsx or .csv. title: default is what the events' titles share.

    Raises UsageError for fewer than two events, and as report_events does; NoInputError where one event has nothing to join.
    """
    choose_writer(out)
    refuse_single(paths)
    own = choices._replace(template=None)  # the template is the series'; each event keeps its own
    places = [find_notes(path) or output_of(path, None, several=False, taken=()) / NOTES for path in paths]
    for path, notes in zip(paths, places, strict=True):
        if find_notes(path) is None and not _is_current(path, notes):
            (outcome,) = report_events([path], jobs=jobs, choices=own, tell=tell, told=told, warn=warn)
            if isinstance(outcome, NoInputError):
                raise outcome
    events = [load_event(notes) for notes in places]
    refuse_twice(events, paths)
    return write_series(join_events(events, title=title, languages=choices.languages), template=choices.template, out=out)


def _is_current(folder: Path, notes: Path) -> bool:
    """Whether an event's report still says what its photos, settings and edits do. Raises NoInputError, ConfigError."""
    if not folder.exists():
        raise NoInputError(str(folder), "does not exist", "Check the name of the event's folder.")
    config, _ = load_settings(folder, NO_CHOICES)
    sources, _ = intake.find_sources(folder, limits=config.limits, exclude=outputs_in(folder) | {notes.parent})
    return is_current(notes, sources, [folder / EVENT_FILE, corrections_path(folder)])


def init_event(folder: Path) -> Path:
    """Write a commented event.toml into the folder, which is made if need be. Raises UsageError when there is one already."""
    path = folder / EVENT_FILE
    if path.exists():
        raise UsageError(str(path), "is there already", "Edit it, or move it away first.")
    write_text(path, EVENT_TOML)
    return path


@contextlib.contextmanager
def _open_pool(processes: int) -> Iterator[Pool | None]:
    if processes == 0:
        yield None
        return
    with Workers(read_job, jobs=processes) as pool:
        yield pool
