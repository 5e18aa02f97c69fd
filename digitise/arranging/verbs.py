"""Verbs that open an action: what people ask for on flipcharts, in English (base form) and Welsh (verb-noun or command).

General lists of the English and Welsh of meetings; a word that is as often a noun stands in its own list, because
"Support for families" is not an order while "Support families" is.
"""

from __future__ import annotations

_PLAIN_VERBS_TEXT = """
    accept achieve act adapt add adopt advertise advise agree allocate allow amend analyse analyze announce apply appoint approach
    arrange ask assess assign assist attend attract automate avoid balance become begin bid book borrow bring broaden build buy
    call canvass capture carry catch celebrate challenge change check choose circulate clarify clean clear close co-design
    co-ordinate co-produce coach collaborate collate collect combine come comment commission commit communicate compare compile
    complete conduct confirm connect consider consolidate consult continue convene convert cook coordinate copy cover create
    cultivate cut decide decrease dedicate define delegate deliver deploy describe design determine develop diagnose dig disable
    discuss display distribute ditch divide do document draft drop earmark educate email embed emphasise employ empower enable
    encourage engage enhance ensure equip escalate establish evaluate examine expand experiment explain explore extend facilitate
    feature feed fetch figure fill  finalise finalize find finish fix follow form formalise foster gather generate get give go
    graduate grant greet grow halve handle harness have help highlight hire hold hook host hunt identify implement improve include
    incorporate increase inform inspire install integrate interview introduce invest investigate invite involve issue join keep
    knock launch lay learn let liaise lift light limit link list listen load loan lobby log look lower maintain make manage map
    match measure meet mend mentor merge message migrate minimise minimize mix model monitor motivate move negotiate nominate notify
    nurture obtain offer offload open optimise order organise organize outline own paint park partner pass patch pay persuade
    phone pick pilot plan plant play plug point post practise prepare present press prevent print prioritise prioritize probe
    produce promote propose protect prove provide publicise publish purchase pursue push put raise re-open reach read reassure
    recognise recommend record recruit recycle redesign reduce refactor refer refine reflect reframe regulate reinforce reinstate
    release relocate remind remove rename renew reopen reorganise repair repeat replace report request require research reserve
    resolve respond restart restore restrict retain rethink return reuse revise revisit reward rewrite ring rotate run save scale
    schedule search secure seek segment select sell send separate serve set set-up settle setup share shift shorten show sign
    signpost simplify sit slow smooth sort source speak specify speed spend split sponsor spread stage standardise start stay step
    stick stimulate stop store streamline strengthen study submit subscribe suggest summarise support survey suspend swap sweep
    switch tackle take talk target teach tell test text think tidy tie tighten trace track train transfer translate treat trial
    trim try turn tweak understand undertake unify unlock update upgrade use utilise validate visit volunteer wait walk watch
    weigh welcome widen wire work wrap write
"""
PLAIN_VERBS = frozenset(_PLAIN_VERBS_TEXT.split())
"""English base forms."""

_NOUN_VERBS_TEXT = """
    access address advert answer approach audit balance benefit book budget call campaign catch challenge change charge chat check
    comment commission contact cook copy cost cover cut delay design display document draft drop email experiment farm feature
    feedback  focus form fund grant guide help highlight host house hunt impact interest interview invite issue label lead
    letter light limit link list load loan look map market match meeting message mix model monitor need notice offer order paint
    park partner patch phone pilot plan plant play point post present press print probe process programme project publicity push
    question rate record report request research result review reward ring risk run scale schedule score search segment set share
    shift show sign source split spread stage start step stick stop study support survey talk target test text thank tie time
    trace track train transfer trial update use value view visit volunteer walk watch welcome work wrap
"""
NOUN_VERBS = frozenset(_NOUN_VERBS_TEXT.split())
"""English words that open a note as a noun about as often as an order."""

_NOT_AFTER_ORDER_TEXT = """
    of from is are was were has have had can could would will may might and or but in at that which who not as than needs need went
    seems isn't aren't wasn't between
"""
NOT_AFTER_ORDER = frozenset(_NOT_AFTER_ORDER_TEXT.split())
"""A word of NOUN_VERBS followed by one of these is a noun: 'Support for …', 'Work is …'."""

_ADJECTIVE_VERBS_TEXT = "clear clean close complete direct free level light live open own present secure separate slow smooth tidy welcome"
ADJECTIVE_VERBS = frozenset(_ADJECTIVE_VERBS_TEXT.split())
"""English words that open a note as an adjective about as often as an order: 'Clear roles', 'Open conversations'."""
_AFTER_ADJECTIVE_VERB_TEXT = """
    the a an our your their my this that these those all each every both any some up out down off on in it them more less by with to at for
"""
AFTER_ADJECTIVE_VERB = frozenset(_AFTER_ADJECTIVE_VERB_TEXT.split())
"""With one of these behind it, it is an order: 'Clear the path', 'Slow down'."""

_WELSH_VERBS_TEXT = """
    adolygu adeiladu adnabod agor ailagor anfon annog archwilio arwain asesu casglu cefnogi chwilio codi creu cyd-drefnu cydlynu
    cydweithio cyfarfod cyfathrebu cyfieithu cyflwyno cyflogi cyhoeddi cymryd cynllunio cynnal cynnig cynnwys cynyddu cysylltu
    darganfod darparu datblygu defnyddio denu diweddaru dod dosbarthu dweud dysgu edrych ehangu ffonio ffurfio galw glanhau gofyn
    gosod gwahodd gwella gweithio gwneud gwirio gwirfoddoli helpu holi hyfforddi hyrwyddo hysbysebu hysbysu lansio lleihau llogi
    llunio mapio mesur mynd mynychu newid paratoi parhau penodi prynu rhannu rhedeg rheoli rhoi sefydlu sicrhau siarad tacluso
    trafod trefnu treialu trwsio ymateb ymchwilio ymestyn ymgynghori ymweld ysgrifennu ystyried
"""
WELSH_VERBS = frozenset(_WELSH_VERBS_TEXT.split())
"""Welsh verb-nouns, unmutated."""

_WELSH_COMMANDS_TEXT = """
    anfonwch cefnogwch crëwch creuwch cysylltwch defnyddiwch dewch dewiswch ewch ffoniwch gofynnwch gwahoddwch gwellwch gwnewch
    helpwch lansiwch rhannwch rhowch sefydlwch sicrhewch trefnwch ystyriwch
"""
WELSH_COMMANDS = frozenset(_WELSH_COMMANDS_TEXT.split())

_UNDO_MUTATION = (
    ("ngh", "c"), ("mh", "p"), ("nh", "t"), ("ng", "g"), ("dd", "d"), ("ch", "c"), ("ph", "p"), ("th", "t"),
    ("g", "c"), ("b", "p"), ("d", "t"), ("f", "b"), ("f", "m"), ("l", "ll"), ("r", "rh"), ("m", "b"), ("n", "d"), ("", "g"),
)  # fmt: skip
"""Soft, nasal and aspirate mutation, backwards."""


NOT_AFTER_VERB = frozenset(("is", "are", "was", "were", "of", "we", "you", "they", "i", "people"))
"""'Do we want cars?' and 'Have you tried?' are questions."""


def is_welsh_verb(word: str) -> bool:
    """Whether a word is a Welsh verb-noun of the list, mutated or not ('gysylltu' is 'cysylltu')."""
    w = word.casefold()
    if w in WELSH_VERBS or w in WELSH_COMMANDS:
        return True
    return any(w.startswith(mutated) and plain + w[len(mutated) :] in WELSH_VERBS for mutated, plain in _UNDO_MUTATION)


def opens_with_order(tokens: list[str]) -> bool:
    """Whether lower-case words read as an order: 'contact the council', 'trefnu bws'; not 'support for families'."""
    while tokens and tokens[0] in {"please", "also", "then", "and", "better", "possibly", "regularly", "actively", "jointly"}:
        tokens = tokens[1:]
    if not tokens:
        return False
    first, after = tokens[0], tokens[1] if len(tokens) > 1 else ""
    if first in ADJECTIVE_VERBS and after not in AFTER_ADJECTIVE_VERB:
        return False
    if after.isdigit() and len(tokens) == 2:
        return False  # 'Budget 2026'
    if first in NOUN_VERBS:
        return bool(after) and after not in NOT_AFTER_ORDER and after != "for" and not after.endswith("ing")
    if first in PLAIN_VERBS:
        return after not in NOT_AFTER_VERB
    return first in WELSH_COMMANDS or (first in WELSH_VERBS and bool(after)) or (is_welsh_verb(first) and bool(after))
