"""Verbs that open an action: what people ask for on flipcharts, in English (base form) and Welsh (verb-noun or command).

General lists of the English and Welsh of meetings; a word that is as often a noun stands in its own list, because
"Support for families" is not an order while "Support families" is.
"""

from __future__ import annotations

PLAIN_VERBS = frozenset(
    """accept achieve act adapt add adopt advertise advise agree allocate allow amend analyse analyze announce apply appoint approach arrange ask
    assess assign assist attend attract automate avoid become begin bid book bring broaden build buy call canvass capture carry celebrate
    change check choose circulate clarify clean clear close coach collaborate collate collect combine come commission communicate compile
    complete conduct confirm connect consider consolidate consult continue convene convert co-ordinate coordinate copy cover create cut
    decide define delegate deliver deploy describe design determine develop diagnose disable discuss display distribute do document draft
    drop educate embed employ empower enable encourage engage enhance ensure establish evaluate examine expand explain explore extend
    facilitate feed fetch figure fill finalise finalize find finish fix follow form formalise gather generate get give go greet grow
    handle have help hire hold host identify implement improve include incorporate increase inform install integrate introduce
    investigate invite involve join keep launch lay learn let liaise list listen lobby maintain make manage map measure meet mentor
    migrate minimise mix monitor move negotiate nominate notify obtain offer open organise organize outline pass pay persuade pick pilot
    plan post practise prepare present prevent prioritise prioritize produce promote propose protect provide publicise publish purchase
    pursue put raise read recommend record recruit redesign reduce refer refine reinstate reinforce remind remove rename reopen repair
    replace report request require research reserve resolve respond restart restore restrict retain revise revisit rewrite run schedule secure
    seek select send separate set set-up share show sign signpost simplify sort source speak specify speed sponsor standardise start
    stop store streamline strengthen submit summarise support suggest survey switch tackle take talk target teach tell think tidy track train
    transfer translate treat trial try turn understand undertake unify update upgrade use utilise validate visit volunteer widen wire
    work write""".split()
)
"""English base forms."""

NOUN_VERBS = frozenset(
    """address advert answer approach audit benefit book budget call campaign change charge chat check contact copy cost cover cut
    delay design display document draft drop email feedback focus form fund guide help host impact interest invite label lead letter
    limit link list look map market meeting mix monitor need notice offer order partner phone pilot plan plant post present process
    programme project publicity question rate record report request research result review risk run schedule score search set share
    show sign source start stop support survey talk target test thank time track train transfer trial update use value view visit
    volunteer work""".split()
)
"""English words that open a note as a noun about as often as an order."""

NOT_AFTER_ORDER = frozenset(
    """of from is are was were has have had can could would will may might and or but in at that which who not as than needs need went seems
    isn't aren't wasn't between""".split()
)
"""A word of NOUN_VERBS followed by one of these is a noun: 'Support for …', 'Work is …'."""

WELSH_VERBS = frozenset(
    """adolygu adeiladu adnabod agor ailagor anfon annog archwilio arwain asesu casglu cefnogi chwilio codi creu cyd-drefnu cydlynu cydweithio
    cyfarfod cyfathrebu cyfieithu cyflwyno cyflogi cyhoeddi cymryd cynllunio cynnal cynnig cynnwys cynyddu cysylltu darganfod darparu datblygu
    defnyddio denu diweddaru dod dosbarthu dweud dysgu edrych ehangu ffonio ffurfio galw glanhau gofyn gosod gwahodd gwella gweithio gwneud
    gwirio gwirfoddoli helpu holi hyfforddi hyrwyddo hysbysebu hysbysu lansio lleihau llogi llunio mapio mesur mynd mynychu newid paratoi parhau
    penodi prynu rhannu rhedeg rheoli rhoi sefydlu sicrhau siarad tacluso trafod trefnu treialu trwsio
    ymateb ymchwilio ymestyn ymgynghori ymweld ysgrifennu ystyried""".split()
)
"""Welsh verb-nouns, unmutated."""

WELSH_COMMANDS = frozenset(
    """anfonwch cefnogwch crëwch creuwch cysylltwch defnyddiwch dewch dewiswch ewch ffoniwch gofynnwch gwahoddwch gwellwch gwnewch helpwch
    lansiwch rhannwch rhowch sefydlwch sicrhewch trefnwch ystyriwch""".split()
)

_UNDO_MUTATION = (
    ("ngh", "c"), ("mh", "p"), ("nh", "t"), ("ng", "g"), ("dd", "d"), ("ch", "c"), ("ph", "p"), ("th", "t"),
    ("g", "c"), ("b", "p"), ("d", "t"), ("f", "b"), ("f", "m"), ("l", "ll"), ("r", "rh"), ("m", "b"), ("n", "d"), ("", "g"),
)  # fmt: skip
"""Soft, nasal and aspirate mutation, backwards."""


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
    if first in NOUN_VERBS:
        return bool(after) and after not in NOT_AFTER_ORDER and after != "for" and not after.endswith("ing")
    if first in PLAIN_VERBS:
        return after not in {"is", "are", "was", "were", "of"}
    return first in WELSH_COMMANDS or (first in WELSH_VERBS and bool(after)) or (is_welsh_verb(first) and bool(after))
