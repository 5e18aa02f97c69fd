"""event.toml: every mistake is named together with what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from digitise.config import Config, load_config
from digitise.errors import ConfigError
from digitise.places import own_folder, settings_file

SECOND = "[reading.second_reader]\nurl = 'http://127.0.0.1:1/v1'\n"


@pytest.mark.parametrize(
    ("text", "reason", "remedy"),
    [
        ('titel = "x"', "unknown key 'titel'", "Did you mean 'title'?"),
        ("[reading]\nengin = 'auto'", "unknown key 'reading.engin'", "Did you mean 'engine'?"),
        ("[[rounds]]\nname = 'Round 1'\nqestion = 'x'", "unknown key 'rounds.0.qestion'", "Did you mean 'question'?"),
        ("[colours]\npnk = 'problem'", "'pnk' in 'colours' is not known", "Did you mean 'pink'?"),
        ("[colours]\npink = 'problm'", "'colours.pink' is not valid", "Correct the value."),
        ("languages = 'en'", "'languages' must be a list", 'languages = ["…", "…"]'),
        (
            "[reading]\nrecogniser = 'meduim'",
            "'reading.recogniser' is not valid: it is 'small', 'medium' or the path of a file",
            "Correct the value.",
        ),
        ("languages = []", "name at least one language", "Correct the value."),
        ("date = 20260314", "'date' is not a date", "2026-03-14"),
        ("title = ", "is not readable as TOML", "digitise init"),
        (SECOND + "modle = 'm'", "unknown key 'reading.second_reader.modle'", "Did you mean 'model'?"),
        (SECOND, "'reading.second_reader.model' is missing", "Add it"),
        (SECOND + "model = 'm'\napi_key_env = 'sk-123'", "begins with digitise_, not the key itself", "Correct the value."),
        (SECOND + "model = ''", "'reading.second_reader.model' is not valid", "Correct the value."),
        (SECOND.replace("http", "ftp"), "begins with http:// or https://", "Correct the value."),
        (SECOND.replace("127", "me:secret@127"), "leave names, keys", "Correct the value."),
        (SECOND.replace("/v1", "/v1?key=secret"), "leave names, keys", "Correct the value."),
        (SECOND.replace(":1/", ":99999/"), "'reading.second_reader.url' is not valid", "Correct the value."),
        (SECOND + "model = 'm'\nmost_notes = 0", "'reading.second_reader.most_notes' is not valid", "Correct the value."),
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


def own_settings(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "own" / "settings.toml"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    return path


def test_the_event_beats_the_person_key_by_key(tmp_path: Path) -> None:
    own = own_settings(tmp_path, "[reading]\nrecogniser = 'medium'\ndoubtful_below = 0.5")
    (tmp_path / "event.toml").write_text("title = 'x'\n[reading]\ndoubtful_below = 0.7", encoding="utf-8")
    config = load_config(tmp_path / "event.toml", own=own)
    assert (config.title, config.reading.recogniser, config.reading.doubtful_below) == ("x", "medium", 0.7)
    assert load_config(None, own=own).reading.doubtful_below == 0.5, "an event without a folder"
    assert load_config(None, own=tmp_path / "none.toml") == Config()


def test_the_path_of_a_recogniser_starts_at_the_file_that_names_it(tmp_path: Path) -> None:
    own = own_settings(tmp_path, "[reading]\nrecogniser = 'mine.onnx'")
    assert load_config(tmp_path / "event.toml", own=own).reading.recogniser == str(tmp_path / "own" / "mine.onnx")
    (tmp_path / "event.toml").write_text("[reading]\nrecogniser = 'nets/ours.ONNX'", encoding="utf-8")
    assert load_config(tmp_path / "event.toml", own=own).reading.recogniser == str(tmp_path / "nets" / "ours.ONNX")
    (tmp_path / "event.toml").write_text("[reading]\nrecogniser = '/srv/nets/ours.onnx'", encoding="utf-8")
    assert load_config(tmp_path / "event.toml", own=own).reading.recogniser == "/srv/nets/ours.onnx"


@pytest.mark.parametrize("text", ["title = 'x'", "[reading]\nrecogniser = 'large'", "reading = "])
def test_a_mistake_in_the_persons_settings_names_that_file(text: str, tmp_path: Path) -> None:
    own = own_settings(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path / "event.toml", own=own)
    assert caught.value.subject == str(own)


def test_own_folders_follow_the_rules_of_each_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", "/home-of-ann")
    folders = [str(own_folder(purpose, system=system)) for system in ("linux", "darwin", "win32") for purpose in ("config", "data")]
    assert folders == [
        "/home-of-ann/.config/digitise",
        "/home-of-ann/.local/share/digitise",
        "/home-of-ann/Library/Application Support/digitise",
        "/home-of-ann/Library/Application Support/digitise",
        "/home-of-ann/AppData/Roaming/digitise",
        "/home-of-ann/AppData/Local/digitise",
    ]
    monkeypatch.setenv("XDG_CONFIG_HOME", "not/absolute")
    assert own_folder("config", system="linux") == Path("/home-of-ann/.config/digitise")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert own_folder("config", system="linux") == tmp_path / "digitise"


def test_no_home_folder_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("no home")

    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    assert settings_file() is None


def test_a_second_reader_is_taken_whole(tmp_path: Path) -> None:
    own = own_settings(tmp_path, "[reading.second_reader]\nurl = 'https://mine.example/v1'\nmodel = 'm'\napi_key_env = 'DIGITISE_KEY'")
    event = tmp_path / "event.toml"
    assert load_config(event, own=own).reading.second_reader is not None, "it holds for every event"
    event.write_text("[reading.second_reader]\nurl = 'https://theirs.example/v1/'\nmodel = 'x'", encoding="utf-8")
    second = load_config(event, own=own).reading.second_reader
    assert second is not None and second.url == "https://theirs.example/v1"
    assert second.api_key_env is None, "the key of my own server is not for theirs"
    event.write_text("[reading]\nsecond_reader = false", encoding="utf-8")
    assert load_config(event, own=own).reading.second_reader is None
