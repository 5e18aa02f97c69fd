"""Which paragraph of an edited document is which of the one that was written: by bookmarks first, then by words and place."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from digitise.report.docx_reading import ReadBlock

SAME_WORDS = 0.5
"""Similarity from which a paragraph at the same place is the old one edited, not a new one in place of a deleted one."""
RETYPED = 0.3
"""From which a point that stands alone where another one went is that one said otherwise. The same note in other words shares that much."""
PASTED = 0.9
"""From which a paragraph elsewhere is one that was cut out and pasted; programs drop bookmarks then."""
_MOST_PAIRS = 20_000
"""Comparisons within one gap, about 5 s; a chapter written anew has some hundred."""
_MOST_PASTED = 100_000
"""The same for what was cut out, pasted elsewhere and edited there."""
_PLACES = "nrtduhswxeapf"
_WEIGHT = {"n": 8, "w": 8, "x": 8, "e": 8, "s": 4, "r": 3, "u": 3, "t": 3, "a": 2}


@dataclass(frozen=True)
class Matching:
    """Places in the two lists of blocks."""

    old_of: dict[int, int]
    """Edited -> written. Several edited ones may stem from one that was split."""
    added: tuple[int, ...]
    gone: tuple[int, ...]
    untried: frozenset[int] = frozenset()
    """Of those gone: they were too many to look for each elsewhere, so they may stand there."""


def squeeze(text: str) -> str:
    """A text without its spaces' number and kind."""
    return " ".join(text.replace("\u00a0", " ").split())


def match_blocks(old: Sequence[ReadBlock], new: Sequence[ReadBlock]) -> Matching:
    """Match two readings of a document, before and after it was edited."""
    old_of = _match_marks(old, new)
    _match_words(old, new, old_of)
    untried = _match_pasted(old, new, old_of)
    _match_headings(old, new, old_of)
    there = set(old_of.values())
    return Matching(
        old_of=old_of,
        added=tuple(j for j in range(len(new)) if j not in old_of),
        gone=tuple(i for i in range(len(old)) if i not in there),
        untried=untried,
    )


def _names(block: ReadBlock) -> list[str]:
    return [mark.name for mark in block.marks if mark.name[0] in _PLACES]


def _match_marks(old: Sequence[ReadBlock], new: Sequence[ReadBlock]) -> dict[int, int]:
    homes: dict[str, int] = {}
    for i, block in enumerate(old):
        for name in _names(block):
            homes.setdefault(name, i)
    links = _link_homes(old)
    old_of: dict[int, int] = {}
    for j, block in enumerate(new):
        votes: Counter[int] = Counter()
        for name in _names(block):
            if name in homes:
                votes[homes[name]] += _WEIGHT.get(name[0], 1)
        if votes:
            old_of[j] = max(votes, key=lambda i: (votes[i], -i))
    there = set(old_of.values())
    for j, block in enumerate(new):
        # a bullet that was typed anew between its number and its photo's link has lost its bookmark, not its link
        found = {links[key] for key in _link_keys(block) if key in links} - there
        if j not in old_of and len(found) == 1:
            old_of[j] = found.pop()
            there.add(old_of[j])
    return old_of


LinkKey = tuple[str, str, bool]


def _link_keys(block: ReadBlock) -> list[LinkKey]:
    """The links of a paragraph that lead to notes, with their words: editing may leave a link on words that had none."""
    links = [mark for mark in block.links if re.match(r"[ran]_", mark.name)]
    return [(mark.name, squeeze(block.under(mark)), block.table >= 0) for mark in links]


def _link_homes(old: Sequence[ReadBlock]) -> dict[LinkKey, int]:
    """A link -> the only paragraph that has it."""
    homes: dict[LinkKey, set[int]] = defaultdict(set)
    for i, block in enumerate(old):
        for key in _link_keys(block):
            homes[key].add(i)
    return {key: min(places) for key, places in homes.items() if len(places) == 1}


def _match_words(old: Sequence[ReadBlock], new: Sequence[ReadBlock], old_of: dict[int, int]) -> None:
    """What stands in the same order with the same words, and what was edited between two such places."""
    there = set(old_of.values())
    # a paragraph that was joined with another one is there, though its own is gone
    known = {name for block in new for name in _names(block)}
    joined = {i for i, block in enumerate(old) if known & set(_names(block))}

    def key(block: ReadBlock) -> tuple[object, ...]:
        return (squeeze(block.text), block.level, block.table >= 0)

    before: list[object] = [("matched", i) if i in there else key(block) for i, block in enumerate(old)]
    after: list[object] = [("matched", old_of[j]) if j in old_of else key(block) for j, block in enumerate(new)]
    for op, i0, i1, j0, j1 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        olds = [i for i in range(i0, i1) if i not in there | joined]
        news = [j for j in range(j0, j1) if j not in old_of]
        if op == "equal":
            for i, j in zip(range(i0, i1), range(j0, j1), strict=True):
                old_of.setdefault(j, i)
        elif op == "replace":
            _pair(old, new, olds, news, old_of)


def _pair(old: Sequence[ReadBlock], new: Sequence[ReadBlock], olds: list[int], news: list[int], old_of: dict[int, int]) -> None:
    """Pair what was edited in one gap, best first, without crossing. A gap of a whole other document is not worth the hours."""
    if len(olds) * len(news) > _MOST_PAIRS:
        return
    scores = [
        (score, i, j)
        for i in olds
        for j in news
        if (old[i].table >= 0) == (new[j].table >= 0)
        and bool(old[i].level) == bool(new[j].level)
        and (score := _likeness(old[i].text, new[j].text)) >= SAME_WORDS
    ]
    used: list[tuple[int, int]] = []
    for _, i, j in sorted(scores, key=lambda s: (-s[0], s[1], s[2])):
        if all((i - a) * (j - b) > 0 for a, b in used):
            used.append((i, j))
            old_of[j] = i
    rest = [i for i in olds if all(i != a for a, _ in used)], [j for j in news if all(j != b for _, b in used)]
    if len(rest[0]) == len(rest[1]) == 1:
        # the one paragraph of its kind at this place: it was written anew
        (i,), (j,) = rest
        alike = not _names(old[i]) or _likeness(old[i].text, new[j].text) >= RETYPED
        if alike and (old[i].style, old[i].level, old[i].table >= 0) == (new[j].style, new[j].level, new[j].table >= 0):
            old_of[j] = i


def _likeness(a: str, b: str) -> float:
    """0..1; 0 for two that cannot have RETYPED in common, by their lengths alone: a long text takes time by its square."""
    a, b = squeeze(a).casefold(), squeeze(b).casefold()
    if 2 * min(len(a), len(b)) < RETYPED * (len(a) + len(b)):
        return 0.0
    return SequenceMatcher(None, a, b, autojunk=False).ratio()


def _match_pasted(old: Sequence[ReadBlock], new: Sequence[ReadBlock], old_of: dict[int, int]) -> frozenset[int]:
    """What was cut out and pasted elsewhere. Gives what could not be looked for."""
    there = set(old_of.values())
    lost = [i for i, block in enumerate(old) if i not in there and any(name[0] in "nw" for name in _names(block))]
    rest = [j for j, block in enumerate(new) if j not in old_of and block.table < 0]
    same: dict[str, list[int]] = defaultdict(list)
    for j in reversed(rest):
        same[squeeze(new[j].text).casefold()].append(j)
    for i in lost:
        if places := same[squeeze(old[i].text).casefold()]:
            old_of[places.pop()] = i
    there = set(old_of.values())
    lost, rest = [i for i in lost if i not in there], [j for j in rest if j not in old_of]
    if len(lost) * len(rest) > _MOST_PASTED:
        return frozenset(lost)
    for i in lost:
        best = max((j for j in rest if j not in old_of), key=lambda j: _likeness(old[i].text, new[j].text), default=None)
        if best is not None and _likeness(old[i].text, new[best].text) >= PASTED:
            old_of[best] = i
    return frozenset()


def _match_headings(old: Sequence[ReadBlock], new: Sequence[ReadBlock], old_of: dict[int, int]) -> None:
    """A heading that stands before a point instead of behind it, as where that point was moved to another column of a plan: it has no
    bookmark, so it is known by its words where no other heading of its level has them."""

    def homes(blocks: Sequence[ReadBlock]) -> dict[tuple[int, str], list[int]]:
        found: dict[tuple[int, str], list[int]] = defaultdict(list)
        for k, block in enumerate(blocks):
            if block.level and squeeze(block.text):
                found[block.level, squeeze(block.text)].append(k)
        return found

    there, now = set(old_of.values()), homes(new)
    for key, places in homes(old).items():
        if len(places) == len(now.get(key, ())) == 1 and places[0] not in there and now[key][0] not in old_of:
            old_of[now[key][0]] = places[0]
