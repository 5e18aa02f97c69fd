"""Who is to do it, in the note's own words: 'Clerk to contact …', '… (JB)', 'Owner: …', 'X will …', '@name', 'Clerc i gysylltu â …'.

Declines rather than guesses: 'Publicity to …', 'Try to …', 'Leaflets to be printed' name nobody. An owner is always a slice of the note.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from digitise.arranging.dates import find_due
from digitise.arranging.parties import CONNECTORS, TITLES, is_party, is_role
from digitise.arranging.roles import MODIFIERS
from digitise.arranging.verbs import PLAIN_VERBS, is_welsh_verb, opens_with_order
from digitise.arranging.wording import as_written, fold, is_shouting, plain, strip_bullet, words
from digitise.model import Note

SPLIT = re.compile(r"\s*(?:/|,|;|\+|&|\band\b|\bac?\b(?=\s+[A-ZÂÊÎÔÛŴŶ])|\ba'r\b)\s*")
LABEL = re.compile(
    r"(?:^|[\s(\[;,.–—-])(?:(?:owners?|lead(?: officer| person)?|led by|who|by|responsible|responsibility|assigned to|action(?: by"
    r"| on)?|perchennog|perchen|arweinydd|pwy|gan|cyfrifol|cyfrifoldeb)\s*[:=]|(?:who|pwy)\?"
    r"|(?:owners?|lead|perchennog|arweinydd)\s+[–—-](?=\s))\s*([^()\[\]\n;.:]{2,60})",
    re.I,
)
AT_NAME = re.compile(r"(?<![\w.])@([A-Za-zÀ-ÿ][\w.-]*[A-Za-zÀ-ÿ0-9])")
END_BRACKET = re.compile(r"[(\[]([^()\[\]]{2,80})[)\]]\s*[.!]?\s*$")
END_ARROW = re.compile(r"(?:->|→|=>|>>)\s*([^→>]{2,50}?)\s*[.!]?$")
END_DASH = re.compile(r"\s[–—-]+\s*([^–—]{2,50}?)\s*[.!]?$")
NAME_COLON = re.compile(r"^(?:action\s+)?([^:]{2,60}):\s+(?=\S)", re.I)
NAME_DASH = re.compile(r"^([^–—:]{2,40}?)\s+[–—-]+\s+(?=\S)")
NAME_BRACKETED = re.compile(r"^[(\[]([^()\[\]]{2,40})[)\]]:?\s+(?=\S)")
TO_VERB = re.compile(
    r"\s+(?:(?:is|are|agreed|offered|volunteered|committed|undertook) )?to\s+(?:also |then |jointly |please |re-?)?([a-z-]+)", re.I
)
WILL_VERB = re.compile(r"(?:\s+(?:will|shall)|'ll)\s+(?:also |then |jointly |not )?([a-z-]+)", re.I)
WELSH_I = re.compile(r"\s+i\s+([a-zâêîôûŵŷ-]+)", re.I)
WELSH_BYDD = re.compile(r"^(?:bydd|mi fydd|fe fydd)\s+(.{2,60}?)\s+yn\s+([a-zâêîôûŵŷ-]+)", re.I)
CLAUSE_START = re.compile(r"(?:^|[.;:!?)\]]\s+|,\s+|\s[–—-]\s+|→\s*|->\s*|\(|\[)")
LACK = re.compile(r"(?:no|not|lack|too|dim|diffyg)\b", re.I)
"""'No overview (ITL + SDP)': whoever stands in the bracket is to do nothing."""
MOST_SIGNED_WORDS = 3
INITIALS = re.compile(r"[A-Z](?:\.?[A-Z]){1,2}\.?")


def find_owners(text: str, *, known: Collection[str] = ()) -> tuple[str, ...]:
    """Owners as written, in the note's order; () when it names none.

    known: names from the event's settings, folded; where a name may stand (brackets, before a colon), they are believed.
    """
    spans = find_owner_spans(text, known=known)
    return tuple(dict.fromkeys(as_written(owner, text) for span in spans for owner in split_owners(span)))


def find_note_owners(note: Note, *, known: Collection[str] = ()) -> tuple[str, ...]:
    """Owners of a note as it was read: as find_owners, and one on a last line of its own of whose brackets only a half was made out."""
    if found := find_owners(note.text, known=known):
        return found
    last = note.lines[-1].words if len(note.lines) > 1 else ()
    raw = " ".join(w.raw or w.text for w in last)
    if not 0 < len(last) <= MOST_SIGNED_WORDS or not (raw.startswith(("(", "[")) or raw.endswith((")", "]"))):
        return ()
    owner = " ".join(w.text for w in last).strip(" ()[]")
    sure = owner in " ".join(note.text.split()) and (fold(owner) in known or is_party(owner, False, strict=True))
    return split_owners(owner) if sure else ()


def find_owner_spans(text: str, *, known: Collection[str] = ()) -> tuple[str, ...]:
    """The slices of the note (as one line) that name its owner or owners; () when there is none.

    'Town Council to fund a youth worker (Cllr Price)' has two: who does it, and who answers for it. After an owner, a bracket
    without a title or a name of the event's settings is as often whoever said it: published notes do not count it.
    """
    line = _strip_due(strip_bullet(plain(text)))
    shouting = is_shouting(line)
    if names := AT_NAME.findall(line):
        return tuple(dict.fromkeys(names))
    for finder in (_labelled, _before_verb, _welsh_before_verb, _before_colon, _bracketed_first, _in_brackets, _at_end, _inside):
        if span := finder(line, shouting):
            more = _find_more(line, span, shouting, known) if finder in (_before_verb, _welsh_before_verb) else ()
            return (span, *more)
    for pattern in (NAME_COLON, END_BRACKET, END_ARROW):
        match = pattern.search(line)
        if match and all(fold(part) in known for part in split_owners(match.group(1))):
            return (match.group(1).strip(),)
    return ()


def _strip_due(line: str) -> str:
    """Without a date at the end, behind which an owner would not be seen: 'Ring the surgery – Sue, by Friday'."""
    due = find_due(line)
    if due is None or not line.rstrip(" .!)]").endswith(due):
        return line
    at = line.rindex(due)
    return line[:at].rstrip(" ,;:–—-([") + (")" if line[:at].count("(") > line[:at].count(")") and not line[:at].endswith("(") else "")


def _find_more(line: str, span: str, shouting: bool, known: Collection[str]) -> tuple[str, ...]:
    """Who else is named behind 'X to verb …': in a bracket at the end, or before another 'to verb' behind a semicolon.

    Behind a stop published notes go on to tell what follows from the duty: one more owner there is wrong in three of four.
    """
    found = []
    second = _in_brackets(line, shouting)
    if second and second not in span and _is_person_for_sure(second, known):
        found.append(second)
    for part in line.split(";")[1:]:
        other = _before_verb(part.strip(), shouting) or _welsh_before_verb(part.strip(), shouting)
        if other and other not in (span, *found) and is_party(other, shouting, strict=True):
            found.append(other)
    return tuple(found)


def _is_person_for_sure(candidate: str, known: Collection[str]) -> bool:
    return all(fold(part) in known or (words(part)[:1] and words(part)[0] in TITLES) for part in split_owners(candidate))


def split_owners(span: str) -> tuple[str, ...]:
    """'Interlink and RCT CBC' are two owners; 'Youth and Community Team' is one."""
    parts = [p for p in SPLIT.split(span) if p]
    merged: list[str] = []
    for part in parts:
        last = merged[-1] if merged else ""
        start = span.find(last) if last else -1
        tied = words(last)[-1:] and words(last)[-1] in MODIFIERS
        if tied and start >= 0:
            end = span.find(part, start + len(last)) + len(part)
            merged[-1] = span[start:end]
        else:
            merged.append(part)
    return tuple(dict.fromkeys(_tidy(m) for m in merged if m.strip(" .,:;")))


def _tidy(name: str) -> str:
    """Without article and stops; initials keep theirs: 'S.P.'."""
    bare = re.sub(r"^(?:the|The|THE|y|yr|Y|Yr)\s+", "", name).strip(" ,:;")
    return bare if INITIALS.fullmatch(bare) else bare.strip(" .,:;")


def _labelled(line: str, shouting: bool) -> str:
    """'Owner: Sue Price'; 'Action: JB' but not 'Action: book the hall'."""
    for match in LABEL.finditer(line):
        candidate = re.split(r"\s+(?:by|before|due|when|to|erbyn)\b|\s[–—-]\s", match.group(1).strip())[0].strip(" ,")
        if is_party(candidate, shouting, strict=match.group(0).casefold().lstrip(" ([").startswith("action")):
            return candidate
    return ""


def _before_verb(line: str, shouting: bool) -> str:
    """'X to verb …' and 'X will verb …' at the start of the note."""
    for source in dict.fromkeys((line, re.sub(r"(?<=\w)\s*\([^()]*\)(?= |,)", "", line))):
        for pattern in (TO_VERB, WILL_VERB):
            match = pattern.search(source)
            if match and _is_doing(source, match, pattern is WILL_VERB) and is_party(source[: match.start()], shouting):
                return source[: match.start()].strip(" ,:")
    return ""


def _welsh_before_verb(line: str, shouting: bool) -> str:
    """'Clerc i gysylltu â …', 'Bydd y Cyngor yn trefnu …'."""
    if (match := WELSH_BYDD.match(line)) and is_welsh_verb(match.group(2)) and is_party(match.group(1), shouting):
        return match.group(1)
    match = WELSH_I.search(line)
    if match and is_welsh_verb(match.group(1)) and is_party(line[: match.start()], shouting):
        return line[: match.start()].strip(" ,:")
    return ""


def _before_colon(line: str, shouting: bool) -> str:
    """'Sue: book the hall', 'JB – ring the surgery'; the rest must be something to do."""
    for pattern in (NAME_COLON, NAME_DASH):
        match = pattern.match(line)
        if match and _is_to_do(line[match.end() :]) and is_party(match.group(1), shouting, strict=True):
            return match.group(1).strip()
    return ""


def _bracketed_first(line: str, shouting: bool) -> str:
    """'(JB) Ring the surgery'."""
    match = NAME_BRACKETED.match(line)
    does = match is not None and _is_to_do(line[match.end() :]) and is_party(match.group(1), shouting, strict=True)
    return match.group(1).strip() if match and does else ""


def _is_to_do(text: str) -> bool:
    rest = words(text)
    return opens_with_order(rest) or rest[:1] in (["to"], ["will"], ["i"]) or (bool(rest) and rest[0] in PLAIN_VERBS)


def _in_brackets(line: str, shouting: bool) -> str:
    """'… (Clerk)' at the end; not '(TAF)' that shortens the words before it."""
    match = END_BRACKET.search(line)
    if match is None or LACK.match(line):
        return ""
    inside, before = match.group(1).strip(), line[: match.start()]
    if re.match(r"(?:action|owner|lead|by)\b\s*:?\s*", inside, re.I):
        inside = re.sub(r"^(?:action|owner|lead|by)\b\s*:?\s*", "", inside, flags=re.I)
    inside = re.split(r"\s+(?:by|before|erbyn)\s|,\s*(?:by|before)\s", inside)[0]
    return inside if is_party(inside, shouting, strict=True) and not _shortens(inside, before) else ""


def _at_end(line: str, shouting: bool) -> str:
    """'Book hall -> Sue', 'Book hall – JB': after an arrow any party, after a dash initials or a role."""
    if (match := END_ARROW.search(line)) and is_party(match.group(1), shouting, strict=True):
        return match.group(1)
    if match := END_DASH.search(line):
        end = match.group(1)
        order = opens_with_order(words(line[: match.start()]))
        if order and ((INITIALS.fullmatch(end) and not shouting) or is_role(end) or is_party(end, shouting, strict=True)):
            return end
    return ""


def _inside(line: str, shouting: bool) -> str:
    """'Hedge overgrown, Clerk to contact owner': X before 'to verb' after a break inside the note."""
    if shouting:
        return ""
    for pattern in (TO_VERB, WELSH_I):
        for match in pattern.finditer(line):
            if not (is_welsh_verb(match.group(1)) if pattern is WELSH_I else _is_doing(line, match, False)):
                continue
            starts = [m.end() for m in CLAUSE_START.finditer(line) if 0 < m.end() < match.start()]
            for start in starts:
                candidate = line[start : match.start()].strip(" ,([")
                if candidate and all(is_party(part, shouting, strict=True) for part in split_owners(candidate)):
                    return candidate
    return ""


def _is_doing(line: str, match: re.Match[str], will: bool) -> bool:
    """Whether what follows 'to' or 'will' is something that a person does: 'to be printed' is done to a thing."""
    verb = match.group(1).casefold()
    if match.group(1)[0].isupper() and not is_shouting(line):
        return False  # 'Aberdare to Hirwaun' is a way, not a duty
    if verb in {"the", "a", "an", "our", "their", "all", "this", "that", "each", "every", "and", "or", "from", "and/or"}:
        return False
    rest = line[match.end() :].split()
    if verb.endswith("ly") and rest:
        verb = rest.pop(0).casefold()
    if verb == "be":
        return bool(rest) and rest[0].casefold() in {"responsible", "lead", "in", "asked", "involved", "present", "part"} and not will
    return not (verb.endswith("ing") and verb not in PLAIN_VERBS)


def _shortens(inside: str, before: str) -> bool:
    """'Team Around the Family (TAF)': the bracket holds initials of the words before it."""
    letters = re.sub(r"[^A-Za-z]", "", inside).casefold()
    if not letters or " " in inside.strip() or not inside.strip().isupper():
        return False
    initials = "".join(w[0] for w in words(before)[-12:])
    small = "".join(w[0] for w in words(before)[-12:] if w not in CONNECTORS)
    return letters in initials or letters in small
