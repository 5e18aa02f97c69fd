"""Names, numbers and addresses replaced in an event, as its settings ask: what every output is then made of.

It is laid over the event after arranging, which needs names to tell owners, and before people's corrections, which are replaced in the same
way: so an edit of a report in which names stood as initials still finds what it is about. Ids, places and the accounting do not change.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeVar, get_args, get_origin

from digitise.config import Privacy
from digitise.model import Event, Frozen, Line, Note, Quad, Word
from digitise.privacy.known_names import TOKEN, fold_letters, read_file_name
from digitise.privacy.mentions import WELSH_SONS, Known, Mention, MentionKind, find_mentions, know_people
from digitise.privacy.name_words import COMMON_SURNAMES, DOUBLE_NAMES

AnyFrozen = TypeVar("AnyFrozen", bound=Frozen)

REMOVED: dict[str, dict[MentionKind, str]] = {
    "en": {"name": "[name]", "phone": "[phone]", "email": "[e-mail]", "postcode": "[postcode]"},
    "cy": {"name": "[enw]", "phone": "[ffôn]", "email": "[e-bost]", "postcode": "[cod-post]"},
}
"""What stands for what was taken out, in the report's language; one word each, so that lines of words stay lines of words."""
NO_TEXT = frozenset(
    ("id", "photo_id", "note_id", "note_ids", "photo_ids", "other_id", "section_id", "surface_id", "title_note_id", "problem_note_ids")
) | frozenset(
    (
        "duplicate_of",
        "similar_to",
        "part_of",
        "sha256",
        "dhash",
        "picture",
        "generator",
        "languages",
        "paragraph_id",
        "others",
        "origin",
        "seen",
    )
)
"""Fields that hold ids, hashes and names of the program's own, never words of people."""
FILE_NAMES = frozenset(("file", "copies"))
"""Fields that hold names of files, in which '_' and '-' part words."""
LEAST_IN_ADDRESS = 5
"""Letters of a name that are sought inside an e-mail address, where nothing parts words: 'tegwenbowen@…'."""


class Rules(NamedTuple):
    """What is to be replaced in one event, and by what."""

    privacy: Privacy
    known: Known
    language: str
    owners: Mapping[str, tuple[str, ...]] = {}
    """Note id -> who is to do what it says, as it says it: also for titles and edits with the same words."""


class Hidden(NamedTuple):
    """An event without what is to stay private."""

    event: Event
    rules: Rules
    covered: Mapping[str, Sequence[Quad]]
    """Photo id -> where words stand, photo px, that no picture may show."""


def replaces_anything(privacy: Privacy) -> bool:
    """Whether the settings ask for anything to be replaced."""
    return any(choice != "keep" for choice in (privacy.names, privacy.phones, privacy.emails, privacy.postcodes))


def hide_event(event: Event, privacy: Privacy) -> Hidden:
    """The event as others may see it. With settings that keep everything it is the event itself."""
    rules = make_rules(event, privacy)
    if not replaces_anything(privacy):
        return Hidden(event, rules, {})
    covered: dict[str, list[Quad]] = defaultdict(list)
    notes = []
    for note in event.notes:
        shown, quads = _hide_note(note, rules)
        notes.append(shown)
        covered[note.photo_id] += quads
    hidden = hide_texts(event.model_copy(update={"notes": ()}), rules)
    return Hidden(hidden.model_copy(update={"notes": tuple(notes)}), rules, {photo: quads for photo, quads in covered.items() if quads})


def make_rules(event: Event, privacy: Privacy) -> Rules:
    """What the settings and the notes say of people. Organisers and the glossary's names are printed on purpose, so they stay."""
    known = know_people(privacy.people, (*privacy.allow, *event.info.organisers, *event.info.glossary))
    rules = Rules(privacy, known, event.info.languages[0], owners_by_note(event))
    return rules._replace(known=known._replace(learned=_learn_names(event, rules))) if replaces_anything(privacy) else rules


def owners_by_note(event: Event) -> dict[str, tuple[str, ...]]:
    """Who is to do what each note says, as it says it; of the name at a speech bubble's tail, that name. A note that says what another
    one says tells that one's owners, too."""
    own = {p.note_id: p.owners for p in event.arrangement.placements}
    both = {p.note_id: tuple(dict.fromkeys((*p.owners, *own.get(p.duplicate_of or "", ())))) for p in event.arrangement.placements}
    speakers = {n.said_by for n in event.notes}
    both |= {n.id: (*both.get(n.id, ()), n.text.partition(",")[0]) for n in event.notes if n.id in speakers}
    return {note_id: owners for note_id, owners in both.items() if owners}


def hide_texts(model: AnyFrozen, rules: Rules) -> AnyFrozen:
    """Any data with everything replaced in its texts; other fields, and those that hold ids, are as they were."""
    if not replaces_anything(rules.privacy):
        return model
    owners = _owners_told(model, rules)
    found: dict[str, Any] = {
        name: _hide_value(getattr(model, name), rules, owners, name in FILE_NAMES)
        for name, field in type(model).model_fields.items()
        if name not in NO_TEXT and not _is_choice(field.annotation)
    }
    if isinstance(found.get("owners"), tuple):
        found["owners"] = tuple(dict.fromkeys(found["owners"]))
    return model.model_copy(update=found)


def _owners_told(model: Frozen, rules: Rules) -> tuple[str, ...]:
    """The owners of the notes that some data is about, and those that it names itself."""
    ids = [i for name in ("note_id", "title_note_id") if isinstance(i := getattr(model, name, None), str)]
    ids += [i for name in ("note_ids", "others") for i in getattr(model, name, ())]
    own = getattr(model, "owners", None) or ()
    return tuple(dict.fromkeys((*own, *(owner for i in ids for owner in rules.owners.get(i, ())))))


def hide_text(text: str, rules: Rules, *, owners: Sequence[str] = (), file_name: bool = False) -> str:
    """A text with everything replaced that the settings name."""
    looked_at = read_file_name(text) if file_name else text
    for mention in reversed(_wanted(looked_at, rules, owners)):
        text = text[: mention.start] + _instead(mention, rules) + text[mention.end :]
    return text


def describe_fate(mention: Mention, rules: Rules) -> str:
    """What becomes of a mention: what stands in its place, or '' where it is kept."""
    return _instead(mention, rules) if _is_wanted(mention, rules) else ""


def _wanted(text: str, rules: Rules, owners: Sequence[str]) -> list[Mention]:
    found = [m for m in find_mentions(text, rules.known, owners=owners) if _is_wanted(m, rules)]
    # the full stop of initials is that of the sentence, too
    ends = [m.end + (_instead(m, rules).endswith(".") and bool(re.match(r"\.(?!\w)", text[m.end :]))) for m in found]
    return [m._replace(end=end) for m, end in zip(found, ends, strict=True)]


def _is_wanted(mention: Mention, rules: Rules) -> bool:
    privacy = rules.privacy
    chosen = {"name": privacy.names, "phone": privacy.phones, "email": privacy.emails, "postcode": privacy.postcodes}
    if mention.kind == "email" and privacy.emails == "keep" and privacy.names != "keep":
        return _tells_name(mention.text, rules.known)
    return mention.sure and chosen[mention.kind] != "keep"


def _tells_name(address: str, known: Known) -> bool:
    """Whether an e-mail address names a person: 'sian.rees@…', 'tegwenbowen@…'."""
    user = re.sub(r"[._%+-]", " ", address.partition("@")[0])
    whole = re.sub(r"\W", "", fold_letters(user))
    names = ("".join(TOKEN.findall(fold_letters(name))) for name in (*known.people, *known.learned))
    return any(m.kind == "name" and m.sure for m in find_mentions(user, known)) or any(
        len(name) >= LEAST_IN_ADDRESS and name in whole for name in names
    )


def _instead(mention: Mention, rules: Rules) -> str:
    if mention.kind == "name" and rules.privacy.names == "initials":
        return make_initials(mention.text)
    return REMOVED.get(rules.language, REMOVED["en"])[mention.kind]


def make_initials(name: str) -> str:
    """'Siân Rees' -> 'S.R.', 'Dafydd ap Gwilym' -> 'D.G.', 'Mary-Ann' -> 'M.A.'."""
    whole = re.sub(r"-\s*\n\s*", "", name)
    parts = [part for word in TOKEN.findall(whole) if word.casefold() not in WELSH_SONS for part in word.split("-") if part]
    return "".join(f"{part[0].upper()}." for part in parts) or "…"


def _learn_names(event: Event, rules: Rules) -> tuple[str, ...]:
    """The names found on notes, so that they are replaced wherever else they stand: in titles, captions, names of files."""
    names: set[str] = set()
    for note in event.notes:
        for mention in find_mentions(note.text, rules.known, owners=rules.owners.get(note.id, ())):
            folded = mention.text.casefold()
            is_word = folded in COMMON_SURNAMES or folded in DOUBLE_NAMES
            if mention.kind == "name" and _is_wanted(mention, rules) and not is_word:
                names.add(" ".join(mention.text.split()))
    return tuple(sorted(names, key=lambda n: (-len(n), n)))


def _hide_note(note: Note, rules: Rules) -> tuple[Note, list[Quad]]:
    owners = rules.owners.get(note.id, ())
    lines, quads = _hide_lines(note.lines, rules, owners)
    update: dict[str, object] = {"text": hide_text(note.text, rules, owners=owners), "lines": lines}
    if note.written is not None:
        update["written"] = hide_text(note.written, rules, owners=owners)
    if note.second_reading is not None:
        # it may spell a name otherwise, by which nothing here would know it
        changed = bool(quads) or update["text"] != note.text
        update["second_reading"] = None if changed else hide_texts(note.second_reading, rules)
    return note.model_copy(update=update), quads


def _hide_lines(lines: Sequence[Line], rules: Rules, owners: Sequence[str]) -> tuple[tuple[Line, ...], list[Quad]]:
    """A note's lines without what is to be replaced, and where it stood. A name may run from one line to the next."""
    words = [word for line in lines for word in line.words]
    spans: list[tuple[int, int]] = []
    text = ""
    for line in lines:
        for word in line.words:
            spans.append((len(text), len(text) + len(word.text)))
            text += word.text + " "
        text = text[:-1] + "\n" if line.words else text
    wanted = _wanted(text, rules, owners)
    shown = _rewrite(words, spans, text, [(m.start, m.end, _instead(m, rules)) for m in wanted])
    quads = [word.quad for word, span in zip(words, spans, strict=True) if any(m.start < span[1] and span[0] < m.end for m in wanted)]
    rest = iter(shown)
    done = []
    for line in lines:
        mine = [next(rest) for _ in line.words]
        struck, hidden = _hide_struck(line.struck_out, rules)
        quads += hidden
        done.append(_hide_line(line, mine, struck, rules))
    return tuple(line for line in done if line.words or line.struck_out), quads


def _rewrite(
    words: Sequence[Word], spans: Sequence[tuple[int, int]], text: str, wanted: Sequence[tuple[int, int, str]]
) -> list[Word | None]:
    """Each word as it is shown; None for one that went into the word before it."""
    shown: list[Word | None] = []
    last = -1
    for i, (word, (start, end)) in enumerate(zip(words, spans, strict=True)):
        place, out = start, ""
        for begin, stop, instead in wanted:
            if begin < end and start < stop:
                out += text[place : max(place, begin)] + (instead if start <= begin else "")
                place = max(place, min(end, stop))
        out += text[place:end]
        head = shown[last] if last >= 0 else None
        if head is not None and any(begin < start < stop for begin, stop, _ in wanted):
            shown[last] = head.model_copy(update={"text": head.text + out})
            shown.append(None)
            continue
        changed = out != word.text
        shown.append(_settle(word, out) if changed else word)
        last = i
    return shown


def _settle(word: Word, text: str) -> Word:
    """A word that was replaced: nothing of what was read there is kept, and nobody need check it."""
    update = {"text": text, "raw": "", "alternatives": (), "second_reading": "", "source": "", "doubtful": False}
    return word.model_copy(update=update)


def _hide_line(line: Line, words: Sequence[Word | None], struck_out: tuple[Word, ...], rules: Rules) -> Line:
    left = tuple(_hide_readings(word, rules) for word in words if word is not None)
    changed = [w.text for w in left] != [w.text for w in line.words] or hide_text(line.raw, rules) != line.raw
    raw = " ".join(w.text for w in left) if changed else line.raw
    return line.model_copy(update={"words": left, "raw": raw, "struck_out": struck_out})


def _hide_readings(word: Word, rules: Rules) -> Word:
    """Other readings of a word that is shown, without those that are a name."""
    alternatives = tuple(a for a in word.alternatives if hide_text(a, rules) == a)
    raw = word.raw if hide_text(word.raw, rules) == word.raw else ""
    second = word.second_reading if hide_text(word.second_reading, rules) == word.second_reading else ""
    if (alternatives, raw, second) == (word.alternatives, word.raw, word.second_reading):
        return word
    return word.model_copy(update={"alternatives": alternatives, "raw": raw, "second_reading": second})


def _hide_struck(words: Sequence[Word], rules: Rules) -> tuple[tuple[Word, ...], list[Quad]]:
    """Crossed-out words: where one is a name, all of them go."""
    text = " ".join(word.text for word in words)
    raw = " ".join(word.raw for word in words)
    if not _wanted(text, rules, ()) and not _wanted(raw, rules, ()):
        return tuple(_hide_readings(word, rules) for word in words), []
    return (), [word.quad for word in words]


def _hide_value(value: object, rules: Rules, owners: Sequence[str], file_name: bool) -> object:
    if isinstance(value, str):
        return hide_text(value, rules, owners=owners, file_name=file_name)
    if isinstance(value, Frozen):
        return hide_texts(value, rules)
    if isinstance(value, tuple):
        return tuple(_hide_value(v, rules, owners, file_name) for v in value)
    if isinstance(value, dict):
        return {_hide_value(k, rules, owners, file_name): _hide_value(v, rules, owners, file_name) for k, v in value.items()}
    return value


def _is_choice(annotation: object) -> bool:
    """Whether a field holds one of a few given words."""
    return get_origin(annotation) is Literal or any(get_origin(a) is Literal for a in get_args(annotation))
