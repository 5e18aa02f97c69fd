"""Every word of ours in the report: in English here, in Welsh in labels_welsh.py. Participants' words are never translated."""

from __future__ import annotations

import dataclasses
from datetime import date

from digitise.report.bilingual import pair
from digitise.report.label_fields import Labels
from digitise.report.labels_welsh import WELSH

__all__ = ["BILINGUAL", "ENGLISH", "SECOND_LANGUAGE", "WELSH", "Labels", "choose_labels", "print_date"]

ENGLISH = Labels(
    language="en",
    locale="en-GB",
    months=("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"),
    organised_by="Organised by {names}",
    contents="Contents",
    event_report="Event report",
    photo_report="Photo report",
    how_made="How this report was made",
    photos_made_from="The sheets written at the event, cleaned, in order of time, with what {generator} read from them.",
    photos_doubtful="Words with a dotted underline were hard to read.",
    made_from="Made from {photos} of the sheets written at the event, with {generator}.",
    one_photo="{count} photo",
    many_photos="{count} photos",
    own_words="The points are the participants’ own words; the headings of chapters and the order are ours, and capitals are set in "
    "sentence case.",
    how_to_check="A number in square brackets, such as [1], leads to that photo in the photo record, where the sheet can be compared "
    "with what was read from it.",
    how_doubtful="Words with a dotted underline were hard to read ({count} in all); each has a comment with other readings.",
    proposed_titles="These headings were not written by the participants but proposed from their words, and the notes below them were "
    "put together by the program; move in Word what belongs elsewhere: ",
    loose_group=" (only loosely alike)",
    summary="Summary in figures",
    figures_caption="The event in figures",
    photos="Photos",
    notes="Notes",
    problems="Problems",
    actions="Actions",
    actions_without_owner="Actions without an owner",
    words_to_check="Words to check",
    glance="Themes at a glance",
    glance_caption="Themes, with what was said and agreed",
    background="Background and aims",
    aims="Aims of the event:",
    visual_minutes="Visual minutes",
    visual_caption="Visual minutes, from photo {number}",
    transcript_in="Its lettering is written out in the photo record: ",
    problems_and_actions="Problems and actions",
    what_was_said="What was said: ",
    said_times=" (said {count} times)",
    one_vote=" (1 vote)",
    votes=" ({count} votes)",
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
    answers="Problem it answers",
    no_problem="none named",
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
    duplicates_intro="These notes repeat another one. The chapters print it once and say how often it was said.",
    seen_twice="Notes that stand on more than one photo: {count}. Each is printed once, from the photo that shows it best; the photo "
    "record says which.",
    read_from_it="What was read",
    note="Note",
    printed_as="Printed as",
    unreadable="Notes that could not be read",
    unreadable_intro="Nothing could be read here: the note may be blank, or its writing too faint. Somebody who was there may know.",
    picture="Picture",
    as_read="As read",
    nothing_read="nothing could be read",
    votes_to_check="Votes to check",
    votes_intro="Stickers, dots, stars, ticks and tally marks beside these notes were counted by the program. "
    "Compare them with the pictures.",
    votes_counted="Votes",
    votes_unsure="not sure: please count",
    not_used="Photos that could not be used",
    look_at="Photos to look at",
    file="File",
    reason="Reason",
    remedy="What to do",
    what_to_see="What to look at",
    settled_words="Spelling settled by the word list",
    settled_intro="The writing of these words can be read in more than one way, and the word list settled their spelling. "
    "What the ink alone says stands beside each.",
    ink_alone="Word, and what the ink alone says",
    checking="Checking this report",
    check_intro="These words were hard to read. Compare them with the pictures and correct them where they stand in the report.",
    other_readings="Word in doubt, and what else it may be",
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


def join_labels(first: Labels, second: Labels) -> Labels:
    """Each wording in both languages, see bilingual.py; the report's own language is the first's, and so are the short names of actions."""
    both: dict[str, str] = {}
    for field in dataclasses.fields(Labels):
        one, other = getattr(first, field.name), getattr(second, field.name)
        if isinstance(one, str) and field.name not in _NAMED_ONCE:
            both[field.name] = pair(one, other)
    months = tuple(pair(one, other) for one, other in zip(first.months, second.months, strict=True))
    kinds = {kind: pair(first.kinds[kind], second.kinds[kind]) for kind in first.kinds}
    return dataclasses.replace(first, **both, months=months, kinds=kinds)


_NAMED_ONCE = ("language", "locale", "action_short")
BILINGUAL = join_labels(WELSH, ENGLISH)
SECOND_LANGUAGE = "en"
"""Of BILINGUAL."""


def choose_labels(languages: tuple[str, ...]) -> Labels:
    """Both languages where Welsh is the event's first and English another, Welsh where it is the only one, else English."""
    if languages[:1] == ("cy",):
        return BILINGUAL if "en" in languages else WELSH
    return ENGLISH


def print_date(day: date, labels: Labels) -> str:
    """31 March 2026, 31 Mawrth 2026."""
    return f"{day.day} {labels.months[day.month - 1]} {day.year}"
