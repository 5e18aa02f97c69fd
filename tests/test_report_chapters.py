"""What a chapter does not say twice: heads of kinds, columns of a plan, brackets round owners, quotation marks."""

from __future__ import annotations

from arranging_wall import Wall

from digitise.config import Config
from digitise.model import Event, PhotoResult
from digitise.pipeline import build_event
from digitise.report import compose_report
from digitise.report.blocks import Block, Heading, flatten, inline_text


def make_event(wall: Wall, config: Config) -> Event:
    results = [PhotoResult(photo=p, notes=tuple(n for n in wall.notes if n.photo_id == p.id)) for p in wall.photos]
    return build_event(results, config, folder_name="day")


def read_headings(wall: Wall, config: Config | None = None) -> list[tuple[int, str]]:
    blocks: list[Block] = flatten(compose_report(make_event(wall, config or Config(title="A day"))))
    return [(b.level, inline_text(b.inlines)) for b in blocks if isinstance(b, Heading)]


def test_a_section_named_by_its_kind_does_not_say_so_again() -> None:
    wall = Wall()
    wall.sheet("p1")
    head = wall.write("Beth sy'n gweithio'n dda?", role="heading")
    for text in ("Côr y cwm", "Siop y pentref ar agor", "Gyrwyr yr ysbyty"):
        wall.write(text, under=head)
    ideas = wall.write("Syniadau", role="heading", under=head)
    for text in ("Gwersi ffôn yn y llyfrgell", "Noson ffilmiau", "Bws mini i'r farchnad"):
        wall.write(text, under=ideas)
    headings = read_headings(wall)
    at = headings.index((2, "Beth sy'n gweithio'n dda?"))
    assert headings[at + 1] == (3, "Ideas not yet actions")
    assert (3, "What already works") not in headings


def test_a_plan_is_one_section_with_its_columns_in_order() -> None:
    wall = Wall()
    wall.sheet("p1")
    title = wall.write("Our plan", role="title")
    for head, text in (("NOW", "Huw to ring the Gazette"), ("NEXT", "Friends to count visitors"), ("LATER", "A second branch?")):
        wall.write(text, under=wall.write(head, role="heading", under=title))
    headings = read_headings(wall)
    at = headings.index((2, "Our plan"))
    assert headings[at + 1 : at + 4] == [(3, "Now"), (3, "Next"), (3, "Later")]
