"""The door to the product: a second run does only what changed, and nothing of the person's is touched."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from conftest import Finished, draw_event, draw_photo, hash_inputs

from digitise import api
from digitise.errors import NoInputError, OutputError, UsageError
from digitise.model import Event, PhotoResult, Problem
from digitise.store import lock_output


def run(folder: Path, **options: object) -> api.Outcome:
    (outcome,) = api.report_events([folder], jobs=0, **options)  # type: ignore[arg-type]
    assert isinstance(outcome, api.Outcome)
    return outcome


def load_event(folder: Path) -> Event:
    return Event.model_validate_json((folder / "report" / "notes.json").read_bytes())


def words_of(event: Event) -> str:
    return " ".join(n.text for n in event.notes).casefold()


def test_a_first_run_reads_all_and_writes_all(finished: Finished) -> None:
    outcome = finished.outcome
    assert (outcome.photos, outcome.read, outcome.reused, outcome.failed) == (2, 2, 0, 0)
    report = finished.folder / "report"
    assert outcome.files == {
        "notes": "notes.json",
        "report": "report.docx",
        "photo-report": "photo-report.docx",
        "web-page": "report.html",
        "markdown": "report.md",
        "workbook": "actions.xlsx",
        "actions": "actions.csv",
        "whiteboard": "notes.csv",
    }
    assert all((report / name).stat().st_size for name in outcome.files.values())
    event = load_event(finished.folder)
    assert event.info.title == "Health day" and event.info.date == "14 March 2026"
    assert "interlink to ring the council" in words_of(event)
    assert event.accounting.balanced and event.accounting.seen == len(event.notes) > 0
    assert all((report / "pictures" / s.picture).is_file() for s in event.surfaces)
    assert not list(report.rglob(".part-*"))


def test_inputs_are_not_changed(event: Path) -> None:
    shutil.rmtree(event / "report")
    (event / "b.jpg").unlink()
    before = hash_inputs(event)
    run(event)
    assert hash_inputs(event) == before


def test_a_second_run_reads_nothing_and_says_the_same(event: Path) -> None:
    report = event / "report"
    before = {p.name: p.read_bytes() for p in report.iterdir() if p.is_file()}
    outcome = run(event)
    assert (outcome.read, outcome.reused) == (0, 2)
    assert outcome.files["report"] == "report.docx"
    assert {p.name: p.read_bytes() for p in report.iterdir() if p.is_file()} == before


def test_a_new_title_reads_nothing_again(event: Path) -> None:
    (event / "event.toml").write_text('title = "Another title"\ndate = 2026-01-02\n')
    outcome = run(event)
    assert (outcome.read, outcome.title) == (0, "Another title")


@pytest.mark.slow
def test_other_languages_read_all_again(event: Path) -> None:
    ids = {n.id for n in load_event(event).notes}
    (event / "event.toml").write_text('languages = ["en", "cy"]\n')
    assert run(event).read == 2
    assert {n.id for n in load_event(event).notes} == ids, "the notes keep their ids"


def test_a_new_photo_alone_is_read(event: Path) -> None:
    draw_photo(event / "c.jpg", ["Questions", "Who has the key?"])
    (event / "a.jpg").rename(event / "renamed.jpg")
    outcome = run(event)
    assert (outcome.photos, outcome.read, outcome.reused) == (3, 1, 2)
    assert sorted(p.file for p in load_event(event).photos) == ["b.jpg", "c.jpg", "renamed.jpg"]


def test_a_photo_taken_away_leaves_with_its_pictures(event: Path) -> None:
    gone = next(s.picture for s in load_event(event).surfaces if s.id.startswith(load_event(event).photos[0].id))
    (event / load_event(event).photos[0].file).unlink()
    assert run(event).photos == 1
    assert not (event / "report" / "pictures" / gone).exists()
    assert len(list((event / "report" / ".digitise" / "photos").iterdir())) == 1


def test_a_damaged_entry_is_made_again(event: Path) -> None:
    entry = sorted((event / "report" / ".digitise" / "photos").iterdir())[0]
    (entry / "result.json").write_text("{")
    assert run(event).read == 1


def test_ids_last_when_the_outlines_move(event: Path) -> None:
    """Corrections will hang on ids: an earlier run whose outlines lay a little elsewhere hands its ids on."""
    path = event / "report" / "notes.json"
    data = json.loads(path.read_text())
    for i, n in enumerate(data["notes"]):
        n["id"] = f"nold{i}"
        n["outline"] = [[x + 4, y - 3] for x, y in n["outline"]]
    data["arrangement"] = {"placements": [], "sections": [], "actions": []}
    path.write_text(json.dumps(data))
    run(event)
    assert [n.id for n in load_event(event).notes] == [f"nold{i}" for i in range(len(data["notes"]))]


def test_a_broken_notes_json_is_told_and_replaced(event: Path) -> None:
    (event / "report" / "notes.json").write_text("{")
    outcome = run(event)
    assert [p.file for p in outcome.problems] == ["notes.json"] and outcome.failed == 0
    assert load_event(event).notes


def test_an_edited_report_is_left_alone(event: Path) -> None:
    report = event / "report" / "report.docx"
    report.write_bytes(report.read_bytes() + b"my edit")
    mine = report.read_bytes()
    (event / "event.toml").write_text('title = "New"\n')
    assert run(event).files["report"] == "report-new.docx"
    assert run(event).files["report"] == "report-new.docx", "our own report-new.docx may be replaced"
    assert report.read_bytes() == mine


def test_one_bad_photo_does_not_stop_the_others(event: Path) -> None:
    (event / "broken.jpg").write_bytes((event / "a.jpg").read_bytes()[:2000])
    outcome = run(event)
    assert (outcome.photos, outcome.failed) == (2, 1)
    (problem,) = outcome.problems
    assert problem.file == "broken.jpg" and problem.reason and problem.remedy
    assert load_event(event).problems == outcome.problems


def test_only_bad_photos_are_no_input(tmp_path: Path) -> None:
    (tmp_path / "bad.jpg").write_bytes(b"\xff\xd8\xff\xe0 not really")
    with pytest.raises(NoInputError, match=r"bad\.jpg"):
        run(tmp_path)
    assert not (tmp_path / "report" / "report.docx").exists()


@pytest.mark.slow
def test_several_events_each_get_their_folder(finished: Finished, tmp_path: Path) -> None:
    twins = [tmp_path / part / "day" for part in ("north", "south")]
    for twin in twins:
        twin.mkdir(parents=True)
        shutil.copy(finished.folder / "a.jpg", twin)
    outcomes = api.report_events(twins, output=tmp_path / "out", jobs=0)
    assert [Path(o.output).name for o in outcomes if isinstance(o, api.Outcome)] == ["day", "day-2"]
    assert (tmp_path / "out" / "day-2" / "report.docx").is_file()


def test_of_several_events_a_bad_one_is_told_and_the_others_written(event: Path, tmp_path: Path) -> None:
    cut = draw_photo(tmp_path / "bad" / "cut.jpg", ["Problems"])
    cut.write_bytes(cut.read_bytes()[:-3000])
    bad, good = api.report_events([cut.parent, event], jobs=0)
    assert isinstance(bad, NoInputError) and "cut.jpg" in str(bad)
    assert isinstance(good, api.Outcome) and good.photos == 2


def test_an_output_folder_inside_is_no_input(event: Path) -> None:
    shutil.copytree(event / "report", event / "second")
    assert run(event).photos == 2, "the pictures of both reports are not photos"


def test_a_zip_is_an_event(finished: Finished, tmp_path: Path) -> None:
    shutil.make_archive(str(tmp_path / "spring-day"), "zip", finished.folder, "a.jpg")
    outcome = run(tmp_path / "spring-day.zip")
    assert outcome.title == "Spring day" and Path(outcome.output) == tmp_path / "spring-day-report"


def test_two_runs_in_one_folder_are_refused(event: Path) -> None:
    with lock_output(event / "report"), pytest.raises(OutputError, match="another run"):
        run(event)


def test_photos_are_read_without_a_report(tmp_path: Path) -> None:
    folder = draw_event(tmp_path / "e")
    (folder / "empty.jpg").touch()
    before = sorted(folder.iterdir())
    results = api.read_photos([folder / "b.jpg", folder / "empty.jpg"], jobs=0)
    assert {type(r) for r in results} == {PhotoResult, Problem}
    assert "open the hall" in " ".join(n.text for r in results if isinstance(r, PhotoResult) for n in r.notes).casefold()
    assert sorted(folder.iterdir()) == before


def test_init_writes_once(tmp_path: Path) -> None:
    path = api.init_event(tmp_path / "new" / "event")
    path.write_text("mine")
    with pytest.raises(UsageError, match="already"):
        api.init_event(path.parent)
    assert path.read_text() == "mine"


def test_of_several_events_an_empty_one_is_told_and_the_others_written(event: Path, tmp_path: Path) -> None:
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "empty.jpg").touch()
    bad, good = api.report_events([tmp_path / "bare", event], jobs=0)
    assert isinstance(bad, NoInputError) and "empty.jpg: the file is empty. Copy it again" in str(bad)
    assert isinstance(good, api.Outcome) and not (tmp_path / "bare" / "report").exists()


def test_the_folder_where_one_stands_has_a_name(event: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(event)
    assert run(Path()).title == "Health day"


def test_a_list_of_outputs_that_leads_elsewhere_deletes_nothing_there(event: Path) -> None:
    victim = event / "precious.txt"
    victim.write_text("mine")
    listed = event / "report" / ".digitise" / "written.json"
    names = json.loads(listed.read_text())
    listed.write_text(json.dumps(names | {"pictures/../../precious.txt": "0", "pictures/..": "0"}))
    run(event)
    assert victim.read_text() == "mine"


def test_note_ids_that_would_lead_elsewhere_are_not_taken_over(event: Path) -> None:
    path = event / "report" / "notes.json"
    ids = [n["id"] for n in json.loads(path.read_text())["notes"]]
    path.write_text(path.read_text().replace(ids[0], "../../evil"))
    outcome = run(event)
    assert [p.file for p in outcome.problems] == ["notes.json"]
    assert not list(event.rglob("*evil*")) and not list(event.parent.rglob("*evil*"))


def test_a_notes_json_that_is_not_ours_is_kept(event: Path) -> None:
    shutil.rmtree(event / "report")
    (event / "report").mkdir()
    (event / "report" / "notes.json").write_text("a shopping list")
    outcome = run(event)
    assert (event / "report" / "notes.json").read_text() == "a shopping list"
    assert outcome.files["notes"] == "notes-new.json"


@pytest.mark.parametrize("where", [".", ".."])
def test_a_report_among_the_photos_or_above_them_is_refused(event: Path, where: str) -> None:
    with pytest.raises(UsageError) as caught:
        api.report_events([event], output=event / where, jobs=0)
    assert "--output" in caught.value.remedy


@pytest.mark.slow
def test_photos_beside_an_earlier_report_are_not_overlooked(event: Path, tmp_path: Path) -> None:
    day = tmp_path / "week"
    shutil.copytree(event, day / "monday")
    api.report_events([day / "monday"], output=day / "tuesday", jobs=0)
    draw_photo(day / "tuesday" / "c.jpg", ("Ideas", "A bench by the bus stop"))
    assert run(day).photos == 3
