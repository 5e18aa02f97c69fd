"""English for common Welsh words of workshops, so that a network for English can tell what a Welsh note is about.

Only for comparing notes: nothing of it is ever printed, and no wording is translated for anybody. The list is this project's own; words
that it lacks stay as they are, which serves for names and for words that both languages have.
"""

from __future__ import annotations

import re
from functools import cache

from digitise.arranging.wording import WORD, plain

_PAIRS = """
    pobl people, plentyn child, plant children, teulu family, rhiant parent, gofalwr carer, ieuenctid youth, ifanc young, hen old, hŷn
    older, henoed elderly, menyw woman, merch girl, dyn man, cymydog neighbour, gwirfoddolwr volunteer, gwirfoddoli volunteer,
    preswylydd resident, trigolion residents, myfyriwr student, disgybl pupil, athro teacher, meddyg doctor, nyrs nurse, deintydd
    dentist, fferyllfa pharmacy, heddlu police, cynghorydd councillor, cyngor council, clerc clerk, swyddog officer, tîm team, ffrind
    friend, cyfaill friend, mudiad organisation, elusen charity, busnes business, ffermwr farmer, fferm farm, ymwelydd visitor,
    newydd-ddyfodiad newcomer, iechyd health, meddwl mental, lles wellbeing, llesiant wellbeing, salwch illness, ysbyty hospital,
    meddygfa surgery, clinig clinic, apwyntiad appointment, rhestr list, aros waiting, triniaeth treatment, gofal care, gofalu care,
    anabledd disability, anabl disabled, unigrwydd loneliness, unig lonely, ynysu isolation, ynysig isolated, straen stress, pryder
    worry, gorbryder anxiety, iselder depression, cymorth support, cefnogaeth support, cefnogi support, help help, helpu help, ymarfer
    exercise, cerdded walk, nofio swim, bwyd food, bwyta eat, coginio cook, cegin kitchen, cinio lunch, brecwast breakfast, swper
    supper, te tea, coffi coffee, caffi café, cawl soup, pryd meal, cacen cake, llysiau vegetables, ffrwyth fruit, bws bus, trên
    train, car car, trafnidiaeth transport, cludiant transport, teithio travel, taith journey, gorsaf station, ffordd road, heol road,
    stryd street, llwybr path, beic bike, beicio cycling, parcio parking, traffig traffic, cyflymder speed, amserlen timetable, gyrru
    drive, gyrrwr driver, tocyn ticket, pris price, palmant pavement, croesfan crossing, pont bridge, golau light, goleuadau lights,
    tywyll dark, diogel safe, diogelwch safety, perygl danger, peryglus dangerous, damwain accident, arhosfan stop, pentref village,
    tref town, dinas city, cymuned community, cymunedol community, canolfan centre, canol centre, neuadd hall, llyfrgell library,
    ysgol school, coleg college, eglwys church, capel chapel, tafarn pub, parc park, cae field, chwarae play, gardd garden, garddio
    gardening, coeden tree, coed trees, coedwig forest, afon river, traeth beach, mynydd mountain, blodyn flower, siop shop, siopa
    shopping, marchnad market, swyddfa office, banc bank, tŷ house, tai housing, cartref home, rhent rent, tir land, adeilad building,
    ystafell room, drws door, allwedd key, toiled toilet, tŷ bach toilet, mainc bench, siglen swing, sbwriel litter, ysbwriel litter,
    gwastraff waste, ailgylchu recycling, amgylchedd environment, natur nature, hinsawdd climate, ynni energy, gwres heat, gwresogi
    heating, oer cold, cynnes warm, dŵr water, llifogydd floods, llif flood, tywydd weather, glaw rain, gwaith work, gweithio work,
    swydd job, cyflog pay, arian money, ariannu fund, cyllid funding, cyllideb budget, cost cost, drud expensive, rhad cheap, tlodi
    poverty, dyled debt, cyflogaeth employment, sgil skill, hyfforddiant training, hyfforddi train, addysg education, dysgu learn,
    dysgwr learner, gwers lesson, cwrs course, iaith language, cymraeg welsh, saesneg english, dwyieithog bilingual, cyfieithu
    translate, cyfieithydd translator, llyfr book, darllen read, ysgrifennu write, cerddoriaeth music, côr choir, canu sing, celf art,
    hanes history, diwylliant culture, chwaraeon sport, clwb club, grŵp group, dosbarth class, gweithgaredd activity, digwyddiad
    event, gŵyl festival, sioe show, gweithdy workshop, stori story, dydd day, diwrnod day, nos night, noson evening, bore morning,
    prynhawn afternoon, penwythnos weekend, wythnos week, mis month, blwyddyn year, amser time, hwyr late, cynnar early, olaf last,
    nesaf next, cyntaf first, heddiw today, sadwrn saturday, sul sunday, gwener friday, iau thursday, mercher wednesday, gaeaf winter,
    haf summer, gwanwyn spring, hydref autumn, awr hour, munud minute, chwech six, pump five, deg ten, agor open, agored open, cau
    close, ar gau closed, dechrau start, gorffen finish, cysylltu contact, gofyn ask, siarad talk, gwrando listen, cyfarfod meeting,
    cwrdd meet, dod come, mynd go, gadael leave, prynu buy, gwerthu sell, rhannu share, benthyg borrow, trwsio repair, adeiladu build,
    glanhau clean, glân clean, torri break, newid change, gwella improve, gwell better, gorau best, da good, gwael poor, drwg bad,
    mawr big, bach small, hir long, byr short, newydd new, llawn full, gwag empty, anodd difficult, hawdd easy, prin scarce, diffyg
    lack, digon enough, gormod too much, mwy more, llai less, angen need, eisiau want, problem problem, her challenge, rhwystr
    barrier, syniad idea, cwestiwn question, ateb answer, gwybodaeth information, cyfathrebu communication, gwefan website, ffôn
    phone, ffonio phone, rhyngrwyd internet, digidol digital, cyfrifiadur computer, llythyr letter, ffurflen form, hysbyseb notice,
    hysbysebu advertise, taflen leaflet, cyfryngau media, cymdeithasol social, lleol local, gwasanaeth service, mynediad access, cyfle
    opportunity, prosiect project, cynllun plan, cynllunio planning, strategaeth strategy, adroddiad report, arolwg survey, bwrdd
    board, llywodraeth government, partneriaeth partnership, arwain lead, penderfyniad decision, pleidlais vote, cyfartal equal,
    anifail animal, ci dog, cath cat, heb without, dim no, pawb everyone, neb nobody, am ddim free, croeso welcome
"""
_MUTATED = (
    ("ngh", "c"), ("mh", "p"), ("nh", "t"), ("ng", "g"), ("ch", "c"), ("ph", "p"), ("th", "t"), ("dd", "d"), ("f", "b"), ("f", "m"),
    ("b", "p"), ("d", "t"), ("g", "c"), ("l", "ll"), ("r", "rh"), ("m", "b"), ("n", "d"), ("", "g"),
)  # fmt: skip
"""Beginnings after mutation and what they were: 'fysiau' is 'bysiau', 'ardd' is 'gardd'."""

COMMON_ZIPF = 4.0
"""An English word at least so frequent (ten in a million) is taken for English: 'bench' is no form of 'bencampwr'."""


@cache
def _read_pairs() -> dict[str, str]:
    """Welsh word or phrase -> English."""
    pairs = (pair.split() for pair in " ".join(_PAIRS.split()).split(","))
    known: dict[str, str] = {}
    for parts in pairs:
        cut = 2 if " ".join(parts[:2]) in ("tŷ bach", "ar gau", "am ddim") else 1
        known[" ".join(parts[:cut])] = " ".join(parts[cut:])
    return known


def gloss(text: str) -> str:
    """A text on one line with the Welsh words that are known put into English; a text that is not Welsh comes back as it is.

    Two known words, or half of the words, make a text Welsh: 'help' and 'problem' are in both languages.
    """
    line = plain(text)
    words = WORD.findall(line)
    found = {w: english for w in words if (english := _find(w.casefold())) is not None and english.casefold() != w.casefold()}
    if len(found) < 2 and 2 * len(found) < len(words):
        return line
    for phrase in ("tŷ bach", "ar gau", "am ddim"):
        line = re.sub(rf"\b{phrase}\b", _read_pairs()[phrase], line, flags=re.I)
    return WORD.sub(lambda m: found.get(m.group(), m.group()), line)


@cache
def _find(word: str) -> str | None:
    """English for a word in any form: as listed, its base form, or either before mutation; None for an unknown one, or an English one."""
    import simplemma  # noqa: PLC0415 - its word list is loaded for Welsh events only
    from wordfreq import zipf_frequency  # noqa: PLC0415

    known = _read_pairs()
    word = re.sub(r"['’](?:r|n|i|u|w|th|m|ch)$", "", word)  # the article and small words that lean on the one before
    if word in known:
        return known[word]
    if len(word) < 4 or float(zipf_frequency(word, "en")) >= COMMON_ZIPF:
        return None
    base = simplemma.lemmatize(word, lang="cy").casefold()
    forms = [base, *(was + form[len(is_now) :] for form in (word, base) for is_now, was in _MUTATED if form.startswith(is_now))]
    forms += [simplemma.lemmatize(f, lang="cy").casefold() for f in forms[1:]]
    return next((known[f] for f in forms if f in known), None)
