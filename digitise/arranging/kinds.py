"""What a note is: problem, action, strength, idea, question, quote or other, from its heading, its colour and its wording.

Every cue is a row of a table: a kind, a weight, a pattern and its name in the reason that people see. Weights are by hand: 1 for a cue
that is right about two times in three, 2 for a nearly sure one. They add up; the heading and the colour key weigh more than wording alone.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from digitise.arranging.clauses import Weighing, split_sentences
from digitise.arranging.context import Standing
from digitise.arranging.cues import CUES, FACT_VERBS, SETTLED
from digitise.arranging.formats import find_kinds_asked
from digitise.arranging.owners import find_owners
from digitise.arranging.roles import COMMON_FIRST
from digitise.arranging.verbs import PLAIN_VERBS, opens_with_order
from digitise.arranging.wording import plain, strip_bullet, words
from digitise.config import Config
from digitise.model import Colour, Kind, Note, Role

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
WONDERS_WEIGHT = 1.2
TASK_WEIGHT = 1.2
TO_WEIGHT = 1.6
SETTLED_WEIGHT = 1.2
ASKED_WEIGHT = 1.0
ASKED_BY_TITLE_WEIGHT = 0.6
"""What a heading or the event's title asks for leans towards its kinds; by a title alone no note gets one of several kinds."""
LEAST_NEIGHBOURS = 4
NEIGHBOURS_SHARE = 0.75
NEIGHBOURS_CONFIDENCE = 0.4
NO_CUE = "no cue"
NO_CLEAR_CUE = "no clear cue"
UNCLEAR = (NO_CUE, NO_CLEAR_CUE)
OWNED = "somebody to do something"
TOPIC_SHARE = 0.4
"""'Investigate the outage' is an action about a problem: what an order is about weighs less."""
FACT_SHARE = 0.4
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


def judge_kinds(
    notes: Sequence[Note], standings: Mapping[str, Standing], config: Config, *, known: Collection[str] = ()
) -> dict[str, Judgement]:
    """The kinds of an event's notes, by id: each by itself first, then those that say nothing clear as most of their neighbours.

    notes: no headings, in any order. Neighbours stand on one sheet under one heading.
    """
    asked_by_title = find_kinds_asked(config.title or "")
    judged: dict[str, Judgement] = {}
    for note in notes:
        standing = standings[note.id]
        asked = standing.asked or asked_by_title
        judged[note.id] = judge_kind(
            note.text,
            role=note.role,
            heading=standing.kind_heading,
            heading_kind=standing.kind,
            heading_confidence=standing.kind_confidence,
            colour=note.colour,
            colours=config.colours,
            known=known,
            asked=asked,
            asked_weight=ASKED_WEIGHT if standing.asked else ASKED_BY_TITLE_WEIGHT,
        )
    return judged | _follow_neighbours(notes, judged, standings, asked_by_title)


def _follow_neighbours(
    notes: Sequence[Note], judged: Mapping[str, Judgement], standings: Mapping[str, Standing], asked_by_title: Sequence[Kind]
) -> dict[str, Judgement]:
    """New judgements for notes without a clear cue among neighbours of which most are of one kind.

    Where several kinds were asked for, what most of the neighbours are says nothing.
    """
    groups: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for note in notes:
        asked = standings[note.id].asked or asked_by_title
        if note.role != "label" and len(asked) < 2:
            groups[(note.photo_id, note.surface_id, standings[note.id].theme_id)].append(note.id)
    found: dict[str, Judgement] = {}
    for ids in groups.values():
        clear = Counter(judged[i].kind for i in ids if judged[i].reason not in UNCLEAR)
        kind, count = max(clear.items(), key=lambda item: (item[1], item[0]), default=("other", 0))
        if count < LEAST_NEIGHBOURS or count < NEIGHBOURS_SHARE * sum(clear.values()):
            continue
        for i in ids:
            if judged[i].reason in UNCLEAR:
                found[i] = Judgement(kind, NEIGHBOURS_CONFIDENCE, "most of its neighbours are of this kind")
    return found


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
    asked: Collection[Kind] = (),
    asked_weight: float = 0.0,
) -> Judgement:
    """The kind of one note. `heading` is the wording of the heading that sets `heading_kind`; `known` are names as in find_owners.

    asked: kinds between which the note chooses, where no heading sets one (see formats.find_kinds_asked), each with `asked_weight`.
    """
    if role == "label":
        return Judgement("other", 0.9, "a label")
    scores: dict[Kind, float] = defaultdict(float)
    reasons: dict[Kind, list[tuple[float, str]]] = defaultdict(list)
    cues = find_cues(text, known=known)
    if asked and heading_kind is None:
        cues = _fit_to_asked(cues, asked)
        for kind in asked:
            scores[kind] += asked_weight
            reasons[kind].append((0.0, "what everybody was asked"))
    for kind, weight, reason in cues:
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
    if not any(scores.values()):
        return Judgement("other", 0.3, NO_CUE)
    ranked = sorted(scores, key=lambda k: (-scores[k], k))
    best = ranked[0]
    if scores[best] < ENOUGH:
        return Judgement("other", 0.35, NO_CLEAR_CUE)
    second = scores[ranked[1]] if len(ranked) > 1 else 0.0
    confidence = min(0.97, 0.4 + 0.5 * (scores[best] - second) / (scores[best] + 0.5) + 0.04 * min(scores[best], 4.0))
    return Judgement(best, round(max(confidence, 0.3), 2), max(reasons[best])[1])


def _fit_to_asked(cues: Sequence[tuple[Kind, float, str]], asked: Collection[Kind]) -> list[tuple[Kind, float, str]]:
    """Cues with wishes read as what was asked for: without an owner, 'Slow down' is an idea among ideas and a complaint among feedback."""
    if "action" in asked or any(reason == OWNED for _, _, reason in cues):
        wishes: tuple[Kind, ...] = () if "idea" in asked or "action" in asked else ("idea",)
    else:
        wishes = ("action",) if "idea" in asked else ("action", "idea")
    instead: Kind | None = "idea" if "idea" in asked else "problem" if "problem" in asked else None
    if instead is None:
        return list(cues)
    said = [(kind, weight * (TOPIC_SHARE if kind == "quote" and kind not in asked else 1.0), reason) for kind, weight, reason in cues]
    return [(instead if kind in wishes else kind, weight, reason) for kind, weight, reason in said]


def find_cues(text: str, *, known: Collection[str] = ()) -> list[tuple[Kind, float, str]]:
    """All cues of a note's wording, strongest first: (kind, weight, name). Cues of one kind count less the more there are of them."""
    line = strip_bullet(plain(text))
    low = line.casefold()
    sentences = split_sentences(line)
    weighing = Weighing(low)
    ordered = bool(sentences) and opens_with_order(words(sentences[0]))
    owned = bool(find_owners(line, known=known))
    marked = re.search(r"\?[\s)\"']*$", line) is not None
    asks = marked and not WONDERS.match(low)
    found: list[tuple[Kind, float, str]] = []
    for cue in CUES:
        if match := cue.pattern.search(low):
            weight = cue.weight * weighing.share_at(match.start(), topic=cue.kind in ("problem", "strength"))
            found.append((cue.kind, weight, f'"{match.group(0).strip()}"'))
    if SETTLED.search(low):
        found = [(k, w * (TOPIC_SHARE if k == "problem" else 1.0), r) for k, w, r in found]
        found.append(("strength", SETTLED_WEIGHT, "something was settled"))
    if FACT_VERBS.search(low):
        found = [(k, w * (FACT_SHARE if k == "action" else 1.0), r) for k, w, r in found]
    if not ordered and not owned and words(line)[:1] == ["to"] and PLAIN_VERBS.issuperset(words(line)[1:2]) and len(words(line)) > 2:
        found.append(("action", TO_WEIGHT, "opens with something to do"))
    if ordered or owned:
        found = [(k, w * (1.0 if k == "action" else TOPIC_SHARE), r) for k, w, r in found]
        found.append(("action", ORDER_WEIGHT, "opens with an order") if ordered else ("action", OWNER_WEIGHT, OWNED))
    elif _is_task(words(line)):
        found.append(("action", TASK_WEIGHT, "something to do something"))
    elif any(opens_with_order(words(s)) for s in sentences[1:3]):
        found.append(("action", ORDER_WEIGHT / 3, "holds an order"))
    if marked and not asks and not ordered and not owned:
        found.append(("idea", WONDERS_WEIGHT, "wonders aloud"))
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
