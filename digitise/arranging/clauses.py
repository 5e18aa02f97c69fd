"""Which part of a note carries what it says: its first sentence, not its explanations; its main clause, not its conditions and purposes.

'Ring round when the hall is shut' is an order about a trouble, 'It was hard, but it works now' is praise. Cues of wording therefore
weigh by where they stand.
"""

from __future__ import annotations

import re

LATER_SHARE = 0.6
"""The first sentence says what a note is; later ones explain."""
ASIDE_SHARE = 0.4
"""What stands in a condition, purpose or comparison is what the note is about, not what it says."""
BEFORE_BUT_SHARE = 0.5
"""'A but B' says B."""

SENTENCE_END = re.compile(r"(?<=[.;!?])\s+|\s[–—-]\s|:\s+")
_ASIDE = re.compile(
    r"(?<!^)\b(?:if|when(?:ever)?|while|whilst|once|so that|so (?:we|you|people|they|everyone|everybody|that)|(?:just )?in ?case"
    r"|to (?:avoid|prevent|reduce|stop|tackle|address|overcome|fix|solve|resolve|deal with|cope with|combat|cut|lessen|minimi[sz]e|help"
    r"|tell|notify|alert|see|explore|consider|understand|decide|show|ensure|make sure)"
    r"|before|without|rather than|instead of|regardless of|in spite of|despite|unless|until|whether|how to"
    r"|os|pan|er mwyn|rhag ofn|cyn i|heb i|yn lle|i osgoi|i atal|i leihau)\b"
    r"|^(?:if|when(?:ever)?|while|once|rather than|instead of|without|before|os|pan)\b(?=[^,]*,)"
)
_CLAUSE_END = re.compile(r"[,;:.!?()\[\]]|\s[–—-]\s")
_BUT = re.compile(r"[,;(]?\s*\b(?:but|however|although|though|yet|ond|er hynny)\b")
_CONCEDES = re.compile(r"^(?:although|though|while|whilst|despite|er bod)\b[^,]*,")


def split_sentences(line: str) -> list[str]:
    """Sentences and the parts that a dash or colon sets off."""
    return [part for part in SENTENCE_END.split(line) if part]


class Weighing:
    """Shares (0..1] by place in one note in lower case."""

    def __init__(self, low: str) -> None:
        sentences = split_sentences(low)
        self._first_end = len(sentences[0]) if sentences else 0
        self._asides = _find_asides(low)
        self._turn = _find_turn(low)

    def share_at(self, place: int, *, topic: bool) -> float:
        """How much a cue at `place` weighs; `topic` cues (troubles, praise) less in asides and before a 'but'."""
        share = 1.0 if place <= self._first_end else LATER_SHARE
        if topic:
            if any(start < place < end for start, end in self._asides):
                share *= ASIDE_SHARE
            if place < self._turn:
                share *= BEFORE_BUT_SHARE
        return share


def _find_asides(low: str) -> list[tuple[int, int]]:
    """Spans from a word such as 'if' or 'to avoid' to the end of its clause."""
    spans = []
    for match in _ASIDE.finditer(low):
        end = _CLAUSE_END.search(low, match.end())
        spans.append((match.start(), end.start() if end else len(low)))
    return spans


def _find_turn(low: str) -> int:
    """Where what counts begins: behind the first 'but', or behind the comma after an opening 'although'. 0 without one."""
    if match := _CONCEDES.match(low):
        return match.end()
    match = _BUT.search(low)
    return match.start() if match and match.start() > 0 else 0
