"""The wording cues of kinds.py, English and Welsh, as one table. Matched against the note in lower case."""

from __future__ import annotations

import re
from typing import NamedTuple

from digitise.model import Kind


class Cue(NamedTuple):
    """One row: what a pattern speaks for, and how strongly."""

    kind: Kind
    weight: float
    pattern: re.Pattern[str]


def _cue(kind: Kind, weight: float, pattern: str) -> Cue:
    return Cue(kind, weight, re.compile(pattern))


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
        r"\bnot (?:enough|all|much|many|very|well|always|everyone|clear|sure|good|easy|available|accessible)\b|\bonly (?:one|a few)\b",
    ),
    _cue("problem", 1.5, r"\btoo (?:much|many|few|little|\w+)\b(?! to say thanks)"),
    # problems: what fails or hurts
    _cue(
        "problem",
        1.4,
        r"\b(?:can't|cannot|could not|couldn't|unable|never|isn't|aren't|wasn't|weren't|doesn't|didn't|don't|won't|haven't|hasn't)\b",
    ),
    _cue(
        "problem",
        1.5,
        r"\b(?:problem|issue|barrier|obstacle|challeng|difficult|struggl|confus|frustrat|stress|overwhelm|intimidat|annoy|unclear|unreliab"
        r"|unfair|unsafe|unwelcom|stigma|discriminat|isolat|lonel|poverty|worr(?:y|ies|ied)|anxi|afraid|fear|burnout|exclu(?:ded|sion)"
        r"|inconsisten|patchy|fragment|vandal|litter|crime)\w*",
    ),
    _cue(
        "problem",
        1.3,
        r"\b(?:fail|broke|crash|error|bug|outage|downtime|delay|bottleneck|duplicat|lost|loss of|missing|stuck|ignored"
        r"|wast(?:e|ed|ing))\w*",
    ),
    _cue(
        "problem",
        1.2,
        r"\b(?:hard|tricky|impossible|painful|slow|expensive|costly|boring|repetitive|complex|complicated|poor|bad|worse|worst"
        r"|wrong|weak)(?:ly)?\b",
    ),
    _cue(
        "problem",
        1.2,
        r"\b(?:waits?\b|waited|waiting|nobody|no one|nothing|nowhere|shut\b|locked|closed\b|time[- ]consuming|limited"
        r"|closed down|closing|cuts to|pain|hate|dislike|rushed|tight)\b",
    ),
    _cue(
        "problem",
        1.2,
        r"\b(?:more|less|better|bit) (?:\w+ )?(?:would (?:have|be)|needed)\b|\bwould(?:'ve| have) (?:been|liked|preferred"
        r"|helped)\b|\bshould(?:'ve| have) \w+",
    ),
    _cue("problem", 1.2, r"\bpeople (?:feel|are|do not|have to)\b|\bwhy (?:is|are|do|does|can)(?:n't| there no|n't there)"),
    _cue(
        "problem",
        1.0,
        r"\b(?:but|however|although|despite|unless|without)\b|\bhave to\b|\bdepends? on\b|\btakes (?:\w+ )?(?:long|time|ages"
        r"|hours|days|weeks|months)\b",
    ),
    _cue("problem", 1.3, r"^needed\b|^needs? (?!to\b)(?:more|better|a|an|some|clear|help|support)\b"),
    _cue(
        "problem",
        1.2,
        r"\b(?:pressure|overload|burden|conflict|clash|tension|uncertain|ambig|messy|chaos|disjointed|silo|trade-?off"
        r"|long hours|manual(?:ly)?|backlog|queue)\w*",
    ),
    # problems, Welsh
    _cue("problem", 1.8, r"\b(?:diffyg|prinder|dim digon|does dim|nid oes|oes dim|dim byd)\b|^dim \w+"),
    _cue(
        "problem",
        1.5,
        r"\b(?:rhy|gormod)\b|\b(?:methu|anodd|anhawster|broblem|problem|rhwystr|heriau|pryder|ofn|unig\b|unigrwydd|ynysig"
        r"|tlodi|drud|araf|hwyr)\w*",
    ),
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
    _cue("action", 1.2, r"\bto be (?:\w+ed|sent|drawn|held|set|put|made|done|given|brought|built|written|run|taken|sought|shown)\b"),
    _cue(
        "action",
        0.8,
        r"^(?:follow[- ]?up|set[- ]?up|sign[- ]?up)\b|\bby (?:the )?(?:end of|next|monday|tuesday|wednesday|thursday|friday)\b"
        r"|\basap\b|->|→",
    ),
    _cue("action", 1.7, r"^(?:(?:we|i|they|there|it) )?(?:will|shall|should)\b(?! have| it | we | there | i | they )"),
    _cue("action", 0.9, r"\bshould (?!have\b|it\b|we\b|i\b|they\b|there\b)\w+"),
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
    _cue(
        "strength",
        1.0,
        r"\b(?:strong|success\w*|easy to|clear(?:ly)? (?:explained|and)|helped|happy|knowledgeable|patient|quick(?:ly)?|already)\b",
    ),
    _cue(
        "strength",
        1.6,
        r"\b(?:gweithio'n dda|gweithio yn dda|gwych|ardderchog|bendigedig|hyfryd|diolch|cyfeillgar|croesawgar|yn dda iawn"
        r"|llwyddiannus|wrth fy modd)\b",
    ),
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
    r"|has improved|have improved"
    r"|noticed quickly|quickly (?:noticed|identified|found|responded|fixed)|datryswyd|wedi gwella)\b"
)
"""A trouble that is over is told as something that went well."""
