"""Words that tell of a trouble, or of praise, by themselves, as people write them on flipcharts: general English and Welsh, by hand.

A word weighs little by itself: 'Workshop on bullying' is no problem yet. A star stands for any ending, a hyphen for a blank as well.
"""

from __future__ import annotations


def _any_of(text: str) -> str:
    words = sorted(set(text.split()), key=lambda w: (-len(w), w))
    parts = [w.replace("-", "[- ]?").replace("*", r"\w*") for w in words]
    return rf"(?<!no )(?<!\w)(?:{'|'.join(parts)})(?!\w)"


FEELINGS = _any_of("""
    afraid alarmed alienat* alone anger angry annoy* anxi* ashamed bored boredom bother* condescend* confus* daunt* demotivat* depress*
    despair* disappoint* discourag* discriminat* disempower* dishearten* dissatisf* distress* distrust* embarrass* excluded exclusion
    exhaust* fear* frighten* frustrat* grief helpless hopeless hostil* humiliat* hurt* insecur* intimidat* isolat* lonel* mistrust*
    nervous* offend* overwhelm* patronis* patroniz* puzzl* resent* sad scared scary sceptic* shame* stigma* stress* suspicio* tired tiring
    tokenis* uncomfortable uneasy unhappy unwelcom* upset* worried worries worry* burnout poverty
""")
"""What people feel, and what they call a hardship."""

FAILURES = _any_of("""
    abandon* abus* bug bugs buggy bully* breakdown* broke broken chaos chaotic clash* clunky collaps* complain* complaint* conflict*
    congest* crash* crime* cumbersome damag* danger* deadlock* delay* deteriorat* disappear* disaster* disjoint* disorgani* disrupt*
    downtime dropout* drop-off duplicat* error* fail* faulty fiddly forgot* fragment* glitch* harass* harm* homeless* hunger ignor*
    inaccessib* inaccura* inappropriat* incomplete inconsisten* inconvenien* incorrect* ineffect* inefficien* inequal* inflexib* injustice
    interrupt* invisib* irrelevan* irregular* litter* loss losses lost misinform* mislead* mismatch* missing mistake* misunderst* mould
    neglect* nightmare* nuisance* obsolete outage* outdated overcrowd* overlook* overspend* overstretch* patchy pollut* pothole* prejudic*
    racis* reject* rework* rude* setback* shortage* shortcoming* shortfall* short-staffed silo siloed silos stuck suffer* time-out* timeout*
    timed-out trouble* unavailab* unaware unclear unconnected underfunded understaffed undermin* uneven unequal unfair* unfamiliar* unfunded
    unhelpful* uninformed unmet unnecessar* unnoticed unpredict* unprepared unrealistic* unreliab* unresolved unresponsive unsafe unstable
    unsuccessful* unsuitable unsure unusable unwilling* vandal* wast*
""")
"""What goes wrong or is broken."""

BURDENS = _any_of("""
    ambig* awkward* backlog* barrier* bias* bottleneck* bureaucra* burden* challeng* complicat* concern* constrain* costly cutbacks
    cuts-to debt debts deficit* difficult* dilemma* distract* downside* drawback* expensive fatigue* friction gap gaps hard-to-reach
    hassle* hindrance* hurdle* imposs* inability issue* jargon laborious last-minute limitation* limited manual manually mess messy
    obstacl* overload* pain pains painful pressure* problem* queue* red-tape refus* reluctan* repetitive restrict* risk* rushed
    short-notice short-term sluggish steep struggl* tedious tension* threat* tight time-consuming trade-off* tradeoff* tricky unable
    uncertain* unintended vague vulnerab* workaround* workload*
""")
"""What weighs on people or is hard."""

WELSH_TROUBLES = _any_of("""
    anfantais anfanteision anghyfartal* anghyfleus* anghyson* anhapus anhawster* anawsterau anniogel annigonol anodd allgáu araf baich
    beichiau blinedig bwlch bylchau broblem* colli costus digalon dioddef drud dryslyd dryswch galar gofid* gorlawn gwastraff* heriau hwyr
    llwyth methiant methu niwed ofn oedi peryg* poen* problem* pryder* rhwystr* rhwystredig* risg* sbwriel straen tlodi toriadau trafferth*
    trosedd* unig unigrwydd ynysig ynysu
""")

PRAISE = _any_of("""
    ahead-of-time at-ease attentive beautiful best-practice brave bright bring-people-together brings-people-together calm caring celebrat*
    cheerful clearly-explained comfortable community-spirit confidence-grew confident connected consistent cosy creative dedicated
    dependable effective efficient encouraged encouraging energetic everyone-felt flexible generous gentle genuine hard-working honest
    hopeful inclusive just-right kind kindness know-each-other laughter lively look-out-for look-out-for-each-other looks-out-for lovely
    on-time organised passion* plenty-of popular professional pulled-together resilien* respect respected respectful rewarding safe-place
    saves-time smooth smoothly sense-of-belonging thoughtful together-as togetherness trusted up-to-date warm-welcome well-attended
    well-prepared well-used
    ardderchog caredig cefnogol cymwynasgar cynnes diogel gofalgar hapus llawen ysbrydoledig
""")
"""What people praise in others and in places."""
