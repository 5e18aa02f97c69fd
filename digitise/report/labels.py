"""Every word of ours in the report, in English and Welsh. Participants' words are never translated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from digitise.model import Kind

Months = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Labels:
    """The report's own wording in one language. `{…}` are filled in by str.format."""

    language: str
    locale: str
    months: Months
    organised_by: str
    contents: str
    how_made: str
    made_from: str
    own_words: str
    how_to_check: str
    how_doubtful: str
    proposed_titles: str
    summary: str
    figures_caption: str
    photos: str
    notes: str
    problems: str
    actions: str
    actions_without_owner: str
    words_to_check: str
    background: str
    aims: str
    visual_minutes: str
    visual_caption: str
    transcript_in: str
    problems_and_actions: str
    what_was_said: str
    said_times: str
    what_people_said: str
    what_works: str
    questions: str
    ideas: str
    other_points: str
    also_said: str
    quotes: str
    other_problems: str
    rounds: str
    rounds_caption: str
    round: str
    table_no: str
    themes: str
    register: str
    register_caption: str
    number: str
    action: str
    owner: str
    no_owner: str
    due: str
    no_due: str
    theme: str
    source: str
    photo_record: str
    sheets: str
    photo: str
    sheet_of: str
    taken: str
    copies: str
    looks_like: str
    part_of: str
    same_wall: str
    joined_caption: str
    seen_better: str
    sheet_alt: str
    crop_alt: str
    no_writing: str
    no_picture: str
    unreadable_here: str
    see_figure: str
    duplicates: str
    duplicates_intro: str
    read_from_it: str
    note: str
    printed_as: str
    unreadable: str
    unreadable_intro: str
    picture: str
    as_read: str
    nothing_read: str
    not_used: str
    look_at: str
    file: str
    reason: str
    remedy: str
    what_to_see: str
    check_intro: str
    other_readings: str
    no_other: str
    check_comment: str
    check_comment_none: str
    second_mark: str
    second_taken: str
    second_read: str
    accounting: str
    accounting_intro: str
    notes_seen: str
    notes_reported: str
    notes_with_sheet: str
    notes_duplicate: str
    notes_unreadable: str
    notes_aside: str
    what: str
    how_many: str
    abbreviations: str
    abbreviation: str
    meaning: str
    nothing_found: str
    figure: str
    table: str
    action_short: str
    page: str
    heading: str
    said_already: str
    kinds: Mapping[Kind, str]
    """Kind of a note, as its transcript names it."""


ENGLISH = Labels(
    language="en",
    locale="en-GB",
    months=("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"),
    organised_by="Organised by {names}",
    contents="Contents",
    how_made="How this report was made",
    made_from="This report was made from {photos} of the sheets written at the event, with {generator}.",
    own_words="The points are the participants’ own words. Headings of chapters, words such as “What was said” and the order are ours; "
    "writing in capitals is set in sentence case.",
    how_to_check="How to check it: each number in square brackets, such as [1], leads to the photo of that number in the photo record, "
    "where the sheet can be compared with what was read from it.",
    how_doubtful="Words with a dotted underline were hard to read ({count} in all). Each has a comment with other readings.",
    proposed_titles="These headings were not written by the participants but proposed from their words: ",
    summary="Summary in figures",
    figures_caption="The event in figures",
    photos="Photos",
    notes="Notes",
    problems="Problems",
    actions="Actions",
    actions_without_owner="Actions without an owner",
    words_to_check="Words to check",
    background="Background and aims",
    aims="Aims of the event:",
    visual_minutes="Visual minutes",
    visual_caption="Visual minutes, from photo {number}",
    transcript_in="Its lettering is written out in the photo record: ",
    problems_and_actions="Problems and actions",
    what_was_said="What was said: ",
    said_times=" (said {count} times)",
    what_people_said="What people said",
    what_works="What already works",
    questions="Questions raised",
    ideas="Ideas not yet actions",
    other_points="Other points",
    also_said="Also said",
    quotes="In people’s own words",
    other_problems="Other problems and actions",
    rounds="Rounds and tables",
    rounds_caption="Where each round’s notes are in this report",
    round="Round",
    table_no="Table",
    themes="Themes",
    register="Action register",
    register_caption="All actions",
    number="No.",
    action="Action",
    owner="Owner",
    no_owner="not named",
    due="Due",
    no_due="not named",
    theme="Theme",
    source="Photo",
    photo_record="Photo record",
    sheets="Sheets and what was read",
    photo="Photo {number}",
    sheet_of="Sheet {sheet} of photo {number}",
    taken="taken {when}",
    copies="Also received as: {files}.",
    looks_like="Looks nearly the same as photo {number}.",
    part_of="Shows part of the wall in photo {number}, from nearer.",
    same_wall="Shows some of the same wall as:",
    joined_caption="Photos {numbers}, joined into one picture",
    seen_better="seen better in photo {number}",
    sheet_alt="Photograph of a sheet written at the event: {start}. All its writing is typed out below the picture.",
    crop_alt="Close-up of a note on photo {number}, {reading}.",
    no_writing="No writing was found on it",
    no_picture="The picture is not available.",
    unreadable_here="[could not be read]",
    see_figure="Picture: ",
    duplicates="Notes that say the same",
    duplicates_intro="These notes repeat another one, or are the same note on a second photo. They are printed once.",
    read_from_it="What was read",
    note="Note",
    printed_as="Printed as",
    unreadable="Notes that could not be read",
    unreadable_intro="Nothing could be read here: the note may be blank, or its writing too faint. Somebody who was there may know.",
    picture="Picture",
    as_read="As read",
    nothing_read="nothing could be read",
    not_used="Photos that could not be used",
    look_at="Photos to look at",
    file="File",
    reason="Reason",
    remedy="What to do",
    what_to_see="What to look at",
    check_intro="These words were hard to read. Compare them with the pictures and correct them where they stand in the report.",
    other_readings="Word in doubt, and what else it may be",
    no_other="no other reading",
    check_comment="Please check. Read as “{reading}”. It may also be: {alternatives}.",
    check_comment_none="Please check. Read as “{reading}”.",
    second_mark="{word} (second reader)",
    second_taken="This is the second reader’s word ({reader}); the writing bears it out.",
    second_read="The second reader ({reader}) read: “{text}”",
    accounting="Account of all notes",
    accounting_intro="Nothing is lost: every note seen on the photos is in one of these lines, and they add up. "
    "All but those set aside are also typed out with their photo in the photo record.",
    notes_seen="Notes seen",
    notes_reported="Printed in the chapters above",
    notes_with_sheet="Headings and marks of a sheet, printed with it in the photo record",
    notes_duplicate="Said by another note already, or seen better on another photo",
    notes_unreadable="Could not be read",
    notes_aside="Set aside by the organisers",
    what="What",
    how_many="How many",
    abbreviations="Names and abbreviations",
    abbreviation="Name or abbreviation",
    meaning="Meaning",
    nothing_found="No notes were found on the photos.",
    figure="Figure",
    table="Table",
    action_short="A{number}",
    page="Page",
    heading="heading",
    said_already="said already",
    kinds={
        "problem": "problem",
        "action": "action",
        "strength": "strength",
        "idea": "idea",
        "question": "question",
        "quote": "quote",
        "other": "point",
    },
)

WELSH = Labels(
    language="cy",
    locale="cy-GB",
    months=("Ionawr", "Chwefror", "Mawrth", "Ebrill", "Mai", "Mehefin", "Gorffennaf", "Awst", "Medi", "Hydref", "Tachwedd", "Rhagfyr"),
    organised_by="Trefnwyd gan: {names}",
    contents="Cynnwys",
    how_made="Sut y lluniwyd yr adroddiad hwn",
    made_from="Lluniwyd yr adroddiad hwn o luniau ({photos}) o’r dalennau a ysgrifennwyd yn y digwyddiad, gyda {generator}.",
    own_words="Geiriau’r cyfranogwyr eu hunain yw’r pwyntiau. Ni biau penawdau’r penodau, geiriau fel “Yr hyn a ddywedwyd” a’r drefn; "
    "mae ysgrifen mewn priflythrennau wedi’i gosod fel brawddegau.",
    how_to_check="Sut i’w wirio: mae pob rhif mewn bachau petryal, megis [1], yn arwain at y llun â’r rhif hwnnw yn y cofnod lluniau, "
    "lle gellir cymharu’r ddalen â’r hyn a ddarllenwyd ohoni.",
    how_doubtful="Roedd geiriau sydd â thanlinell ddotiog yn anodd eu darllen (cyfanswm: {count}). "
    "Mae sylw ar bob un gyda darlleniadau eraill.",
    proposed_titles="Nid y cyfranogwyr a ysgrifennodd y penawdau hyn; fe’u cynigir o’u geiriau nhw: ",
    summary="Crynodeb mewn ffigurau",
    figures_caption="Y digwyddiad mewn ffigurau",
    photos="Lluniau",
    notes="Nodiadau",
    problems="Problemau",
    actions="Camau gweithredu",
    actions_without_owner="Camau heb berchennog",
    words_to_check="Geiriau i’w gwirio",
    background="Cefndir a nodau",
    aims="Nodau’r digwyddiad:",
    visual_minutes="Cofnodion gweledol",
    visual_caption="Cofnodion gweledol, o lun {number}",
    transcript_in="Mae’r geiriau sydd arno wedi’u teipio yn y cofnod lluniau: ",
    problems_and_actions="Problemau a chamau gweithredu",
    what_was_said="Yr hyn a ddywedwyd: ",
    said_times=" (dywedwyd {count} gwaith)",
    what_people_said="Yr hyn a ddywedodd pobl",
    what_works="Yr hyn sy’n gweithio eisoes",
    questions="Cwestiynau a godwyd",
    ideas="Syniadau nad ydynt eto’n gamau",
    other_points="Pwyntiau eraill",
    also_said="Dywedwyd hefyd",
    quotes="Yng ngeiriau pobl eu hunain",
    other_problems="Problemau a chamau eraill",
    rounds="Rowndiau a byrddau",
    rounds_caption="Ble mae nodiadau pob rownd yn yr adroddiad hwn",
    round="Rownd",
    table_no="Bwrdd",
    themes="Themâu",
    register="Cofrestr camau gweithredu",
    register_caption="Pob cam gweithredu",
    number="Rhif",
    action="Cam gweithredu",
    owner="Perchennog",
    no_owner="heb ei enwi",
    due="Erbyn",
    no_due="heb ei nodi",
    theme="Thema",
    source="Llun",
    photo_record="Cofnod lluniau",
    sheets="Y dalennau a’r hyn a ddarllenwyd",
    photo="Llun {number}",
    sheet_of="Dalen {sheet} o lun {number}",
    taken="tynnwyd {when}",
    copies="Derbyniwyd hefyd fel: {files}.",
    looks_like="Mae’n debyg iawn i lun {number}.",
    part_of="Mae’n dangos rhan o’r wal sydd yn llun {number}, o agosach.",
    same_wall="Mae’n dangos peth o’r un wal â:",
    joined_caption="Lluniau {numbers}, wedi’u huno’n un llun",
    seen_better="i’w weld yn well yn llun {number}",
    sheet_alt="Ffotograff o ddalen a ysgrifennwyd yn y digwyddiad: {start}. Mae’r holl ysgrifen wedi’i theipio o dan y llun.",
    crop_alt="Llun agos o nodyn ar lun {number}, {reading}.",
    no_writing="Ni chafwyd ysgrifen arni",
    no_picture="Nid yw’r llun ar gael.",
    unreadable_here="[ni ellid ei ddarllen]",
    see_figure="Llun: ",
    duplicates="Nodiadau sy’n dweud yr un peth",
    duplicates_intro="Mae’r nodiadau hyn yn ailadrodd un arall, neu’r un nodyn ydynt ar ail lun. Fe’u hargreffir unwaith.",
    read_from_it="Yr hyn a ddarllenwyd",
    note="Nodyn",
    printed_as="Argraffwyd fel",
    unreadable="Nodiadau na ellid eu darllen",
    unreadable_intro="Ni ellid darllen dim yma: gall y nodyn fod yn wag, neu’r ysgrifen yn rhy wan. "
    "Efallai y bydd rhywun a oedd yno yn gwybod.",
    picture="Llun",
    as_read="Fel y’i darllenwyd",
    nothing_read="ni ellid darllen dim",
    not_used="Lluniau na ellid eu defnyddio",
    look_at="Lluniau i edrych arnynt",
    file="Ffeil",
    reason="Rheswm",
    remedy="Beth i’w wneud",
    what_to_see="Beth i edrych arno",
    check_intro="Roedd y geiriau hyn yn anodd eu darllen. Cymharwch nhw â’r lluniau a’u cywiro lle maent yn yr adroddiad.",
    other_readings="Gair ansicr, a beth arall y gallai fod",
    no_other="dim darlleniad arall",
    check_comment="Gwiriwch, os gwelwch yn dda. Darllenwyd fel “{reading}”. Gallai hefyd fod: {alternatives}.",
    check_comment_none="Gwiriwch, os gwelwch yn dda. Darllenwyd fel “{reading}”.",
    second_mark="{word} (ail ddarllenydd)",
    second_taken="Gair yr ail ddarllenydd ({reader}) yw hwn; mae’r ysgrifen yn ei ategu.",
    second_read="Darllenodd yr ail ddarllenydd ({reader}): “{text}”",
    accounting="Cyfrif o’r holl nodiadau",
    accounting_intro="Nid oes dim ar goll: mae pob nodyn a welwyd ar y lluniau yn un o’r llinellau hyn, ac mae’r cyfanswm yn gywir. "
    "Mae pob un ond y rhai a roddwyd o’r neilltu hefyd wedi’i deipio gyda’i lun yn y cofnod lluniau.",
    notes_seen="Nodiadau a welwyd",
    notes_reported="Argraffwyd yn y penodau uchod",
    notes_with_sheet="Penawdau a marciau dalen, a argraffwyd gyda hi yn y cofnod lluniau",
    notes_duplicate="Dywedwyd eisoes gan nodyn arall, neu i’w weld yn well ar lun arall",
    notes_unreadable="Ni ellid eu darllen",
    notes_aside="Rhoddwyd o’r neilltu gan y trefnwyr",
    what="Beth",
    how_many="Faint",
    abbreviations="Enwau a byrfoddau",
    abbreviation="Enw neu fyrfodd",
    meaning="Ystyr",
    nothing_found="Ni chafwyd nodiadau ar y lluniau.",
    figure="Ffigur",
    table="Tabl",
    action_short="C{number}",
    page="Tudalen",
    heading="pennawd",
    said_already="dywedwyd eisoes",
    kinds={
        "problem": "problem",
        "action": "cam gweithredu",
        "strength": "cryfder",
        "idea": "syniad",
        "question": "cwestiwn",
        "quote": "dyfyniad",
        "other": "pwynt",
    },
)


def choose_labels(languages: tuple[str, ...]) -> Labels:
    """Welsh when it is the event's first language, else English."""
    return WELSH if languages[:1] == ("cy",) else ENGLISH


def print_date(day: date, labels: Labels) -> str:
    """31 March 2026, 31 Mawrth 2026."""
    return f"{day.day} {labels.months[day.month - 1]} {day.year}"
