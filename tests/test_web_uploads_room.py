"""The room: everybody with its link adds photos, hears what became of them, and sees nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import cv2
import numpy as np
from starlette.testclient import TestClient
from web_rooms import (  # noqa: F401
    TUS,
    append,
    begin,
    fixture_client,
    fixture_link,
    fixture_place,
    fixture_to,
    jpeg,
    make_client,
    make_settings,
    names,
    new_event,
    open_room,
    send,
)

from digitise.web.creating import create_event
from digitise.web.desk import PhotoProgress, Verdict
from digitise.web.desk_model import Reason
from digitise.web.details import Details
from digitise.web.keeping import list_records
from digitise.web.links import change_link
from digitise.web.pages.uploads import judge
from digitise.web.security import passwords
from digitise.web.state import change_state, read_state

# the room


def test_everybody_in_the_room_adds_photos_and_sees_nothing_else(client, place, link):
    page = client.get(f"/u/{link.token}")
    assert page.status_code == 200 and "Health day" in page.text and place.id not in page.text
    assert send(client, f"/u/{link.token}/uploads", "a.jpg", jpeg()).status_code == 204 and names(place) == ["a.jpg"]
    assert next(iter(list_records(place).values())).by_room
    form = client.post(f"/u/{link.token}", files=[("files", ("b.jpg", jpeg(1)))])
    assert form.status_code == 200 and "Arrived" in form.text and names(place) == ["a.jpg", "b.jpg"]


def test_a_link_that_is_off_or_over_takes_nothing(client, place, link):
    to = f"/u/{link.token}/uploads"
    at = begin(client, to, "a.jpg", 100).headers["location"]
    change_link(place, on=False)
    for answer in (begin(client, to, "a.jpg", 100), append(client, at, b"\xff\xd8\xff"), client.delete(at, headers=TUS)):
        assert answer.status_code == 410
    page = client.get(f"/u/{link.token}", headers={"Accept": "text/html"})
    assert page.status_code == 410 and "closed" in page.text and "Health day" not in page.text
    change_link(place, on=True)
    assert begin(client, to, "a.jpg", 100).status_code == 201
    over = read_state(place).link.model_copy(update={"expires": datetime.now(UTC) - timedelta(seconds=1)})
    change_state(place, lambda state: state.model_copy(update={"link": over}))
    assert begin(client, to, "a.jpg", 100).status_code == 410
    assert client.get("/u/" + "x" * 43, headers={"Accept": "text/html"}).status_code == 404


def test_who_sent_a_photo_hears_of_it_after_the_links_end_and_not_of_others(client, place, link):
    at = send(client, f"/u/{link.token}/uploads", "a.jpg", jpeg()).request.url.path
    client.app.state.site.desk.verdict_of = lambda place, file: PhotoProgress(file=file, state="read")
    change_link(place, on=False)
    assert client.get(at).json()["state"] == "good"
    open_room(client.app.state.site.settings.data, place)
    assert client.get(at).status_code == 404


def test_room_and_organiser_do_not_reach_each_others_uploads(client, place, to, link):
    own = begin(client, to, "a.jpg", 100).headers["location"].rpartition("/")[2]
    theirs = begin(client, f"/u/{link.token}/uploads", "a.jpg", 100).headers["location"].rpartition("/")[2]
    assert client.head(f"/u/{link.token}/uploads/{own}", headers=TUS).status_code == 404
    assert client.head(f"{to}/{theirs}", headers=TUS).status_code == 404
    other = new_event(client, "Other")
    assert client.head(f"/api/events/{other.id}/uploads/{own}", headers=TUS).status_code == 404


def test_whoever_sent_a_photo_hears_what_became_of_it(client, place, link):
    data = jpeg()
    at = begin(client, f"/u/{link.token}/uploads", "a.jpg", len(data)).headers["location"]
    assert client.get(at).status_code == 404
    append(client, at, data)
    blurred = PhotoProgress(file="a.jpg", state="waiting", verdicts=(Verdict(code="blurred"),), same_as="the neighbour's.jpg")
    client.app.state.site.desk.verdict_of = lambda place, file: blurred
    told = client.get(at, headers={"Accept-Language": "cy"}).json()
    assert told["state"] == "poor" and told["sentences"][0].startswith("Rhy aneglur. Daliwch") and "neighbour" not in str(told)
    assert client.get(f"/u/{link.token}/uploads/{'0' * 32}").status_code == 404


def test_a_verdict_says_what_is_wrong_and_what_to_do():
    assert judge(PhotoProgress(file="a.jpg", state="checking"), "en") == {"state": "waiting", "sentences": []}
    assert judge(PhotoProgress(file="a.jpg", state="read"), "en") == {"state": "good", "sentences": []}
    bad = judge(PhotoProgress(file="a.jpg", state="failed", problem="It is damaged.", reasons=(Reason(text="It is damaged."),)), "en")
    assert bad == {"state": "bad", "sentences": ["It is damaged."]}
    page = judge(PhotoProgress(file="a.pdf", state="read", verdicts=(Verdict(code="dark", part="page 2"),)), "en")
    assert page["state"] == "poor" and page["sentences"][0].lower().startswith("page 2: too dark. switch on")
    same = judge(PhotoProgress(file="b.jpg", state="read", same_as="a.jpg"), "en")
    assert same["state"] == "good" and "a.jpg" not in same["sentences"][0]


def test_the_code_leads_to_the_page(client, place):
    page = client.post(f"/events/{place.id}/room", data={"do": "new", "hours": "24"})
    assert page.status_code == 303
    link = read_state(place).link
    assert timedelta(hours=23) < link.expires - datetime.now(UTC) <= timedelta(hours=24)
    page = client.get(f"/events/{place.id}/room")
    assert f"http://localhost/u/{link.token}" in page.text
    svg = client.get(f"/events/{place.id}/room/code.svg")
    assert svg.headers["content-type"] == "image/svg+xml" and b"<svg" in svg.content and b"<script" not in svg.content
    png = np.frombuffer(client.get(f"/events/{place.id}/room/code.png").content, np.uint8)
    code = cv2.imdecode(png, cv2.IMREAD_GRAYSCALE)
    # OpenCV's reader fails on one code in a hundred, at one size and not at another
    sizes = (cv2.resize(code, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) for scale in (1.0, 0.5, 0.75))
    assert f"http://localhost/u/{link.token}" in {cv2.QRCodeDetector().detectAndDecode(size)[0] for size in sizes}
    client.post(f"/events/{place.id}/room", data={"do": "off"})
    assert client.get(f"/u/{link.token}").status_code == 410 and "switched off" in client.get(f"/events/{place.id}/room").text
    client.post(f"/events/{place.id}/room", data={"do": "new"})
    assert client.get(f"/u/{link.token}", headers={"Accept": "text/html"}).status_code == 404


def test_the_room_works_behind_a_proxys_prefix_and_opens_nothing_else(tmp_path):
    server = make_settings(tmp_path, public_url="https://example.org/workshops")
    passwords.set_password(server, "correct horse battery")
    place = create_event(server, Details(title="Day"))
    app = make_client(server).app
    own, stranger = (TestClient(app, base_url="https://example.org", follow_redirects=False) for _ in range(2))
    origin = {"Origin": "https://example.org"}
    own.post("/workshops/login", data={"password": "correct horse battery", "next": ""}, headers=origin)
    assert own.post(f"/workshops/events/{place.id}/room", data={"do": "new"}, headers=origin).status_code == 303
    address = f"https://example.org/workshops/u/{read_state(place).link.token}"
    assert address in own.get(f"/workshops/events/{place.id}/room").text
    begun = begin(stranger, f"{address}/uploads", "a.jpg", len(jpeg()))
    assert begun.headers["location"].startswith("/workshops/u/")
    assert append(stranger, begun.headers["location"], jpeg()).status_code == 204 and names(place) == ["a.jpg"]
    assert stranger.get(f"/workshops/events/{place.id}/room").status_code in (303, 401)
    assert begin(stranger, f"/workshops/api/events/{place.id}/uploads", "a.jpg", 9).status_code == 401
