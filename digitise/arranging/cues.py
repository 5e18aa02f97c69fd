"""The wording cues of kinds.py, English and Welsh, as one table. Matched against the note in lower case."""

from __future__ import annotations

import re
from typing import NamedTuple

from digitise.arranging.trouble_words import BURDENS, FAILURES, FEELINGS, PRAISE, WELSH_TROUBLES
from digitise.model import Kind


class Cue(NamedTuple):
    """One row: what a pattern speaks for, and how strongly."""

    kind: Kind
    weight: float
    pattern: re.Pattern[str]


def _cue(kind: Kind, weight: float, pattern: str) -> Cue:
    return Cue(kind, weight, re.compile(pattern))


_DONE = r"(?:\w+ed|sent|drawn|held|set|put|made|done|given|brought|built|written|run|taken|sought|shown)"
CUES: tuple[Cue, ...] = (
    # problems: what is missing
    _cue("problem", 1.8, r"\black(?:s|ing)?\b(?: of)?|\bshortage\b|\babsence of\b|\binsufficient|\binadequate"),
    _cue(
        "problem",
        1.6,
        r"^no(?:t| one|body| longer| real| clear)? (?!one else\b)\w+|\bthere(?:'s| is| are| was| were) (?:no|not|nothing|little|few)\b",
    ),
    _cue(
        "problem",
        1.6,
        r"\bnot (?:\w+ )?enough\b|\bnot (?:all|much|many|very|well|always|everyone|clear|sure|good|easy|available"
        r"|accessible)\b|\bonly (?:one|a few)\b|\bso (?:many|much|few|little)\b",
    ),
    _cue("problem", 1.5, r"\btoo (?:much|many|few|little|\w+)\b(?! to say thanks)"),
    # problems: what fails or hurts
    _cue(
        "problem",
        1.4,
        r"\b(?:can't|cannot|could not|couldn't|unable|never|isn't|aren't|wasn't|weren't|doesn't|didn't|don't|won't|haven't|hasn't)\b",
    ),
    _cue("problem", 1.5, FEELINGS),
    _cue("problem", 1.3, FAILURES),
    _cue("problem", 1.4, BURDENS),
    _cue(
        "problem",
        1.2,
        r"\b(?:hard(?!ware)|slow|boring|complex|poor|bad|worse|worst|wrong|weak|cold|dark|noisy|dirty|dull|hardly|barely|rarely|seldom)(?:ly)?\b",
    ),
    _cue(
        "problem",
        1.2,
        r"\b(?:waits?|waited|waiting|nobody|no one|nothing|nowhere|shut|locked|closed|closing|hate|dislike|long hours)\b",
    ),
    _cue(
        "problem",
        1.2,
        r"\b(?:more|less|better|bit) (?:\w+ )?(?:would (?:have|be)|needed)\b|\bwould(?:'ve| have) (?:been|liked|loved|preferred"
        r"|wanted|helped)\b|\bshould(?:'ve| have) \w+",
    ),
    _cue("problem", 1.2, r"\bpeople (?:feel|are|do not|have to)\b|\bwhy (?:is|are|do|does|can)(?:n't| there no|n't there)"),
    _cue(
        "problem",
        1.0,
        r"\b(?:but|however|although|despite|unless|without)\b|\bhave to\b|\bdepends? on\b|\bt(?:akes|ook) (?:\w+ )?(?:long|time|while|ages"
        r"|hours|days|weeks|months)\b",
    ),
    _cue("problem", 1.6, r"\beasy (?:not )?to (?:miss|forget|lose|overlook|confuse|break|ignore|get lost|get wrong)\b"),
    _cue("problem", 1.3, r"^needed\b|^needs? (?!to\b)(?:more|better|a|an|some|clear|help|support)\b"),
    # problems, Welsh
    _cue("problem", 1.8, r"\b(?:diffyg|prinder|dim digon|does dim|nid oes|oes dim|dim byd)\b|^dim \w+"),
    _cue("problem", 1.5, WELSH_TROUBLES),
    _cue("problem", 1.5, r"\b(?:rhy|gormod)\b"),
    _cue(
        "problem",
        1.3,
        r"\bddim(?: yn| ar gael)?\b|\bnid yw\b|\bnad (?:yw|oes)\b|\bheb\b|\bar gau\b|\brhestr(?:au)? aros\b|\bsowndio'n wael\b",
    ),
    # actions
    _cue(
        "action",
        1.0,
        r"\b(?:we|they|it|there)? ?(?:need|needs) to\b|\bmust\b|\blet's\b|\bmake sure\b|\bagreed? to\b|\bremember to\b|\bgoing to\b",
    ),
    _cue("action", 2.0, r"^(?:action|to ?do|ap|gweithredu|cam gweithredu|next step)\s*\d*\s*[:–-]|^\[ ?\]"),
    _cue("action", 1.2, rf"\bto be {_DONE}\b"),
    _cue(
        "action",
        0.8,
        r"^(?:follow[- ]?up|set[- ]?up|sign[- ]?up)\b|\bby (?:the )?(?:end of|next|monday|tuesday|wednesday|thursday|friday)\b"
        r"|\basap\b|->|→",
    ),
    _cue("action", 1.7, r"^(?:(?:we|i|they|there|it) )?(?:will|shall|should)\b(?! have| it | we | there | i | they )"),
    _cue(
        "action",
        1.6,
        r"\b(?:should|must|shall) (?:also |always |then |at least )?"
        r"(?!have\b|it\b|we\b|i\b|they\b|there\b|be able\b|not\b|never\b)\w+",
    ),
    _cue("action", 1.2, rf"\bwill (?:also |then )?be {_DONE}\b"),
    _cue("action", 1.6, r"\bit was agreed\b|\b(?:requested|asked|invited|tasked|instructed) \w+(?: \w+){0,5} to\b|\brequested to\b"),
    _cue("action", 1.0, r"\b(?:mae )?angen (?:i|ei|eu|inni|i ni)\b|\brhaid (?:i|inni)\b|\bdylai\b|\bdylem\b|\bbeth am fynd ati\b"),
    # strengths
    _cue(
        "strength",
        1.6,
        r"\b(?:great|excellent|awesome|fantastic|brilliant|amazing|wonderful|superb|fabulous|love|loved|loving|enjoy(?:ed|able"
        r"|ing)?|thank(?:s|ful| you)|grateful"
        r"|appreciat\w+|proud|delighted|inspir\w+|impress\w+)\b",
    ),
    _cue(
        "strength",
        1.3,
        r"\b(?<!been )(?<!be )(?:good|nice|helpful|useful|valuable|friendly|supportive|welcoming|interesting|fun|engaging"
        r"|enthusias\w+|well[- ](?:organised|organized|run|paced|explained))\b",
    ),
    _cue(
        "strength",
        1.6,
        r"\b(?:works?|worked|working|went|goes|going|done) (?:\w+ )?(?:well|fine|great|smoothly)\b|\bwell done\b|\bgood (?:job"
        r"|work|idea)\b|\breally like\w*|\blike(?:d) (?:the|how|that|it)\b",
    ),
    _cue("strength", 1.1, PRAISE),
    _cue(
        "strength",
        1.0,
        r"\b(?:strong|success\w*|easy to(?! (?:miss|forget|lose|overlook|confuse|break|ignore|get))"
        r"|cool|clear(?:ly)? (?:explained|and)|helped|happy|knowledgeable|patient|quick(?:ly)?|already)\b",
    ),
    _cue(
        "strength",
        1.6,
        r"\b(?:gweithio'n dda|gweithio yn dda|gwych|ardderchog|bendigedig|hyfryd|diolch|cyfeillgar|croesawgar|yn dda iawn"
        r"|llwyddiannus|wrth fy modd)\b",
    ),
    _cue("strength", 1.4, r"^(?:i |we |i've |we've )?(?:learn(?:ed|t)|discovered|understood|gained|dysgais|dysgon)\b"),
    # ideas
    _cue(
        "idea",
        1.5,
        r"^(?:what if|how about|why not|imagine|idea\b|maybe|perhaps|suggest\w*)|\b(?:could we|can we|might be (?:good|nice"
        r"|worth)|it would be (?:good|nice|great))\b",
    ),
    _cue(
        "idea",
        1.3,
        r"^(?:could|would like|wish|i'd like|we'd like|should we|more|better|free|a)\b|\b(?:could|would be (?:good|nice|great"
        r"|useful)|how to|ideas? (?:for|about))\b",
    ),
    _cue("idea", 1.0, r"\b(?:maybe|perhaps|possibly|potential(?:ly)?|opportunit\w+|option|wish|would love|e\.g\.|or similar)\b"),
    _cue("idea", 1.5, r"^(?:beth am|syniad|efallai|gallem|gallwn|gellid|byddai'n)\b|\b(?:hoffwn|hoffem|byddai'n (?:dda|braf)|gallai)\b"),
    # questions without a mark
    _cue(
        "question",
        1.2,
        r"^(?:who|when|where|which|how (?:do|does|can|will|much|many)|is there|are there|do we|does|pwy|pryd|ble|sut|faint|a oes|oes)\b",
    ),
    _cue("question", 0.8, r"^(?:why|what|pam|beth)\b|\?"),
)

FACT_VERBS = re.compile(
    r"\b(?:noted|reported|explained|confirmed|discussed|presented|commented|stated|said|told|suggested|asked|felt|highlighted"
    r"|introduced|provided an update"
    r"|thanked|welcomed|raised|nododd|dywedodd|esboniodd)\b"
)
"""Minutes tell what was said; such a sentence is not itself an order."""

SETTLED = re.compile(
    r"\b(?:resolved|solved|recovered|restored|self-healed|overcame|overcome|sorted out|was fixed|were fixed|got better"
    r"|has improved|have improved|(?:was|were) (?:\w+ ){1,6}before\b.{0,30}\b(?:any ?more|now|no longer)"
    r"|noticed quickly|quickly (?:noticed|identified|found|responded|fixed)|datryswyd|wedi gwella)\b"
)
"""A trouble that is over is told as something that went well."""
