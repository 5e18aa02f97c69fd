"""The words of ours that only the report of a series needs, in English and Welsh."""

from __future__ import annotations

from dataclasses import dataclass, fields

from digitise.report.bilingual import pair


@dataclass(frozen=True, slots=True)
class SeriesLabels:
    """`{…}` are filled in by str.format."""

    kind: str
    made_from: str
    how_to_check: str
    matched: str
    event: str
    events: str
    events_caption: str
    all_events: str
    common: str
    common_intro: str
    common_none: str
    raised_at: str
    said: str
    agreed: str
    called_here: str
    nothing_agreed: str
    only_problems: str
    single: str
    single_intro: str
    register: str
    register_caption: str
    source: str
    owners: str
    owners_caption: str
    no_owner: str


ENGLISH = SeriesLabels(
    kind="Report of a series of events",
    made_from="Made with {generator} from the reports of these events: {events}.",
    how_to_check="The points are the participants’ own words. A number in square brackets, such as [1], is the photo of that number in the "
    "photo record of the event’s own report; a number such as {action} is an action of the register below.",
    matched="These common problems were matched by what was said, not by a heading that the events share; please check them: ",
    event="Event",
    events="The events in figures",
    events_caption="The events in figures",
    all_events="All events",
    common="Common problems",
    common_intro="Raised at more than one event, most widely raised first.",
    common_none="No problem was clearly raised at more than one event.",
    raised_at="Raised at {count} of {total} events",
    said="What was said",
    agreed="What will be done",
    called_here="Called “{title}” there. ",
    nothing_agreed="No action yet",
    only_problems="No problem noted",
    single="Raised at one event",
    single_intro="Themes with problems or actions that came up at one event only.",
    register="Action register",
    register_caption="All actions of all events",
    source="In its report",
    owners="Who does what",
    owners_caption="Owners with their actions, in order of the alphabet",
    no_owner="Nobody named yet",
)

WELSH = SeriesLabels(
    kind="Adroddiad ar gyfres o ddigwyddiadau",
    made_from="Gwnaed gyda {generator} o adroddiadau’r digwyddiadau hyn: {events}.",
    how_to_check="Geiriau’r cyfranogwyr eu hunain yw’r pwyntiau. Rhif mewn bachau petryal, megis [1], yw’r llun â’r rhif hwnnw yng "
    "nghofnod lluniau adroddiad y digwyddiad ei hun; rhif megis {action} yw cam gweithredu yn y gofrestr isod.",
    matched="Cysylltwyd y problemau cyffredin hyn yn ôl yr hyn a ddywedwyd, nid yn ôl pennawd a rennir; gwiriwch hwy: ",
    event="Digwyddiad",
    events="Y digwyddiadau mewn ffigurau",
    events_caption="Y digwyddiadau mewn ffigurau",
    all_events="Pob digwyddiad",
    common="Problemau cyffredin",
    common_intro="Codwyd mewn mwy nag un digwyddiad; y rhai a godwyd amlaf yn gyntaf.",
    common_none="Ni chodwyd yr un broblem yn glir mewn mwy nag un digwyddiad.",
    raised_at="Codwyd mewn {count} o {total} digwyddiad",
    said="Beth a ddywedwyd",
    agreed="Beth a wneir",
    called_here="“{title}” oedd y pennawd yno. ",
    nothing_agreed="Dim cam gweithredu eto",
    only_problems="Ni nodwyd problem",
    single="Codwyd mewn un digwyddiad",
    single_intro="Themâu â phroblemau neu gamau gweithredu a gododd mewn un digwyddiad yn unig.",
    register="Cofrestr camau gweithredu",
    register_caption="Holl gamau gweithredu’r holl ddigwyddiadau",
    source="Yn ei adroddiad",
    owners="Pwy sy’n gwneud beth",
    owners_caption="Perchnogion a’u camau gweithredu, yn nhrefn yr wyddor",
    no_owner="Heb enwi neb eto",
)


BILINGUAL = SeriesLabels(**{f.name: pair(getattr(WELSH, f.name), getattr(ENGLISH, f.name)) for f in fields(SeriesLabels)})


def choose_series_labels(languages: tuple[str, ...]) -> SeriesLabels:
    """As labels.choose_labels: both where Welsh is the first language and English another, Welsh where it is the only one, else English."""
    if languages[:1] == ("cy",):
        return BILINGUAL if "en" in languages else WELSH
    return ENGLISH
