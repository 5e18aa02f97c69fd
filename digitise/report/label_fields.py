"""Which words of ours a report needs, whatever its language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
    event_report: str
    photo_report: str
    how_made: str
    photos_made_from: str
    photos_doubtful: str
    made_from: str
    one_photo: str
    many_photos: str
    own_words: str
    how_to_check: str
    how_doubtful: str
    proposed_titles: str
    loose_group: str
    summary: str
    figures_caption: str
    photos: str
    notes: str
    problems: str
    actions: str
    actions_without_owner: str
    words_to_check: str
    glance: str
    glance_caption: str
    background: str
    aims: str
    visual_minutes: str
    visual_caption: str
    transcript_in: str
    problems_and_actions: str
    what_was_said: str
    said_times: str
    one_vote: str
    votes: str
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
    answers: str
    no_problem: str
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
    seen_twice: str
    read_from_it: str
    note: str
    printed_as: str
    unreadable: str
    unreadable_intro: str
    picture: str
    as_read: str
    nothing_read: str
    votes_to_check: str
    votes_intro: str
    votes_counted: str
    votes_unsure: str
    not_used: str
    look_at: str
    file: str
    reason: str
    remedy: str
    what_to_see: str
    checking: str
    check_intro: str
    settled_words: str
    settled_intro: str
    ink_alone: str
    other_readings: str
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
