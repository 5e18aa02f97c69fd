"""Events are made in a minute, changed without losing what stands in event.toml, kept as long as they should be, deleted whole."""

from __future__ import annotations

import os
import re
import stat
import threading
import time
from datetime import UTC, date, datetime, timedelta

import pytest
from web_rooms import fixture_client, jpeg, make_client, make_settings, new_event, open_room, send  # noqa: F401

from digitise.config import load_config
from digitise.web.cards import describe_event
from digitise.web.creating import create_event
from digitise.web.deleting import clear_leftovers, delete_event
from digitise.web.desk import Desk
from digitise.web.details import Details, SomebodyElseError, change_settings, read_details, save_details
from digitise.web.links import change_link, choose_end, find_by_token
from digitise.web.not_taken import NotTakenError
from digitise.web.retention import sweep
from digitise.web.shelf import find_place, list_places
from digitise.web.state import EventState, change_state, hold_event, read_state, write_state


@pytest.fixture
def quiet_desk(tmp_path):
    desk = Desk(make_settings(tmp_path))
    desk.look_again = desk.forget = lambda place: None
    return desk


def test_a_title_is_enough_for_an_event(client, tmp_path):
    place = new_event(client, "  Health \x07 and\tisolation ")
    assert load_config(place.settings_file).title == "Health and isolation"
    assert place.photos.is_dir() and not list((tmp_path / "making").iterdir())
    assert stat.S_IMODE(place.root.stat().st_mode) == 0o700 and stat.S_IMODE(place.state_file.stat().st_mode) == 0o600
    assert abs(read_state(place).created - datetime.now(UTC)) < timedelta(seconds=20)


def test_all_details_reach_the_settings_that_the_report_is_made_by(client):
    fields = {
        "date": "14/03/2026",
        "place": "Community Centre, Llanharan",
        "organisers": "Interlink\r\n\r\nRCT CBC\r\n",
        "aims": "Find out",
        "next_meeting": "18 April 2026",
        "languages": "cy en",
        "glossary": "TAF = Team Around the Family\nPontyclun\nRCT: Rhondda Cynon Taf",
        "colour_pink": "problem",
        "names": "initials",
        "people": "Siân Rees",
        "phones": "true",
    }
    config = load_config(new_event(client, "Day", **fields).settings_file)
    assert (config.date, config.next_meeting) == (date(2026, 3, 14), date(2026, 4, 18))
    assert config.organisers == ("Interlink", "RCT CBC") and config.languages == ("cy", "en")
    assert config.glossary == {"TAF": "Team Around the Family", "Pontyclun": "", "RCT": "Rhondda Cynon Taf"}
    assert config.colours == {"pink": "problem"}
    assert (config.privacy.names, config.privacy.people, config.privacy.phones) == ("initials", ("Siân Rees",), "remove")


def test_what_is_wrong_is_told_at_its_field_and_nothing_is_made(client, tmp_path):
    wrong = {"title": "", "next_meeting": "soon", "people": "Siân Rees"}
    answer = client.post("/events/new", data=wrong)
    assert answer.status_code == 422 and 'id="title-error"' in answer.text and not list_places(tmp_path)
    answer = client.post("/events/new", data=wrong | {"title": "Day"})
    assert answer.status_code == 422 and 'id="next_meeting-error"' in answer.text and 'id="people-error"' in answer.text
    assert 'value="soon"' in answer.text and not list_places(tmp_path)
    assert client.post("/events/new", data={"title": "x" * 201}).status_code == 422


def test_markup_in_a_title_stays_text(client):
    place = new_event(client, '<script>alert("x")</script>')
    page = client.get(f"/events/{place.id}/settings").text
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


def test_saving_keeps_comments_and_keys_that_no_form_knows(client):
    place = new_event(client)
    place.settings_file.write_text(
        '# ours\ntitle = "Old"  # of last year\norganisers = [\n  "A", # first\n  "B",\n]\n\n[reading]\nengine = "rapidocr"\n\n'
        '[glossary]\nTAF = "Team" # as they say\nOLD = ""\n\n[[rounds]]\nname = "Round 1"\n',
        encoding="utf-8",
    )
    details, seen = read_details(place)
    assert details.organisers == "A\nB" and details.glossary == "TAF = Team\nOLD"
    save_details(place, details.model_copy(update={"title": "New", "place": "Hall", "glossary": "TAF = Team\nNEW = x"}), seen=seen)
    text = place.settings_file.read_text(encoding="utf-8")
    for kept in ("# ours", "# of last year", '"A", # first', 'engine = "rapidocr"', "# as they say", 'name = "Round 1"'):
        assert kept in text
    config = load_config(place.settings_file)
    assert (config.title, config.place, config.glossary) == ("New", "Hall", {"TAF": "Team", "NEW": "x"})
    details, seen = read_details(place)
    before = place.settings_file.read_text(encoding="utf-8")
    save_details(place, details, seen=seen)
    assert place.settings_file.read_text(encoding="utf-8") == before


def test_the_reports_language_is_one_key_of_its_table(client):
    place = new_event(client, "Day", languages="en cy", report_languages="cy")
    config = load_config(place.settings_file)
    assert (config.languages, config.report_languages) == (("en", "cy"), ("cy",))
    place.settings_file.write_text('title = "Day"\n\n[report]\ntemplate = "civic"  # ours\nlanguages = ["cy"]\n', encoding="utf-8")
    page = client.get(f"/events/{place.id}/settings").text
    assert '<option value="cy" selected>Welsh</option>' in page
    seen = re.search(r'name="seen" value="([^"]+)"', page)[1]
    assert client.post(f"/events/{place.id}/settings", data={"title": "Day", "report_languages": "", "seen": seen}).status_code == 303
    assert place.settings_file.read_text(encoding="utf-8").rstrip().endswith('template = "civic"  # ours')
    wrong = client.post("/events/new", data={"title": "Day", "report_languages": "tlh"})
    assert wrong.status_code == 422 and 'id="report_languages-error"' in wrong.text


def test_an_emptied_field_is_taken_out(client):
    place = new_event(client, "Day", place="Hall", organisers="A", glossary="TAF", names="remove")
    details, seen = read_details(place)
    save_details(place, Details(title=details.title), seen=seen)
    config = load_config(place.settings_file)
    assert (config.place, config.organisers, config.glossary, config.privacy.names) == ("", (), {}, "keep")


def test_two_people_who_save_settings_do_not_overwrite_each_other(client):
    place = new_event(client)
    details, seen = read_details(place)
    save_details(place, details.model_copy(update={"place": "Hall"}), seen=seen)
    with pytest.raises(SomebodyElseError):
        save_details(place, details.model_copy(update={"place": "Church"}), seen=seen)
    answer = client.post(f"/events/{place.id}/settings", data={"title": "T", "place": "Church", "seen": seen})
    assert answer.status_code == 409 and "Church" in answer.text and load_config(place.settings_file).place == "Hall"


def test_settings_that_are_no_toml_are_left_alone_and_said(client):
    place = new_event(client)
    place.settings_file.write_text("title = ", encoding="utf-8")
    page = client.get(f"/events/{place.id}/settings")
    assert page.status_code == 200 and "event.toml" in page.text
    assert client.post(f"/events/{place.id}/settings", data={"title": "T"}).status_code == 400
    assert place.settings_file.read_text(encoding="utf-8") == "title = " and describe_event(place).title == ""


@pytest.mark.slow
def test_other_rooms_change_settings_without_losing_comments(client):
    place = new_event(client)
    change_settings(place, lambda document: document.update({"report": {"template": "civic"}}))
    assert load_config(place.settings_file).report.template == "civic"
    assert place.settings_file.read_text(encoding="utf-8").startswith("# Settings")


def test_an_event_is_described_by_its_own_settings(client):
    place = new_event(client, "First", date="1 May 2026", place="Hall")
    send(client, f"/api/events/{place.id}/uploads", "a.jpg", jpeg())
    card = describe_event(place)
    assert (card.id, card.title, card.when, card.place) == (place.id, "First", "2026-05-01", "Hall")
    assert (card.photos, card.deletes_on) == (1, None) and card.changed >= card.created
    listed = client.get("/", headers={"Accept": "text/html"})
    assert listed.status_code == 200 and "First" in listed.text


def test_too_many_events_are_refused(tmp_path):
    settings = make_settings(tmp_path, limits={"events": 1})
    create_event(settings, Details(title="One"))
    with pytest.raises(NotTakenError):
        create_event(settings, Details(title="Two"))
    answer = make_client(settings).post("/events/new", data={"title": "Two"}, headers={"Accept": "text/html", "Accept-Language": "cy"})
    assert answer.status_code == 507 and "digwyddiad" in answer.text


def test_a_demonstration_changes_nothing(tmp_path):
    place = create_event(make_settings(tmp_path), Details(title="One"))
    client = make_client(make_settings(tmp_path, read_only=True))
    assert client.post("/events/new", data={"title": "Two"}).status_code == 403
    assert client.post(f"/events/{place.id}/delete", data={"sure": "true"}).status_code == 403
    assert client.get(f"/events/{place.id}/settings").status_code == 200 and find_place(tmp_path, place.id)


def test_an_event_is_deleted_whole_once_the_box_is_ticked(client, tmp_path):
    place, other = new_event(client), new_event(client, "Other")
    link = open_room(tmp_path, place)
    send(client, f"/api/events/{place.id}/uploads", "a.jpg", jpeg())
    assert client.post(f"/events/{place.id}/delete").status_code == 422 and place.folder.is_dir()
    assert client.post(f"/events/{place.id}/delete", data={"sure": "true"}).status_code == 303
    assert not place.root.exists() and not list((tmp_path / "trash").iterdir()) and other.folder.is_dir()
    for address in (f"/events/{place.id}/settings", f"/u/{link.token}", f"/api/events/{place.id}/uploads/{'0' * 32}"):
        assert client.get(address).status_code in (404, 405)
    assert not list((tmp_path / "links").iterdir())


def test_the_desk_lets_go_before_the_folder_goes(tmp_path):
    place = create_event(make_settings(tmp_path), Details(title="One"))
    desk = Desk(make_settings(tmp_path))
    there = []
    desk.forget = lambda place: there.append(place.folder.is_dir())
    delete_event(tmp_path, place, desk)
    assert there == [True] and not place.root.exists()


def test_what_a_crash_left_of_a_deletion_or_a_creation_is_swept(tmp_path):
    place = create_event(make_settings(tmp_path), Details(title="One"))
    (tmp_path / "trash" / "abc-1" / "event").mkdir(parents=True)
    (tmp_path / "making" / "def" / "event").mkdir(parents=True)
    (tmp_path / "events" / "0123456789" / "incoming").mkdir(parents=True)
    clear_leftovers(tmp_path)
    assert not list((tmp_path / "trash").iterdir()) and not list((tmp_path / "making").iterdir())
    assert [p.name for p in (tmp_path / "events").iterdir()] == [place.id]


def test_nothing_brings_a_deleted_event_back(tmp_path, quiet_desk):
    place = create_event(make_settings(tmp_path), Details(title="One"))
    waiting = threading.Event()
    errors = []

    def late():
        waiting.set()
        try:
            change_state(place, lambda state: state.model_copy(update={"stopped": True}))
        except FileNotFoundError as e:
            errors.append(e)

    with hold_event(place):
        thread = threading.Thread(target=late)
        thread.start()
        waiting.wait()
        time.sleep(0.05)
        place.root.rename(tmp_path / "gone")
    thread.join()
    assert errors and not place.root.exists()


def grow_old(place, days):
    then = time.time() - days * 86400
    write_state(place, read_state(place).model_copy(update={"created": datetime.fromtimestamp(then, UTC)}))
    for path in [*place.root.rglob("*"), place.root]:
        os.utime(path, (then, then))


def test_events_go_when_their_time_is_over(tmp_path, quiet_desk):
    settings = make_settings(tmp_path, retention_days=30)
    old, kept, fresh, touched = (create_event(settings, Details(title=t)) for t in ("old", "kept", "fresh", "touched"))
    change_state(kept, lambda state: state.model_copy(update={"retention_days": 0}))
    for place in (old, kept, touched):
        grow_old(place, 31)
    (touched.folder / "corrections.json").write_text("{}", encoding="utf-8")
    # somebody looks after the program has read it anew: that is no change of a person's
    (old.root / "journal.jsonl").write_text("{}", encoding="utf-8")
    card = describe_event(old, retention_days=30)
    assert card.deletes_on is not None and card.deletes_on < datetime.now(UTC)
    assert sweep(settings, quiet_desk) == [old.id]
    assert {p.id for p in list_places(tmp_path)} == {kept.id, fresh.id, touched.id}
    assert sweep(make_settings(tmp_path, retention_days=30, read_only=True), quiet_desk, now=datetime.now(UTC) + timedelta(90)) == []


def test_an_event_says_when_it_will_be_deleted(client):
    place = new_event(client)
    _, seen = read_details(place)
    answer = client.post(f"/events/{place.id}/settings", data={"title": "T", "seen": seen, "retention_days": "30"})
    assert answer.status_code == 303 and read_state(place).retention_days == 30
    day = (datetime.now(UTC) + timedelta(days=30)).astimezone().strftime("%d/%m/%Y")
    assert day in client.get(f"/events/{place.id}/settings").text


def test_a_damaged_state_closes_links_and_deletes_nothing(client, quiet_desk, tmp_path):
    place = new_event(client)
    link = open_room(tmp_path, place)
    place.state_file.write_text("{", encoding="utf-8")
    assert read_state(place).link is None and find_by_token(tmp_path, link.token) is None
    assert sweep(make_settings(tmp_path, retention_days=1), quiet_desk) == []


def test_of_two_changes_of_the_state_none_is_lost(client):
    place = new_event(client)
    write_state(place, EventState(created=datetime.now(UTC), retention_days=1))

    def count():
        for _ in range(20):
            change_state(place, lambda state: state.model_copy(update={"retention_days": (state.retention_days or 0) + 1}))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read_state(place).retention_days == 81


def test_links_are_secret_switchable_and_renewed(client, tmp_path):
    place = new_event(client)
    first = open_room(tmp_path, place)
    assert len(first.token) >= 43 and find_by_token(tmp_path, first.token) == place
    assert first.token not in str(list((tmp_path / "links").iterdir()))
    assert change_link(place, on=False).token == first.token and not read_state(place).link.is_open(datetime.now(UTC))
    second = open_room(tmp_path, place)
    assert second.token != first.token and find_by_token(tmp_path, first.token) is None
    assert not second.is_open(datetime.now(UTC) + timedelta(hours=3))
    for wrong in ("", "x", "../../etc/passwd", "é" * 20, "a" * 5000, first.token + "x"):
        assert find_by_token(tmp_path, wrong) is None


def test_a_link_ends_after_hours_or_with_a_day():
    now = datetime(2026, 3, 14, 12, tzinfo=UTC)
    assert choose_end(hours=24, day="", now=now) == now + timedelta(hours=24)
    end = choose_end(hours=2, day="2026-03-16", now=now).astimezone()
    assert (end.date(), end.hour, end.minute) == (date(2026, 3, 16), 23, 59)
    for day in ("2026-03-01", "2036-03-16", "soon", "9999-12-31", "0001-01-01"):
        assert choose_end(hours=5, day=day, now=now) == now + timedelta(hours=8)
