"""What an event says of people, as a list for a person to decide about."""

from __future__ import annotations

from collections.abc import Sequence

from digitise.config import Privacy
from digitise.model import Box, Event, Frozen
from digitise.privacy.known_names import read_file_name
from digitise.privacy.mentions import LEARNED, Mention, MentionKind, find_mentions
from digitise.privacy.replacing import Rules, describe_fate, make_rules, owners_by_note


class Personal(Frozen):
    """One name, number or address."""

    kind: MentionKind
    text: str
    reason: str
    """Why it is taken for one."""
    sure: bool
    """False: it may be one, and stays as it is unless event.toml lists it."""
    instead: str = ""
    """What the report says in its place under the present settings; '' where it is printed."""
    note_id: str = ""
    """'' where it stands in the name of a file."""
    photo: str
    box: Box | None = None
    """The note's place, photo px."""
    note: str = ""
    """The note's words."""


def list_personal(event: Event, privacy: Privacy) -> tuple[Personal, ...]:
    """All mentions of people in notes and names of files, in the event's order. event: as it is, with nothing replaced."""
    rules = make_rules(event, privacy)
    owners = owners_by_note(event)
    files = {photo.id: photo.file for photo in event.photos}
    found = [
        Personal(kind=m.kind, text=m.text, reason=m.reason, sure=m.sure, instead=describe_fate(m, rules), photo=file)
        for photo in event.photos
        for file in (photo.file, *photo.copies)
        for m in _find(read_file_name(file), rules, ())
    ]
    for note in event.notes:
        for mention in _find(note.text, rules, owners.get(note.id, ())):
            personal = Personal(
                kind=mention.kind,
                text=" ".join(mention.text.split()),
                reason=mention.reason,
                sure=mention.sure,
                instead=describe_fate(mention, rules),
                note_id=note.id,
                photo=files.get(note.photo_id, ""),
                box=note.bbox if note.outline else None,
                note=" ".join(note.text.split()),
            )
            found.append(personal)
    return tuple(found)


def _find(text: str, rules: Rules, owners: Sequence[str]) -> list[Mention]:
    """Mentions with the text's own reason, where it has one."""
    own = find_mentions(text, rules.known._replace(learned=()), owners=owners)
    found = []
    for mention in find_mentions(text, rules.known, owners=owners):
        reasons = [m.reason for m in own if m.start < mention.end and mention.start < m.end and m.sure]
        found.append(mention._replace(reason=reasons[0]) if mention.reason == LEARNED and reasons else mention)
    return found
