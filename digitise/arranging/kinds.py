"""What a note is: problem, action, strength, idea, question, quote or other, from its heading, its colour and its wording.

Every cue is a row of a table: a kind, a weight, a pattern and its name in the reason that people see. Weights are by hand: 1 for a cue
that is right about two times in three, 2 for a nearly sure one. They add up; the heading and the colour key weigh more than wording alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import NamedTuple

from digitise.arranging.cues import CUES, FACT_VERBS, SETTLED
from digitise.arranging.owners import find_owners
from digitise.arranging.roles import COMMON_FIRST
from digitise.arranging.verbs import PLAIN_VERBS, opens_with_order
from digitise.arranging.wording import plain, strip_bullet, words
from digitise.model import Colour, Kind, Role

HEADING_WEIGHT = 4.0
COLOUR_WEIGHT = 3.0
ROLE_WEIGHT = 3.5
ENOUGH = 1.0
"""Least total of the best kind's cues; below, a note is 'other'."""
ORDER_WEIGHT = 2.2
OWNER_WEIGHT = 2.4
QUOTE_WEIGHT = 2.5
ASKS_WEIGHT = 2.0
ASKS_IN_FORM_WEIGHT = 3.5
"""A question in words and mark is one even among the answers to 'What stands in the way?'."""
ASKS_IN_FORM = re.compile(
    r"(?:who|whose|when|where|which|why|what|how|is|are|do|does|did|has|have|will|can|pwy|pam|pryd|ble|sut|beth|a oes|oes|ydy)\b"
)
TASK_WEIGHT = 1.2
SETTLED_WEIGHT = 1.2
TOPIC_SHARE = 0.4
"""'Investigate the outage' is an action about a problem: what an order is about weighs less."""
FACT_SHARE = 0.4
LATER_SHARE = 0.6
"""The first sentence says what a note is; later ones explain."""
WONDERS = re.compile(
    r"(?:what if|how about|why not|beth am|could we|can we|should we|maybe|perhaps"
    r"|could (?:the|our|a)|(?:a|an|another|more|free) (?!few\b))"
)
"""A question in form that offers an idea."""


class Judgement(NamedTuple):
    """A kind with its confidence (0..1) and the reason in words."""

    kind: Kind
    confidence: float
    reason: str


def judge_kind(
    text: str,
    *,
    role: Role = "note",
    heading: str = "",
    heading_kind: Kind | None = None,
    heading_confidence: float = 0.0,
    colour: Colour = "none",
    colours: Mapping[Colour, Kind] | None = None,
    known: Collection[str] = (),
) -> Judgement:
    """The kind of one note. `heading` is the wording of the heading that sets `heading_kind`; `known` are names as in find_owners."""
    scores: dict[Kind, float] = defaultdict(float)
    reasons: dict[Kind, list[tuple[float, str]]] = defaultdict(list)
    for kind, weight, reason in find_cues(text, known=known):
        scores[kind] += weight
        reasons[kind].append((weight, f"wording: {reason}"))
    if role == "quote":
        scores["question"] *= TOPIC_SHARE  # what somebody asked is still their saying
        scores["quote"] += ROLE_WEIGHT
        reasons["quote"].append((7.0, "written as a quotation"))
    if heading_kind is not None:
        scores[heading_kind] += HEADING_WEIGHT * heading_confidence
        reasons[heading_kind].append((9.0, f'heading "{heading}"'))
    key = (colours or {}).get(colour)
    if key is not None:
        scores[key] += COLOUR_WEIGHT
        reasons[key].append((8.0, f"colour key: {colour}"))
    if not scores:
        return Judgement("other", 0.3, "no cue")
    ranked = sorted(scores, key=lambda k: (-scores[k], k))
    best = ranked[0]
    if scores[best] < ENOUGH:
        return Judgement("other", 0.35, "no clear cue")
    second = scores[ranked[1]] if len(ranked) > 1 else 0.0
    confidence = min(0.97, 0.4 + 0.5 * (scores[best] - second) / (scores[best] + 0.5) + 0.04 * min(scores[best], 4.0))
    return Judgement(best, round(max(confidence, 0.3), 2), max(reasons[best])[1])


def find_cues(text: str, *, known: Collection[str] = ()) -> list[tuple[Kind, float, str]]:
    """All cues of a note's wording, strongest first: (kind, weight, name). Cues of one kind count less the more there are of them."""
    line = strip_bullet(plain(text))
    low = line.casefold()
    sentences = [c for c in re.split(r"(?<=[.;!?])\s+|\s[–—-]\s|:\s+", line) if c]
    ordered = bool(sentences) and opens_with_order(words(sentences[0]))
    owned = bool(find_owners(line, known=known))
    asks = re.search(r"\?[\s)\"']*$", line) is not None and not WONDERS.match(low)
    found: list[tuple[Kind, float, str]] = []
    for cue in CUES:
        if match := cue.pattern.search(low):
            weight = cue.weight * (1.0 if match.start() <= len(sentences[0]) else LATER_SHARE)
            found.append((cue.kind, weight, f'"{match.group(0).strip()}"'))
    if SETTLED.search(low):
        found = [(k, w * (TOPIC_SHARE if k == "problem" else 1.0), r) for k, w, r in found]
        found.append(("strength", SETTLED_WEIGHT, "something was settled"))
    if FACT_VERBS.search(low):
        found = [(k, w * (FACT_SHARE if k == "action" else 1.0), r) for k, w, r in found]
    if ordered or owned:
        found = [(k, w * (1.0 if k == "action" else TOPIC_SHARE), r) for k, w, r in found]
        found.append(("action", ORDER_WEIGHT, "opens with an order") if ordered else ("action", OWNER_WEIGHT, "somebody to do something"))
    elif _is_task(words(line)):
        found.append(("action", TASK_WEIGHT, "something to do something"))
    elif any(opens_with_order(words(s)) for s in sentences[1:3]):
        found.append(("action", ORDER_WEIGHT / 3, "holds an order"))
    if _is_quoted(line):
        found.append(("quote", QUOTE_WEIGHT, "in quotation marks"))
    elif asks:
        weight = ASKS_IN_FORM_WEIGHT if ASKS_IN_FORM.match(low) else ASKS_WEIGHT
        found.append(("question", weight * (TOPIC_SHARE if ordered or owned else 1.0), "ends with a question mark"))
    return _diminish(found)


def _is_task(tokens: list[str]) -> bool:
    """'Lunch club to invite carers': a verb follows 'to' near the start, and the words before it are no wish or lack."""
    at = tokens.index("to") if "to" in tokens[1:6] else 0
    return 0 < at < len(tokens) - 2 and tokens[0] not in COMMON_FIRST and tokens[at + 1] in PLAIN_VERBS


def _diminish(found: list[tuple[Kind, float, str]]) -> list[tuple[Kind, float, str]]:
    """Strongest cue of a kind in full, the next at half, and so on: five negative words are not five proofs."""
    seen: dict[Kind, int] = defaultdict(int)
    result = []
    for kind, weight, reason in sorted(found, key=lambda f: (-f[1], f[0], f[2])):
        result.append((kind, weight / 2 ** seen[kind], reason))
        seen[kind] += 1
    return result


def _is_quoted(line: str) -> bool:
    """Someone's own words: all of the note stands in quotation marks and is more than a name."""
    return bool(re.fullmatch(r"(?:[\"“„«].{8,}[\"”“»]|'.{8,}')\s*(?:[-–—(].{1,40})?", line)) and len(line.split()) >= 3
