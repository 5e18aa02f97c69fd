"""What was read, beside its picture, for people to mend. Each change is a form; scripts send the same forms and swap in the new page."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import UploadFile

from digitise.api import VERDICTS
from digitise.errors import DigitiseError, OutputError
from digitise.web.cards import describe_event
from digitise.web.program_words import tell_error_flat
from digitise.web.rendering import choose_language, make_url
from digitise.web.review_choice import Choice, read_choice
from digitise.web.review_forms import UnclearFormError, read_changes
from digitise.web.review_model import Conflict, EditsAsked, ReviewView, Saved, StepAsked
from digitise.web.review_reading import read_reading
from digitise.web.review_screen import find_next_doubt, make_screen
from digitise.web.review_service import ReviewConflict
from digitise.web.shelf import EventPlace
from digitise.web.site import EventGiven, Site, SiteGiven
from digitise.web.wording import say

SAID = ("rename", "merge", "merge sections", "new section", "fate", "split", "chapter", "drop", "settle", "redo")
"""Changes that a screen reader hears of in the words that undo has for them."""
MOVED_BY_HAND = frozenset({"step", "before", "after", "first"})
"""Fields of a move to a place that the person chose, and looks at."""
router = APIRouter(include_in_schema=False)
PART = "X-Part"
"""Header of a script that wants only what changes on the page, not the page round it."""
CLIENT = "X-Client"
CLIENT_COOKIE = "review_client"
"""For pages without scripts, whose changes can be undone, too."""
TICKED = "ticked"
HAVE = "X-Have"
"""What a script has of the list already (Group.digest, parted by blanks) is not sent again."""
CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
KINDS = ("problem", "action", "strength", "idea", "question", "quote", "other")
ABOUTS = ("wording", "word", "kind", "owners", "due", "fate", "move", "title", "chapter", "order", "split", "join", "note", "info")
"""Kinds of edits that a conflict names."""
BARE = ("wording", "word", "owners", "due", "title", "info", "join", "note")
"""Those of which the value alone says what a person wants."""
VERDICT_CODES = {sentence: code for code, sentence in VERDICTS.items()}
"""A photo's warning -> its name in wording/photos.toml."""
SCRIPT_TEXTS = (
    "saved",
    "saving",
    "not_saved",
    "not_taken",
    "waiting_text",
    "others_changed",
    "split_where",
    "box_reading",
    "box_found",
    "box_nothing",
    "box_or",
    "reading_done",
    "lost_words",
    "box_known",
    "undo",
    "ticked_n",
    "ticked_hint",
)
"""Texts that the scripts say."""


class EventHead(NamedTuple):
    """What the frame of all pages shows of an event."""

    id: str
    title: str


class Visit(NamedTuple):
    """Who looks at what."""

    request: Request
    site: Site
    place: EventPlace
    client: str
    choice: Choice

    @property
    def is_part(self) -> bool:
        """A script asks, and wants only what changes on the page."""
        return PART in self.request.headers

    @property
    def language(self) -> str:
        return choose_language(self.request)

    def view(self) -> ReviewView:
        return self.site.reviews.view(self.place, self.client, self.language)

    def say(self, name: str, *, n: int | None = None, **values: object) -> str:
        return say(self.language, name, n=n, **values)

    def tell(self, error: DigitiseError) -> str:
        return tell_error_flat(self.language, error)


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form that are text. The notes ticked: one behind the other, with commas."""
    form = await request.form()
    found: dict[str, str] = {}
    for name, value in form.multi_items():
        if not isinstance(value, UploadFile):
            found[name] = f"{found[name]},{value}" if name == TICKED and name in found else value
    return found


FormGiven = Annotated[dict[str, str], Depends(read_form)]


@router.get("/events/{event_id}/review")
def event_review(request: Request, place: EventGiven, site: SiteGiven) -> Response:
    """The page, or with X-Part the part of it that changes."""
    visit = Visit(request, site, place, _client(request), read_choice(request.query_params))
    return _show(visit, visit.view())


@router.post("/events/{event_id}/review")
def change_review(request: Request, place: EventGiven, site: SiteGiven, form: FormGiven) -> Response:
    """Save what a form asks for, then show where the person goes on."""
    visit = Visit(request, site, place, _client(request), read_choice(dict(parse_qsl(form.get("at_query", "")))))
    neighbour = _find_neighbour(visit, form)
    try:
        saved = _save(visit, form)
    except ReviewConflict as conflict:
        return _show_conflict(visit, form, conflict.conflicts)
    except UnclearFormError as error:
        return _show(visit, visit.view(), status=422, error=visit.say(error.name, n=error.n))
    except DigitiseError as error:
        # a disk that is full is no fault of what was sent: scripts keep it and try again
        status = 507 if isinstance(error, OutputError) else 422
        return _show(visit, visit.view(), status=status, error=visit.tell(error))
    view = visit.view()
    visit = visit._replace(choice=_go_on(form, view, visit.choice, saved, neighbour))
    if visit.is_part:
        return _show(visit, view, told=_tell(visit, form, view), went=_tell_gone(visit, form, view, saved))
    anchor = f"#note-{visit.choice.note}" if visit.choice.note else ""
    return RedirectResponse(make_url(request, "event_review", event_id=place.id) + visit.choice.query() + anchor, 303)


def _save(visit: Visit, form: Mapping[str, str]) -> Saved | None:
    """None where the form changes nothing."""
    reviews, job = visit.site.reviews, form.get("job", "")
    job = job if CLIENT_ID.fullmatch(job) else ""
    step = {"undo": reviews.undo, "redo": reviews.redo}.get(form.get("do", ""))
    if step is not None:
        return step(visit.place, StepAsked(client=visit.client, job=job), visit.language)
    view = visit.view()
    # what "one up" means is read from the view: after it was done it would mean another
    if saved := reviews.find_done(visit.place, visit.client, job, visit.language):
        return saved
    changes = read_changes(form, view)
    if not changes:
        return None
    seen = form.get("seen", "")
    known = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 16 else view.revision
    return reviews.edit(visit.place, EditsAsked(seen=known, client=visit.client, job=job, edits=changes), visit.language)


def _find_neighbour(visit: Visit, form: Mapping[str, str]) -> str | None:
    """The note to go on with where a form takes the open one out of its place; '' where there is no other, None where it stays."""
    leaves = form.get("do") == "fate" or (form.get("do") == "move" and not MOVED_BY_HAND & {*form})
    if not leaves or not visit.choice.note or form.get("note_id") != visit.choice.note:
        return None
    screen = make_screen(visit.view(), visit.choice)
    shown = [row.note.id for group in screen.groups for row in group.rows]
    at = shown.index(visit.choice.note) if visit.choice.note in shown else -1
    return next(iter([*shown[at + 1 : at + 2], *shown[max(0, at - 1) : max(0, at)]]), "")


def _go_on(form: Mapping[str, str], view: ReviewView, choice: Choice, saved: Saved | None, neighbour: str | None) -> Choice:
    """What is shown after a change: the next word in doubt after one was settled, the note beside one that went, a note that was added."""
    do = form.get("do")
    if do == "word" and choice.note:
        doubt = find_next_doubt(view, choice.note, choice.word)
        return choice.model_copy(update={"note": doubt.note_id, "word": doubt.word} if doubt else {"word": None})
    if do == "add" and saved and saved.added:
        return choice.model_copy(update={"note": saved.added[0], "word": None})
    if do in ("undo", "redo") and saved and choice.note:
        there = {note.id for note in view.notes}
        changed = [i for i in saved.note_ids if i in there]
        # where somebody works at a note, they see what became of theirs
        now = choice.note if choice.note in changed or (not changed and choice.note in there) else next(iter(changed), "")
        return choice.model_copy(update={"note": now, "word": None})
    if neighbour is not None and saved and saved.changed:
        return choice.model_copy(update={"note": neighbour, "word": None})
    return choice.model_copy(update={"word": None}) if do == "wording" else choice


def _tell(visit: Visit, form: Mapping[str, str], view: ReviewView) -> str:
    """What a screen reader says of a change that others see."""
    do, note_id = form.get("do"), form.get("note_id", "")
    section = next((s for s in view.sections if note_id in s.note_ids), None)
    if do == "move" and section:
        nth = section.note_ids.index(note_id) + 1
        return visit.say("review.moved", section=section.title or visit.say("review.untitled"), nth=nth, n=len(section.note_ids))
    if do == "ticked":
        into = next((s.title for s in view.sections if s.id == form.get("section_id")), "") or visit.say("review.untitled")
        n = len(form.get(TICKED, "").split(","))
        return visit.say(f"review.ticked_done_{form.get('what')}", n=n, section=into)
    at = next((k for k, s in enumerate(view.sections) if s.id == form.get("section_id")), None)
    if do == "order" and at is not None:
        return visit.say("review.section_moved", section=view.sections[at].title, nth=at + 1)
    if do == "word":
        word = form.get("text", "")
        return visit.say("review.word_accepted", word=word) if word else visit.say("review.word_taken_out", word=form.get("base", ""))
    if do == "undo" and view.redo:
        return visit.say("review.undone", what=view.redo)
    # what is typed is not said: the person knows it, and goes on typing
    done = view.undo if do in SAID else ""
    return visit.say("review.added") if do == "add" else done


def _tell_gone(visit: Visit, form: Mapping[str, str], view: ReviewView, saved: Saved | None) -> str:
    """What everybody must see, since the page goes on: a note left the report with its only word."""
    if form.get("do") != "word" or form.get("text") or saved is None or not saved.changed:
        return ""
    note = next((n for n in view.notes if n.id == form.get("note_id") and n.fate == "set aside"), None)
    return visit.say("review.word_was_all", note=" ".join(note.text.split()), word=form.get("base", "")) if note is not None else ""


def _show(visit: Visit, view: ReviewView, *, told: str = "", went: str = "", status: int = 200, error: str = "") -> Response:
    screen = make_screen(view, visit.choice)
    if visit.choice.note and not screen.picked and view.ready and not error:
        error = visit.say("review.gone_note")
    values: dict[str, Any] = {
        "screen": screen,
        "told": "" if went else told,
        "went": went,
        "error": error,
        "client": visit.client,
        "script_texts": SCRIPT_TEXTS,
        "verdicts": VERDICT_CODES,
        "reading": read_reading(visit.site.desk, visit.place, {photo.id for photo in view.photos}, visit.language),
    }
    values["have"] = frozenset(visit.request.headers.get(HAVE, "").split()) if visit.is_part else frozenset()
    template = "review_part.html" if visit.is_part else "review.html"
    answer = visit.site.show(visit.request, template, status=status, kinds=KINDS, **values, **_frame(visit, view))
    if not visit.is_part:
        answer.set_cookie(CLIENT_COOKIE, visit.client, httponly=True, samesite="lax")
    return answer


def _frame(visit: Visit, view: ReviewView) -> dict[str, Any]:
    page = make_url(visit.request, "event_review", event_id=view.event_id)
    # nothing is read yet: the title stands in the event's settings alone
    title = view.info.title or describe_event(visit.place).title
    return {"event": EventHead(view.event_id, title), "tab": "review", "page": page}


def _show_conflict(visit: Visit, form: Mapping[str, str], rows: tuple[Conflict, ...]) -> Response:
    """Both versions, to choose from. The form comes along: sent again with the present revision it is taken."""
    view = visit.view()
    values = {
        "rows": rows,
        "both": _both(form, rows),
        "fields": {name: value for name, value in form.items() if name not in ("seen", "csrf", "job")},
        "may_insist": form.get("do") not in ("undo", "redo"),
        "known_abouts": ABOUTS,
        "bare_abouts": BARE,
        "query": visit.choice.query(),
        "view": view,
    }
    template = "review_conflict_part.html" if visit.is_part else "review_conflict.html"
    return visit.site.show(visit.request, template, status=409, **values, **_frame(visit, view))


def _both(form: Mapping[str, str], rows: tuple[Conflict, ...]) -> str:
    """Both texts, one below the other, where two people gave a note other words; '' where both cannot be kept."""
    if form.get("do") != "wording" or len(rows) != 1 or not rows[0].theirs_text:
        return ""
    return f"{rows[0].theirs_text}\n{form.get('text', '')}"


def _client(request: Request) -> str:
    known = request.headers.get(CLIENT) or request.cookies.get(CLIENT_COOKIE, "")
    return known if CLIENT_ID.fullmatch(known) else secrets.token_hex(16)
