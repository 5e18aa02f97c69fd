"""Two notes are one only where one writing was read twice; what says the opposite, or another day, stays."""

from __future__ import annotations

import pytest
from arranging_wall import Wall

from digitise.arranging.wording import strip_bullet, strip_marks
from digitise.geometry import box_quad
from digitise.model import Line, Word

QUAD = box_quad((0, 0, 10, 10))

OTHER_MEANING = [
    ("We can use the village hall in the evening", "We can't use the village hall in the evening"),
    ("We can use the village hall in the evening", "We cant use the village hall in the evening"),
    ("There is a lack of trust between the groups", "There is no lack of trust between the groups"),
    ("There is no support for young families here", "There is now support for young families here"),
    ("A lunch for the women in our community", "A lunch for the men in our community"),
    ("More buses on Monday evening please", "More buses on Sunday evening please"),
    ("Families feel safe in the park at night", "Families feel unsafe in the park at night"),
    ("The library is open on bank holidays", "The library is never open on bank holidays"),
    ("Mae digon o fysiau yn y pentref nos Sul", "Mae dim digon o fysiau yn y pentref nos Sul"),
    ("Peoplecanpark behind the village hall", "Peoplecantpark behind the village hall"),
    ("Nobus from the top of the estate", "Bus from the top of the estate"),
    ("Better path from the school to Llanharan", "Better path from the school to Tonysguboriau"),
    ("14. May hall opens to all the groups", "15. May hall opens to all the groups"),
    ("10am chair exercise in the village hall", "10pm chair exercise in the village hall"),
]

TWO_READINGS = [
    ("Mend the broken bench in the park", "Mend the brokan bench in the park"),
    ("Families wait months before anyone rings", "families waitmonthsbeforeanyone rings"),
    ("We can't use the village hall", "We cant use the village hall"),
    ("No support for young families here", "No supprt for young farnilies here"),
    ("Ask for the waiting times to be told", "• Ask for waiting times to be told"),
    ("Nôl â'r clwb brecwast yn y neuadd", "Nol a'r clwb brecwast yn y neuodd"),
    ("Ask the surgery about the ⟨?⟩ times", "Ask the surgery about the opening times"),
]


@pytest.mark.parametrize("similar_to", ["p1", None])
@pytest.mark.parametrize(("one", "other"), OTHER_MEANING)
def test_what_means_something_else_is_no_duplicate(one: str, other: str, similar_to: str | None) -> None:
    wall = Wall()
    wall.sheet("p1")
    first = wall.write(one)
    wall.sheet("p2", similar_to=similar_to)
    second = wall.write(other)
    answer = wall.arrange()
    assert [answer.place(i).fate for i in (first, second)] == ["reported", "reported"]


@pytest.mark.parametrize(("one", "other"), TWO_READINGS)
def test_two_readings_of_one_writing_are_one(one: str, other: str) -> None:
    for texts in ((one, other), (other, one)):
        wall = Wall()
        wall.sheet("p1")
        notes = [wall.write(texts[0])]
        wall.sheet("p2", similar_to="p1")
        notes.append(wall.write(texts[1]))
        answer = wall.arrange()
        assert sorted(answer.place(i).fate for i in notes) == ["duplicate", "reported"]


def test_a_doubtful_word_may_be_the_other_photo_s_but_a_doubtful_no_stays() -> None:
    for read, other, fates in (("bench", "beach", ["duplicate", "reported"]), ("no", "now", ["reported", "reported"])):
        wall = Wall()
        wall.sheet("p1")
        notes = [wall.write(f"There is {other} near the old chapel garden")]
        wall.sheet("p2", similar_to="p1")
        text = f"There is {read} near the old chapel garden"
        words = tuple(Word(text=w, confidence=0.9, quad=QUAD, doubtful=w == read) for w in text.split())
        notes.append(wall.write(text, lines=(Line(words=words, raw=text, confidence=0.9, quad=QUAD),)))
        answer = wall.arrange()
        assert sorted(answer.place(i).fate for i in notes) == fates


@pytest.mark.parametrize("text", ["10. of 12 said yes", "14. May hall opens", "3) Ask Sue to ring the clerk by Friday", "7. Sul ar agor"])
def test_numbers_of_participants_stay_in_print(text: str) -> None:
    assert strip_marks(f"- {text}") == text
    wall = Wall()
    wall.sheet("p1")
    head = wall.write("Actions", role="heading")
    wall.write(f"• {text}", under=head)
    assert [a.text for a in wall.arrange().whole.actions] == [text]


def test_counts_and_dates_are_no_list_numbers() -> None:
    assert strip_bullet("10. of 12 said yes") == "10. of 12 said yes"
    assert strip_bullet("14. May hall opens") == "14. May hall opens"
    assert strip_bullet("3. Mai: cyfarfod") == "3. Mai: cyfarfod"
    assert strip_bullet("• 3. Ask Sue") == "Ask Sue"
    assert strip_bullet("(4) Maintain the path") == "Maintain the path"
