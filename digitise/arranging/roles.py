"""Words that name a role or a body, and capitalised first words that do not name anybody."""

from __future__ import annotations

from functools import lru_cache

_ROLE_NOUNS_TEXT = """
    academy administrator admins advisers advisors agency all alliance ambassadors assembly assistant association attendees
    authorities authority board bodies boards business businesses cabinet captain caretaker centre chair chairman chairperson
    champion champions charity charities church clerk clinic clinicians club cluster coach college colleagues collective committee
    company consortium consultant contractor coordinator co-ordinator coordinators council councillor councillors councils
    delegates department departments dept deputy developer developers director directors directorate division doctors editor
    editors employer employers engineer engineers everybody everyone executive facilitator facilitators families federation forum
    foundation friends gp gps governors group groups headteacher helpers hospital hosts hub hr institute instructor instructors
    interlink it leader leaders lead leads libraries library mayor manager managers management mentor mentors member members
    ministry minister network neighbours nhs nurse nurses traders trader companions connector connectors buddies doctor teacher
    parent carer volunteer office officer officers official officials organiser organisers organisation organisations owner owners
    panel parents partners partner partnership pharmacists pharmacy planner police practice president principal providers provider
    publisher reps representative representatives researcher researchers residents school schools secretariat secretary service
    services staff steering students subgroup sub-group supervisor surgery surgeries taskforce teachers team teams treasurer trust
    trustees unit university users vicar volunteers warden wardens workers youth-workers aelod aelodau arweinwyr arweinydd
    athrawon bwrdd cadeirydd clerc clwb cydlynydd cymdeithas cyngor cynghorydd cynghorwyr fforwm gofalwr grŵp gweithwyr
    gwirfoddolwyr heddlu llyfrgell llywodraeth meddygfa meddygon mudiad partneriaeth pawb pennaeth preswylwyr prifysgol pwyllgor
    rheolwr rhieni rhwydwaith swyddog swyddogion trysorydd tîm trefnwyr ymddiriedolaeth ysgol ysgolion ysgrifennydd is-grŵp elusen
    gyngor dîm fwrdd bwyllgor
    apprentices assistants caterers chaplain coaches contractors counsellor counsellors driver drivers farmers grocer imam interns landlord
    landlords lecturers matron midwife midwives nurse-practitioner pastor pcso pcsos postman pupils ranger rangers scouts shop shops
    shopkeepers suppliers tenants therapist therapists tutor tutors visitor visitors cynghorau disgyblion gyrrwr gyrwyr meddyg nyrs nyrsys
    plismon tenantiaid tiwtor
"""
ROLE_NOUNS = frozenset(_ROLE_NOUNS_TEXT.split())
"""Heads of names of roles and bodies: 'parish council', 'Tîm Iechyd'."""

_MODIFIERS_TEXT = """
    adult arts business care carers children children's community culture data development digital disability economic education
    employment energy engagement environment equalities estates events facilities families finance health heritage housing human
    inclusion infrastructure it leisure learning legal local mental older operations parks people people's planning play policy
    public regeneration research road safety science skills social sport sports strategy sustainability technical training
    transport voluntary volunteering welfare wellbeing well-being young youth
"""
MODIFIERS = frozenset(_MODIFIERS_TEXT.split())
"""First halves of bodies' names that hold 'and': 'Health and Wellbeing Board'."""

_COMMON_FIRST_TEXT = """
    a ability able about access according action actions advice after again agreed aim aims all-important an another anything approach
    appropriate as attempt attention back because before being better both budget campaign capacity chance changes close
    commitment community-led consideration continue continued data decision desire difficult discussion due during each easier
    easy effort encouragement engagement enough every evidence events ever example failure feedback few finance first follow-up
    food free from funding further get getting good guidance happy hard having help hope how idea ideas if important improvements
    in information interested invitation issue issues just key lack large less letter letters like likely linked links listening
    long look looking lots low make many meeting meetings message method money more most move much need needs network-wide new
    next no not nothing now off offer once only open opportunities opportunity option or other our ourselves out people perhaps
    place places plan plans please point policy poster posters potential press priority problem problems process progress project
    promotion proposal publicity question questions ready reason reasons related report request requests resources response
    responsibility right room same signs similar simple so some somewhere space spaces start steps still support surveys system
    talks task thank things time times too tools towards training transport trying try two up update use used useful view want
    wanted wanting way ways website what when where whether which who why willing willingness work would you your angen mae pobl
    cyfle cyfleoedd ffordd ffyrdd lle amser arian mwy llai cymorth cefnogaeth gwybodaeth hyfforddiant
"""
COMMON_FIRST = frozenset(_COMMON_FIRST_TEXT.split())
"""First words of a note before 'to …' that are things, wishes or grammar, not owners. 'Support staff' is saved by its last word."""


_NAMES_TEXT = """
    alan alex alice alun amanda amy andrew angela ann anna anne anthony ben beth bill bob carol catherine chris christine claire colin
    craig dafydd daniel dave david dawn debbie dennis derek diane dylan ed eleri elizabeth ellen emily emma emyr eric euan fiona
    frank gareth gary geoff george gill glyn graham grace gwen gwyn hannah harry heather helen huw ian ieuan jack jackie james jan
    jane janet jean jen jenny jim jo joan joe john jon joseph joy judith julia julie karen kate katie keith kelly ken kevin kim
    laura lauren lee lesley lewis linda lisa liz louise lucy luke lyn lynn maggie margaret maria mark martin mary matt maureen
    megan michael michelle mike miriam nia nick nicola nigel owain owen pam pat paul pauline penny pete peter phil rachel rebecca
    rhian rhys richard rob robert robin roger rose ruth ryan sally sam sara sarah sharon sheila sian siân simon sioned sophie
    stephen steve steven sue susan tim tom tony tracey val victoria wendy will william yasmin zoe davies edwards evans griffiths
    harris hughes james jenkins jones lloyd morgan owens phillips powell price pritchard rees roberts thomas williams
"""
NAMES = frozenset(_NAMES_TEXT.split())
"""Frequent first names and surnames of Wales and England, for those that are frequent words too ('Mark', 'Dawn', 'Price')."""


THING_ENDINGS = ("tion", "sion", "ment", "ness", "ity", "ance", "ence", "ing", "ism", "ture", "age", "ship", "iau", "aeth", "rwydd")
TOO_COMMON_ZIPF = 4.4
"""Zipf frequency (wordfreq) from which a lone capitalised word is ordinary rather than a name: 'bus' 4.9, 'hall' 4.8, 'nigel' 4.0."""
TOO_COMMON_STRICT_ZIPF = 4.0
"""The same where only the place (brackets, a colon) speaks for a name."""
PLURAL_ZIPF = 3.3


@lru_cache(maxsize=4096)
def is_thing(word: str, *, strict: bool) -> bool:
    """Whether a lone capitalised word is more likely a thing than a name."""
    if word in NAMES:
        return False
    if word in ROLE_NOUNS:
        return False
    if word in COMMON_FIRST or word.endswith(THING_ENDINGS):
        return True
    if word.endswith("s") and len(word) > 4 and _zipf(word) > PLURAL_ZIPF and max(_zipf(word[:-1]), _zipf(word[:-2])) > PLURAL_ZIPF:
        return True
    return _zipf(word) >= (TOO_COMMON_STRICT_ZIPF if strict else TOO_COMMON_ZIPF)


def _zipf(word: str) -> float:
    from wordfreq import zipf_frequency  # noqa: PLC0415 - loads its word list on first use only

    return float(zipf_frequency(word, "en"))
