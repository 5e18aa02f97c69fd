"""Every error survives the way out of a worker process, and knows a code of its own."""

from __future__ import annotations

import pickle

import pytest

from digitise import errors


def error_classes() -> list[type[errors.DigitiseError]]:
    return [c for c in vars(errors).values() if isinstance(c, type) and issubclass(c, errors.DigitiseError)]


@pytest.mark.parametrize("error_class", error_classes())
def test_an_error_survives_pickling(error_class: type[errors.DigitiseError]) -> None:
    error = error_class("photo.jpg", "it is cut off", "Copy it again.")
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is error_class
    assert (copy.subject, copy.reason, copy.remedy, copy.exit_code) == ("photo.jpg", "it is cut off", "Copy it again.", error.exit_code)
    assert str(copy) == "photo.jpg: it is cut off. Copy it again."


def test_each_class_has_an_exit_code_of_its_own() -> None:
    codes = [c.exit_code for c in error_classes()]
    assert len(codes) == len(set(codes)) == len(errors.ExitCode) - 2, "all but OK and INTERRUPTED"
