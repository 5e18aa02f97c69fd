"""Words and phrases of headings that set a kind, English and Welsh. Matched against a heading in lower case without edge punctuation."""

from __future__ import annotations

from digitise.kind_words import OPPORTUNITIES
from digitise.model import Kind

QUALIFIERS = (
    r"(?:(?:key|main|our|your|the|big|biggest|current|agreed|possible|proposed|immediate|open|further|burning|other|new|some|any"
    r"|prif|ein|eich) )*"
)
AFTER = r"(?: (?:agreed|needed|required|raised|identified|(?:that )?we (?:still )?have|a godwyd|pellach|allweddol|newydd|nesaf))?"
LINK = r" (?:with|of|for|around|about|in|to do with|on|to|gyda|am|o ran|ar gyfer|o|i)"
WELSH_PLURAL = r"(?:\w+(?:au|oedd|eon|yderon|ion))(?<!tion)(?<!sion)"
WELSH = (
    r"\b(?:beth|pwy|pethau|sydd|sy'?n|i'w|ein|eich|prif|lleisiau|gweithio'n|cadarnhaol|negyddol|gweithredu|nesaf|am|gyda"
    r"|syniadau|atebion|cwestiynau|cwestiwn|dyfyniadau|cryfderau|llwyddiannau|asedau|risgiau|bylchau"
    r"|[bp]roblemau|heriau|rhwystrau|pryderon|anawsterau|gwendidau|bygythiadau|camau|gweithredoedd|pwyntiau|addewidion|argymhellion"
    r"|awgrymiadau|datrysiadau|cyfleoedd|gobeithion|gweledigaeth|dymuniadau|breuddwydion)\b"
)
"""Words that tell a heading which names only a kind to be Welsh."""
PAST = r"\b(?:went|worked|gone|said|told|aeth|weithiodd|ddywedodd|ddywedoch)\b"
"""Words of headings that tell of what was."""
NUMBERING = r"^(?:question|cwestiwn|q|theme|thema|topic|pwnc|sheet|taflen|task|tasg)\s*\d{1,2}\b"

NEUTRAL = (
    r"what (?:we|you|people) (?:heard|talked about|discussed)|discussion(?: points| notes)?|notes|comments|thoughts|feedback"
    r"|other|miscellaneous"
    r"|beth glywsom(?: ni)?|trafodaeth|nodiadau|sylwadau|arall"
)
"""Headings that name neither a theme nor a kind: the sheet's title above them does."""

ABOUT_THE_DAY = (
    r"(?:house|ground) rules|(?:today'?s )?(?:agenda|programme|timetable)(?: for (?:the day|today))?|today(?: we will)?"
    r"|housekeeping|welcome"
    r"|aims(?: of the day)?|croeso|rheolau(?: sylfaenol)?|rhaglen(?: y dydd)?|heddiw"
)
"""Headings of what the facilitators wrote: what stands under them is about the event, not an action or a problem."""

KIND_PHRASES: dict[Kind, tuple[str, ...]] = {
    "problem": (
        r"what(?:'s| is| was| are)? (?:not|isn't|wasn't) (?:working|so good)(?: so)?(?: well)?",
        r"what (?:doesn't|does not|didn't|did not) work(?: so)?(?: well)?",
        r"what (?:stops|prevents|worries|is stopping) (?:us|you|people)|what (?:gets|stands|is) in (?:the|our) way",
        r"what went (?:wrong|badly|less well)",
        r"what (?:could|can|should) (?:be|have been|have gone|go) (?:improved|better)",
        r"(?:what )?needs? improving|to improve|could be better|stop(?: doing)?|not working(?: well)?",
        r"beth (?:sydd ddim yn|sy ddim yn|nad yw'n|nad ydy'n|ddim yn) gweithio(?:'n dda)?",
        r"(?:the )?(?:risks?|gaps|negatives?|dislikes|cons|risgiau|bylchau)|beth aeth o'i le|pwyntiau negyddol",
    ),
    "action": (
        r"what (?:next|happens next|will we do|we will do|are we going to do|needs to happen|must happen)",
        r"who (?:will )?(?:does|do) what(?: by when| and when)?|(?:start|do|start doing)(?: it)? now|start doing|quick wins",
        r"beth nesaf|i'w wneud|pwy sy'n gwneud beth|beth (?:fyddwn ni'n ei wneud|wnawn ni|sydd angen ei wneud)",
    ),
    "strength": (
        r"what(?:'s| is| are)? (?:already )?(?:works?|working|good|going well|strong)(?: well)?(?: (?:already|now))?",
        r"what (?:has )?(?:worked|went|has gone|goes)(?: well| right)?|went well|worked well|works well|working well"
        r"|keep doing|continue(?: doing)?",
        r"what do (?:you|we) (?:love|like|enjoy|value)(?: most)?|what (?:are we|we're|we are) proud of|what we value"
        r"|where we got lucky|good things|the good",
        r"beth (?:sy'n|sydd yn|sy yn|sydd eisoes yn|sy'n barod yn) (?:gweithio(?:'n dda| yn dda)?|mynd yn dda|dda)|beth sy'n dda",
        r"(?:our |the )?(?:positives?|likes|assets|pros|highlights|achievements|asedau)",
        r"beth weithiodd(?:'n dda| yn dda)?|beth aeth yn dda|pethau da|pwyntiau cadarnhaol|gweithio'n dda",
    ),
    "idea": (
        r"what (?:if|would help|could help|could we do|can we do|would make (?:it|things) better|would you like(?: to see)?)",
        rf"(?:our |the )?(?:{OPPORTUNITIES}|wish(?:es)?(?: ?list)?|hopes?|dreams?|vision)(?: for the future)?",
        rf"(?:ein )?(?:{OPPORTUNITIES}|gobeithion|gweledigaeth|dymuniadau|breuddwydion)",
        r"beth (?:fyddai'n|allai|allem) (?:helpu|ein helpu|wneud)|beth am",
    ),
    "question": (r"things to find out|q ?and ?a|what we don't know|(?:we are |we're )?still (?:asking|wondering)|pethau i'w darganfod",),
    "quote": (
        r"what (?:people|you|they) (?:said|say|told us)|voices|in (?:your|their|our|people's|everyone's) own words",
        r"beth (?:ddywedodd|ddywedoch)(?: pobl| chi)?|lleisiau",
    ),
}
"""Whole headings that name a kind without its noun."""
