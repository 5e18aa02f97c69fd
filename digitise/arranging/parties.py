"""Whether some words of a note name people or bodies: 'Sue', 'Cllr Jones', 'RCT CBC and Interlink', 'parish council', 'Tîm Iechyd'."""

from __future__ import annotations

import re

from digitise.arranging.roles import COMMON_FIRST, MODIFIERS, NAMES, ROLE_NOUNS, is_thing
from digitise.arranging.verbs import NOUN_VERBS, PLAIN_VERBS, WELSH_COMMANDS, WELSH_VERBS

MOST_PARTY_WORDS = 10
"""'Roger Bell, Tim Allen and the Rhondda Mental Health Forum' is a party; a longer run before 'to' is a clause."""
MOST_LOWER_CASE_WORDS = 4
MOST_MIXED_WORDS = 6
"""'HMT financial reporting policy team': a capital at the start and a role at the end."""
CONNECTORS = frozenset(
    ("and", "of", "the", "for", "in", "from", "at", "a", "ac", "y", "yr", "yn", "with", "or", "a'r", "de", "la", "van", "der", "den")
)
JOINING = frozenset(("and", "of", "the", "a", "ac", "y", "yr", "a'r"))
TITLES = frozenset(("mr", "mrs", "ms", "miss", "dr", "prof", "cllr", "councillor", "rev", "sir", "cyng"))
PRONOUNS = frozenset(
    ("i", "we", "it", "this", "that", "these", "those", "they", "there", "he", "she", "you", "who", "which", "what", "how", "where")
)
CLAUSE_WORDS = frozenset(
    (
        "by",
        "to",
        "on",
        "about",
        "as",
        "is",
        "are",
        "was",
        "be",
        "into",
        "not",
        "no",
        "if",
        "when",
        "so",
        "than",
        "off",
        "need",
        "needs",
        "between",
    )
)
NOUN_FIRST = frozenset(
    ("access", "project", "support", "market", "design", "programme", "press", "play", "park", "research", "budget", "focus")
)
"""'Access group', 'Support staff': more often a noun than an order before a role."""
_OPENERS_REFUSED_TEXT = """
    of in from at with for and or to alongside during after before within under through following besides beyond per via like due
    towards against across until since among between around near inside outside despite
"""
OPENERS_REFUSED = frozenset(_OPENERS_REFUSED_TEXT.split())

PLACE_OR_DAY = re.compile(
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?$|(?:aber|caer|cwm|llan|maes|pont|rhyd|tref|ynys)[^\W\d_]{3,}$|wales$|cymru$|weekly$|monthly$"
)
"""A lone word in brackets is as often a day or a place, and Welsh places tell themselves by their first half."""


def is_party(candidate: str, shouting: bool, *, strict: bool = False) -> bool:  # noqa: PLR0911 - one return per rule
    """Whether some words name people or bodies.

    shouting: the note is in capitals, so that they say nothing. strict: the place alone says little (brackets, before a colon,
    mid-sentence), so a lone capitalised word of common use is refused.
    """
    candidate = candidate.strip(" .,:;-–—")
    tokens = [t for t in re.findall(r"[^\s,/&+;]+", candidate)]
    lower = [t.casefold().strip(".'’") for t in tokens]
    pairs = [(t, w) for t, w in zip(tokens, lower, strict=True) if w and w not in CONNECTORS]
    if not pairs or not _is_well_formed(candidate, lower):
        return False
    content = [w for _, w in pairs]
    if "," in candidate and not all(is_party(part, shouting, strict=strict) for part in candidate.split(",") if part.strip()):
        return False
    if any(w in TITLES for w in content) and len(content) > 1:
        return True
    if _opens_as_clause(content) and not (content[-1] in ROLE_NOUNS and content[0] in ROLE_NOUNS):
        return False
    head_is_role = content[-1] in ROLE_NOUNS or (" of " in f" {' '.join(lower)} " and any(w in ROLE_NOUNS for w in content))
    proper = all(t[0].isupper() or t[0].isdigit() or w in ROLE_NOUNS or w in MODIFIERS for t, w in pairs)
    if not shouting and head_is_role and pairs[0][0][0].isupper() and content[0] not in COMMON_FIRST and len(content) <= MOST_MIXED_WORDS:
        return all(w in JOINING for w in lower if w in CONNECTORS) or proper
    if shouting or not proper:
        return _is_uncased_party(lower, content, head_is_role)
    if head_is_role or len(content) > 1:
        return content[0] not in COMMON_FIRST or head_is_role
    if not shouting and pairs[0][0].isupper() and 2 <= len(content[0]) <= 6:
        return True  # an acronym or initials
    return not is_thing(content[0], strict=strict) and not (strict and PLACE_OR_DAY.match(content[0]))


def is_role(candidate: str) -> bool:
    """A role or body named without capitals: 'parish clerk'."""
    tokens = candidate.casefold().split()
    return 0 < len(tokens) <= MOST_LOWER_CASE_WORDS and tokens[-1] in ROLE_NOUNS


def _is_well_formed(candidate: str, lower: list[str]) -> bool:
    """Neither a clause, nor an address, nor half a bracket."""
    if len(lower) > MOST_PARTY_WORDS or any(w in PRONOUNS or w in CLAUSE_WORDS for w in lower) or lower[0] in OPENERS_REFUSED:
        return False
    if re.search(r"(?<!^)\b[a-z]{3,}ed\b", candidate):
        return False  # 'Sue Price invited Tom': a verb between two names
    if re.search(r"https?:|www\.|@|[()\[\]\"“”?!:]|^\d", candidate):
        return False
    return not re.search(r"\w{3,}[.]\s", candidate)


def _opens_as_clause(content: list[str]) -> bool:
    """'Ask Sue', 'Currently working', 'Trying': an order or an adverb comes first. 'Mark Lee' opens with a name all the same."""
    first = content[0]
    if first in NAMES or first in ROLE_NOUNS:
        return False
    if first in MODIFIERS and content[-1] in ROLE_NOUNS:
        return False  # 'Housing team'
    if len(first) > 4 and (first.endswith("ly") or first.endswith("ing")):
        return True
    if first in NOUN_FIRST and content[-1] in ROLE_NOUNS:
        return False
    return (first in PLAIN_VERBS or first in NOUN_VERBS or first in WELSH_VERBS or first in WELSH_COMMANDS) and first not in MODIFIERS


def _is_uncased_party(lower: list[str], content: list[str], head_is_role: bool) -> bool:
    """Without capitals to go by: a role with at most three words before it, or names that are frequent."""
    if all(w in NAMES or len(w) == 1 for w in content):
        return any(w in NAMES for w in content)
    if not head_is_role or len(content) > MOST_LOWER_CASE_WORDS or content[0] in COMMON_FIRST - {"all", "new", "people"}:
        return False
    return all(w in JOINING for w in lower if w in CONNECTORS)
