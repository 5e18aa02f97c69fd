"""Uploads in any order of steps: begun, continued at right and wrong places, asked for, cancelled, sent twice; what was whole is there."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from conftest import share
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule
from web_rooms import OFFSET, TUS, append, begin, jpeg, make_client, make_settings, new_event, open_room

SIZES = st.sampled_from([(16, 12), (40, 30), (64, 48)])


class Sent:
    """One upload as the phone knows it."""

    def __init__(self, at: str, data: bytes) -> None:
        self.at, self.data, self.offset, self.is_over = at, data, 0, False


class Uploads(RuleBasedStateMachine):
    """The door against a plain list of what was sent to its end."""

    sent = Bundle("sent")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.client = make_client(make_settings(self.folder))
        self.place = new_event(self.client)
        self.doors = [f"/api/events/{self.place.id}/uploads", f"/u/{open_room(self.folder, self.place).token}/uploads"]
        self.whole: set[bytes] = set()

    def teardown(self) -> None:
        self.client.close()
        shutil.rmtree(self.folder)

    @rule(target=sent, door=st.integers(0, 1), n=st.integers(0, 3), size=SIZES, name=st.text(max_size=20))
    def start(self, door: int, n: int, size: tuple[int, int], name: str) -> Sent:
        data = jpeg(n, size=size)
        answer = begin(self.client, self.doors[door], name, len(data))
        assert answer.status_code == 201
        return Sent(answer.headers["location"], data)

    @rule(upload=sent, part=st.floats(0, 1))
    def go_on(self, upload: Sent, part: float) -> None:
        end = upload.offset + round(part * (len(upload.data) - upload.offset))
        answer = append(self.client, upload.at, upload.data[upload.offset : end], offset=upload.offset)
        assert answer.status_code == 204 and int(answer.headers["upload-offset"]) == end
        upload.offset = end
        if end == len(upload.data):
            assert (answer.headers["digitise-taken"] == "new") == (upload.data not in self.whole) or upload.is_over
            upload.is_over = True
            self.whole.add(upload.data)

    @rule(upload=sent, offset=st.integers(0, 5000), more=st.binary(min_size=1, max_size=40))
    def send_at_the_wrong_place(self, upload: Sent, offset: int, more: bytes) -> None:
        answer = append(self.client, upload.at, more, offset=offset)
        if offset != upload.offset:
            assert answer.status_code == 409
        elif upload.is_over:
            assert answer.status_code == 204
        elif offset + len(more) > len(upload.data):
            assert answer.status_code == 413
        else:
            # other bytes at the right place: the phone's own fault; here it takes them back by beginning anew
            assert answer.status_code in (204, 413, 415)
            self.client.delete(upload.at, headers=TUS)
            begun = begin(self.client, upload.at.rpartition("/")[0], "again.jpg", len(upload.data))
            upload.at, upload.offset = begun.headers["location"], 0

    @rule(upload=sent)
    def ask(self, upload: Sent) -> None:
        answer = self.client.head(upload.at, headers=TUS)
        assert answer.status_code == 200 and int(answer.headers["upload-offset"]) == upload.offset

    @rule(upload=consumes(sent))
    def cancel(self, upload: Sent) -> None:
        assert self.client.delete(upload.at, headers=TUS).status_code == 204
        assert self.client.head(upload.at, headers=TUS).status_code == 404
        assert self.client.patch(upload.at, content=b"x", headers=TUS | OFFSET | {"Upload-Offset": "0"}).status_code == 404

    @rule(upload=sent, door=st.integers(0, 1))
    def ask_at_the_other_door(self, upload: Sent, door: int) -> None:
        own = upload.at.startswith(self.doors[door])
        answer = self.client.head(f"{self.doors[door]}/{upload.at.rpartition('/')[2]}", headers=TUS)
        assert answer.status_code == (200 if own else 404)

    @invariant()
    def what_was_sent_whole_is_there_once(self) -> None:
        assert sorted(path.read_bytes() for path in self.place.photos.iterdir()) == sorted(self.whole)


Uploads.TestCase.settings = settings(max_examples=share(12), stateful_step_count=20, deadline=None)
test_any_order_of_steps = Uploads.TestCase
