"""event.toml: every mistake is named together with what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from digitise.config import Config, load_config
from digitise.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "reason", "remedy"),
    [
        ('titel = "x"', "unknown key 'titel'", "Did you mean 'title'?"),
        ("[reading]\nengin = 'auto'", "unknown key 'reading.engin'", "Did you mean 'engine'?"),
        ("[[rounds]]\nname = 'Round 1'\nqestion = 'x'", "unknown key 'rounds.0.qestion'", "Did you mean 'question'?"),
        ("[colours]\npnk = 'problem'", "'pnk' in 'colours' is not known", "Did you mean 'pink'?"),
        ("[colours]\npink = 'problm'", "'colours.pink' is not valid", "Correct the value."),
        ("languages = 'en'", "'languages' must be a list", 'languages = ["…", "…"]'),
        ("languages = []", "name at least one language", "Correct the value."),
        ("date = 20260314", "'date' is not a date", "2026-03-14"),
        ("title = ", "is not readable as TOML", "digitise init"),
    ],
)
def test_mistakes_name_the_key_and_the_remedy(text: str, reason: str, remedy: str, tmp_path: Path) -> None:
    path = tmp_path / "event.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert caught.value.subject == str(path)
    assert reason in caught.value.reason
    assert remedy in caught.value.remedy


def test_a_folder_of_that_name_is_told(tmp_path: Path) -> None:
    (tmp_path / "event.toml").mkdir()
    with pytest.raises(ConfigError, match="is a folder"):
        load_config(tmp_path / "event.toml")


def test_no_file_gives_the_defaults(tmp_path: Path) -> None:
    assert load_config(tmp_path / "event.toml") == Config()


@pytest.mark.parametrize("date", ["2026-03-14", '"14-15 March 2026"'])
def test_dates_as_dates_or_words(date: str, tmp_path: Path) -> None:
    path = tmp_path / "event.toml"
    path.write_text(f"date = {date}", encoding="utf-8")
    assert str(load_config(path).date) == date.strip('"')
