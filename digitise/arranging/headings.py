"""What a heading says: a theme ('Transport'), a kind ('Problems', 'Camau gweithredu'), a round or table, or several of these."""

from __future__ import annotations

import re
from typing import NamedTuple

from rapidfuzz import fuzz

from digitise.arranging.wording import digits, fold, plain, strip_bullet
from digitise.model import Kind

SAME_HEADING = 86
"""rapidfuzz ratio (0..100) from which two headings are one: one misread letter in seven is allowed for."""
SHORT_HEADING = 6
"""Headings with fewer letters must be equal: 'Work' is not 'Word'."""

KIND_PHRASES: dict[Kind, tuple[str, ...]] = {
    "problem": (
        r"(?:key |main |health |current |biggest )*(?:problems?|issues?|barriers?|challenges?|concerns?|difficult(?:y|ies)|obstacles?|worries"
        r"|frustrations?|pain ?points?|weaknesse?s?|threats?|risks?|gaps|negatives?|dislikes|cons)",
        r"what(?:'s| is| was| are)? (?:not|isn't) (?:working|so good)(?: well)?",
        r"what (?:doesn't|does not|didn't|did not) work(?: so)?(?: well)?",
        r"what (?:stops|prevents|worries) (?:us|you|people)\b.*",
        r"what went (?:wrong|badly|less well)",
        r"what (?:could|can|should) (?:be|have been|have gone|go) (?:improved|better)",
        r"(?:what )?needs? improving|to improve|could be better|stop(?: doing)?",
        r"(?:prif )?(?:broblemau|problemau|heriau|rhwystrau|pryderon|anawsterau|gwendidau|bygythiadau|risgiau|bylchau)",
        r"beth (?:sydd ddim yn|sy ddim yn|nad yw'n|nad ydy'n|ddim yn) gweithio(?:'n dda)?",
    ),
    "action": (
        r"(?:key |agreed |possible |proposed |immediate )*(?:action(?:s| points?| items?| plan)?|next steps?|to-?do(?: list)?|to do(?: list)?"
        r"|commitments?|pledges?|recommendations?)(?: agreed| needed| required)?",
        r"what (?:next|happens next|will we do|are we going to do|needs to happen|must happen|we will do)",
        r"who (?:will )?(?:does|do) what(?: by when)?",
        r"(?:camau gweithredu|camau nesaf|camau|gweithredu|gweithredoedd|pwyntiau gweithredu|beth nesaf|i'w wneud|addewidion|argymhellion)",
        r"beth (?:fyddwn ni'n|wnawn ni|sydd angen|sydd angen ei wneud)(?: ei)?(?: wneud)?",
    ),
    "strength": (
        r"(?:our |key |main )*(?:strengths?|positives?|good things|the good|successes|likes|assets|pros|highlights|achievements|what we value)",
        r"what(?:'s| is| are)? (?:already )?(?:works?|working|good|going well|strong)(?: well)?(?: (?:already|now))?",
        r"what (?:has )?(?:worked|went|has gone|goes)(?: well| right)?|went well|worked well|keep doing|continue(?: doing)?",
        r"what (?:are we|we're|we are) proud of|where we got lucky",
        r"(?:ein )?(?:cryfderau|llwyddiannau|asedau|pethau da|pwyntiau cadarnhaol)",
        r"beth sy(?:dd|'n| yn|dd yn)?(?: eisoes)?(?: yn)? ?(?:gweithio|dda|mynd)(?:'n dda| yn dda)?",
        r"beth weithiodd(?:'n dda)?|beth aeth yn dda",
    ),
    "idea": (
        r"(?:our |your |new |big |other )*(?:ideas?|suggestions?|solutions?|fix(?:es)?|opportunit(?:y|ies)|wish(?:es)?(?: ?list)?|hopes?|dreams?|vision)",
        r"what (?:if|would help|could help|could we do|can we do|would make (?:it|things) better|would you like).*",
        r"(?:ein |eich )?(?:syniadau|awgrymiadau|cyfleoedd|atebion|datrysiadau|gobeithion|gweledigaeth|dymuniadau|breuddwydion)",
        r"beth (?:fyddai'n|allai) (?:helpu|ein helpu)|beth am",
    ),
    "question": (
        r"(?:open |further |burning |other |your )*questions?(?: raised)?|unknowns|things to find out|q ?and ?a|what we don't know",
        r"(?:cwestiynau|cwestiwn)(?: a godwyd| pellach)?|pethau i'w darganfod",
    ),
    "quote": (
        r"quotes?|quotations?|what people (?:said|say|told us)|what you said|voices|in (?:your|their) own words",
        r"dyfyniadau|beth (?:ddywedodd|ddywedoch)(?: pobl| chi)?|lleisiau",
    ),
}
"""Whole headings that set the kind of what stands under them; matched without accents, in lower case."""

LINK = r"(?: (?:with|of|for|around|about|in|to do with|on|gyda|am|o ran|ar gyfer|o|i))?"
CONTINUED = re.compile(r"[\s(,–-]*\b(?:cont(?:'?d|inued|\.)?|parhad|page \d+|tudalen \d+|\d+ of \d+|\d+/\d+)\.?\s*\)?\s*$", re.I)
ROUND = re.compile(r"\b(?:round|rownd|sesiwn|session)\s*(?:no\.?\s*)?(\d{1,2}|[ivx]{1,4}|one|two|three|four|five|un|dau|tri)\b", re.I)
TABLE = re.compile(r"\b(?:table|bwrdd|group|grŵp|grwp|team|tîm|tim)\s*(?:no\.?\s*)?(\d{1,2}|[a-h](?=\W|$))\b", re.I)
NUMERALS = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "un": "1", "dau": "2", "tri": "3",
            "i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5"}  # fmt: skip
EDGE = " \t:;,.–—-/|()[]→>=*_\"'“”"


class Heading(NamedTuple):
    """What one heading says."""

    theme: str
    """The theme's wording, '' when the heading names none."""
    kind: Kind | None
    kind_confidence: float
    round: str | None
    table: str | None


def parse_heading(text: str) -> Heading:
    """Read a heading: 'Round 2 – Table 3: Transport – problems' has all four parts."""
    line = CONTINUED.sub("", strip_bullet(plain(text)))
    round_match, table_match = ROUND.search(line), TABLE.search(line)
    rest = TABLE.sub(" | ", ROUND.sub(" | ", line))
    parts = [p.strip(EDGE) for p in re.split(r"\s*[|:/]\s*|\s+[–—-]+\s+|\s*[–—]\s*|\(|\)", rest)]
    kinds: list[tuple[Kind, float]] = []
    themes: list[str] = []
    for part in (p for p in parts if fold(p)):
        found, theme = _parse_part(part)
        kinds += found
        if theme:
            themes.append(theme)
    distinct = {k for k, _ in kinds}
    kind, confidence = (kinds[0][0], max(c for _, c in kinds)) if len(distinct) == 1 else (None, 0.0)
    theme = _as_written(rest, themes)
    return Heading(theme, kind, confidence, _named(round_match), _named(table_match))


def _parse_part(part: str) -> tuple[list[tuple[Kind, float]], str]:
    """Kinds and theme of one part of a heading that punctuation sets off."""
    key = _key(part)
    pieces = [_whole_kind(p) for p in re.split(r" and | a | ac |, | or ", key)]
    if (whole := _whole_kind(key)) is not None:
        return [(whole, 0.95)], ""
    if len(pieces) > 1 and all(p is not None for p in pieces):
        return [(p, 0.95) for p in pieces if p is not None], ""
    for kind, phrases in KIND_PHRASES.items():
        first = f"(?:{phrases[0]})"
        if match := re.fullmatch(rf"{first}{LINK} (.+)", key):
            return ([(kind, 0.85)], _tail(part, match.group(1))) if len(match.group(1).split()) <= 4 else ([(kind, 0.6)], part)
        if (match := re.fullmatch(rf"(.+?) {first}", key)) and len(match.group(1).split()) <= 4 and not match.group(1).startswith("what"):
            return [(kind, 0.85)], _head(part, match.group(1))
    for kind, phrases in KIND_PHRASES.items():
        if re.match(r"(?:what|beth|pa) ", key) and re.search(rf"\b{phrases[0].rsplit('(?:', 1)[-1].rstrip(')')}\b", key):
            return [(kind, 0.6)], part
    return [], part


def _key(text: str) -> str:
    return re.sub(r"\s+", " ", plain(text).casefold().replace("&", " and ").replace("+", " and ")).strip(EDGE + "?!")


def _whole_kind(key: str) -> Kind | None:
    """The kind that a whole heading sets, allowing for one misread letter in long words."""
    key = key.strip(EDGE + "?!")
    return next((kind for kind, phrases in KIND_PHRASES.items() if any(re.fullmatch(p, key) for p in phrases)), None)


def _tail(part: str, key_tail: str) -> str:
    """The last words of `part` as written, as many as `key_tail` has."""
    return " ".join(part.split()[-len(key_tail.split()) :]).strip(EDGE + "?!")


def _head(part: str, key_head: str) -> str:
    return " ".join(part.split()[: len(key_head.split())]).strip(EDGE + "?!")


def _as_written(rest: str, themes: list[str]) -> str:
    """The themes of a heading's parts; two neighbouring parts keep the punctuation between them."""
    if len(themes) > 1:
        start, end = rest.find(themes[0]), rest.rfind(themes[-1]) + len(themes[-1])
        between = rest[start:end]
        if start >= 0 and "|" not in between and not any(_whole_kind(_key(p)) for p in re.split(r"[:/–—-]", between)):
            return between + (")" if between.count("(") > between.count(")") else "")
    return " – ".join(themes)


def _named(match: re.Match[str] | None) -> str | None:
    """'Table 3' from a match of ROUND or TABLE: the word as written, the number as a digit."""
    if match is None:
        return None
    number = match.group(1).casefold()
    name = re.split(r"[\s\d]", match.group(0).strip())[0]
    return f"{name.capitalize()} {NUMERALS.get(number, number.upper())}"


def is_same_heading(a: str, b: str) -> bool:
    """Same or near-same wording: case, punctuation and '(cont.)' do not count, single misread letters neither, numbers do."""
    fa, fb = fold(CONTINUED.sub("", plain(a))), fold(CONTINUED.sub("", plain(b)))
    if fa == fb:
        return bool(fa)
    if min(len(fa), len(fb)) < SHORT_HEADING or digits(fa) != digits(fb):
        return False
    return fuzz.ratio(fa, fb) >= SAME_HEADING
