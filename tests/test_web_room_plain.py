"""The page for the room without scripts: who sent photos by the plain form hears whether they can be read, and of nobody else's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from web_rooms import jpeg, make_client, make_settings, new_event, open_room

from digitise.web.desk import Desk, PhotoProgress, Verdict


@pytest.mark.parametrize(("language", "blurred", "good"), [("en", "Blurred", "Good to read"), ("cy", "Aneglur", "Hawdd ei ddarllen")])
def test_who_sent_photos_without_scripts_hears_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, blurred: str, good: str
) -> None:
    client = make_client(make_settings(tmp_path))
    client.headers["Accept-Language"] = language
    place = new_event(client)
    token = open_room(tmp_path, place).token
    files = [("files", (f"{name}.jpg", jpeg(n))) for n, name in enumerate(("one", "two"))]
    page = client.post(f"/u/{token}", files=files).text
    (again,) = re.findall(r'class="button" href="(/u/[^"]+sent=[^"]+)"', page)
    # nobody has looked yet: one may ask again; not by itself, which would drop the files that somebody is just choosing
    waiting = client.get(again)
    assert waiting.text.count('class="notice notice--plain"') == 2 and f'href="{again}"' in waiting.text
    assert "http-equiv" not in page + waiting.text
    told = {
        "one.jpg": PhotoProgress(file="one.jpg", state="read"),
        "two.jpg": PhotoProgress(file="two.jpg", state="waiting", verdicts=(Verdict(code="blurred"),)),
    }
    monkeypatch.setattr(Desk, "verdict_of", lambda _desk, _place, file: told[file])
    done = client.get(again).text
    notices = re.findall(r'notice--(\w+)"><strong>([^<]+)</strong>: ([^<]+)', done)
    assert [(tone, name) for tone, name, _ in notices] == [("good", "one.jpg"), ("warn", "two.jpg")]
    assert notices[0][2] == good and blurred.lower() in notices[1][2].lower()
    assert f'href="{again}"' not in done
    # ids that are nobody's, or no ids
    assert "<h2 id=" not in client.get(f"/u/{token}?sent={'0' * 32},../../x,").text


def test_what_was_refused_stays_to_be_read(tmp_path: Path) -> None:
    client = make_client(make_settings(tmp_path))
    place = new_event(client)
    token = open_room(tmp_path, place).token
    files = [("files", ("one.jpg", jpeg())), ("files", ("song.jpg", b"hello" * 300))]
    page = client.post(f"/u/{token}", files=files).text
    assert "song.jpg" in page
    assert f'href="/u/{token}?sent=' in page
