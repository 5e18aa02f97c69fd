"""What the format of an event or sheet asks for: 'Plus / Delta' asks for strengths and problems, 'Pains and gains' does so too.

The columns of formats that facilitators use everywhere (retrospectives, 4Ls, rose-bud-thorn, I like / I wish / what if, SWOT …) name a
kind each. A heading or title that names several leaves its notes to their wording, but says between which kinds they choose.
"""

from __future__ import annotations

import re

from digitise.arranging.heading_words import KIND_PHRASES
from digitise.arranging.wording import plain
from digitise.kind_words import KIND_NOUNS
from digitise.model import Kind

_COLUMNS: dict[Kind, str] = {
    "problem": (
        r"deltas?|minus(?:es)?|thorns?|sad|mad|lacked|drop|stop|less|lows?|bad|fears?|pains?|anchors?|rocks?|icebergs?|headwinds?|wrong"
        r"|(?:to|could be|needs?|be|for) improv(?:e|ed|ing|ement|ements)|improve|improvements?|even better if|didn't work|not so well"
        r"|went badly|drains?|bugs?|drawbacks?|disadvantages|grumbles|gwella|i'w wella"
    ),
    "strength": (
        r"plus(?:es)?|roses?|glad|liked|learned|keep|highs?|good|gains?|benefits?|wind|tailwinds?|stars|i like|advantages"
        r"|(?:went|worked|works|what worked|going) well|what worked|worked|kudos|appreciations?|thanks|gwych|da"
    ),
    "idea": r"wish(?:es)?|buds?|longed for|i wish|what if|dreams?|hopes?|add|try|more|fixes|wouldn't it be|dymuniadau",
    "action": r"start|doing next|who does what|minutes actions|follow[- ]?ups?|to[- ]dos?",
    "question": r"i wonder|puzzles?|parking lot|q&a",
    "quote": r"verbatims?|stories",
}
"""Heads of columns, whole. Many are too common to name a kind anywhere but beside others of their format."""
_ASKS_FOR: tuple[tuple[str, tuple[Kind, ...]], ...] = (
    (r"\bfeedback\b|\bretro(?:spective)?s?\b|\bevaluation(?: forms?)?\b|\blessons learn(?:ed|t)\b|\badborth\b", ("strength", "problem")),
    (r"\bpost[- ]?mortems?\b", ("strength", "problem", "action")),
)
"""Words of a title that tell what everybody was asked, where it names no columns."""
_PARTS = re.compile(r"\s*(?:[/,;:|()&+–—]|\s-\s|\band\b|\bor\b|\bvs\.?\b|\bwith\b|\bac?\b|\bneu\b)\s*")

HORIZONS = re.compile(
    r"(?:do (?:it )?)?(?:now|next|later|soon|today|tomorrow|this (?:week|month|term|year)|next (?:week|month|term|year)"
    r"|(?:short|medium|long)[- ]term|quick wins?|in (?:a|one|\w+) years?(?: from now)?|nawr|nesaf|wedyn|eleni|cyn hir)"
)
"""Columns of a plan by time: 'Now / Next / Later'. What stands under them is to be done."""
_GROUPED_BY = re.compile(r"\bby (?:the )?\w+")
"""'Quotes by finding', 'notes by question' say how the notes are sorted."""


def find_kinds_asked(title: str) -> tuple[Kind, ...]:
    """The kinds that a heading or an event's title asks for, in the model's order of names; () when it names none.

    'Feedback: good / improve' -> strength, problem; 'Pain points and opportunities' -> idea, problem; 'Buses' -> ().
    """
    low = _GROUPED_BY.sub("", plain(title).casefold())
    parts = [p.strip(" .?!'\"") for p in _PARTS.split(low)]
    found: set[Kind] = set()
    for part in filter(None, parts):
        found.update(kind for kind in _COLUMNS if _names(part, kind))
    columns = {kind for part in parts for kind, heads in _COLUMNS.items() if re.fullmatch(heads, part)}
    if len(found | columns) > 1:
        found |= columns  # 'good' is a column beside 'improve', not by itself
    for pattern, kinds in _ASKS_FOR:
        if re.search(pattern, low) and not found:
            found.update(kinds)
    return tuple(sorted(found))


def _names(part: str, kind: Kind) -> bool:
    """Whether a part of a title is a kind's noun, with a word before it at most: 'reasons', 'cautionary tales' are none."""
    noun = KIND_NOUNS.get(kind, "(?!)")
    return re.fullmatch(rf"(?:[\w'-]+ ){{0,2}}{noun}", part) is not None or any(re.fullmatch(p, part) for p in KIND_PHRASES.get(kind, ()))
