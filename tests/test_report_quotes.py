"""One pair of quotation marks round what somebody said."""

from __future__ import annotations

import pytest

from digitise.report.blocks import Run
from digitise.report.compose_quotes import quote


@pytest.mark.parametrize(
    ("written", "language", "printed"),
    [
        ("It was a wave from the bus driver.", "en", "“It was a wave from the bus driver.”"),
        ('It was a wave that kept me going."', "en", "“It was a wave that kept me going.”"),
        ("'We don't want a service.", "en", "“We don't want a service.”"),
        ('"I talk to the telly."', "en", "“I talk to the telly.”"),
        ("“Roedd y bws yn hwyr”.", "cy", "“Roedd y bws yn hwyr.”"),
        ("‘Nobody rings’", "en", "“Nobody rings”"),
        ("'Dw i ddim yn gwybod", "cy", "“'Dw i ddim yn gwybod”"),
        ("'Tis cold here", "en", "“'Tis cold here”"),
        ("It belongs to my parents'", "en", "“It belongs to my parents'”"),
        ('"Come back tomorrow," she said', "en", '"Come back tomorrow," she said'),
        ('They call it "help"', "en", 'They call it "help"'),
    ],
)
def test_marks_are_one_pair(written: str, language: str, printed: str) -> None:
    words = tuple(Run(w) for w in written.replace(" ", " \0").split("\0"))
    runs, opening, closing = quote(words, language)
    assert opening + "".join(run.text for run in runs) + closing == printed
