"""The documentation says what the program does: settings, exit codes, options. And no file names a machine or a registry."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path
from typing import get_args

import click
import pytest

from digitise import cli
from digitise.config import Config, Limits, Privacy, Reading, ReportSettings, Round, SecondReader, parse_config
from digitise.errors import ExitCode
from digitise.model import Colour, Kind
from digitise.starter import EVENT_TOML

ROOT = Path(__file__).parents[1]
MODELS = (Config, Limits, Reading, SecondReader, ReportSettings, Round, Privacy)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def switched_on() -> dict[str, object]:
    """The starter file with every setting in use: the '#' before keys and tables taken away."""
    return tomllib.loads(re.sub(r"^# (?=\[|\w+ = )", "", EVENT_TOML, flags=re.MULTILINE))


@pytest.mark.parametrize("model", MODELS)
def test_every_setting_is_documented_and_in_the_starter_file(model: type) -> None:
    page = read("docs/event-toml.md")
    for key in model.model_fields:  # type: ignore[attr-defined]
        assert re.search(rf"`(\[\[?)?{key}(\]\]?)?`", page), key
        assert re.search(rf"^# (\[\[?(\w+\.)?{key}\]|{key} = )", EVENT_TOML, re.MULTILINE), key


def test_all_colours_and_kinds_are_named() -> None:
    for text in (read("docs/event-toml.md"), EVENT_TOML):
        assert all(name in text for name in (*(set(get_args(Colour)) - {"none"}), *get_args(Kind)))


def test_the_starter_file_loads_switched_off_and_on() -> None:
    assert parse_config(tomllib.loads(EVENT_TOML), subject="starter") == Config()
    config = parse_config(switched_on(), subject="starter")
    assert config.title and config.rounds and config.colours and config.glossary
    second = config.reading.second_reader
    assert second is not None and "127.0.0.1" in second.url
    assert second == SecondReader(url=second.url, model=second.model, api_key_env=second.api_key_env), "and so does the second reader"
    reading = config.reading.model_copy(update={"second_reader": None})
    assert (config.limits, reading) == (Limits(), Reading()), "limits and reading show the defaults"


def test_limits_are_documented_with_their_defaults() -> None:
    page = read("docs/event-toml.md")
    for key, value in Limits().model_dump().items():
        assert re.search(rf"\| `{key}` \| {value:g} \|", page), key


def test_exit_codes_are_documented() -> None:
    page = read("docs/errors.md")
    assert re.findall(r"^\| (\d+) \| (\w+) \|", page, re.MULTILINE) == [(str(int(c)), c.name) for c in ExitCode]


def all_commands(group: click.Group, under: str = "") -> dict[str, click.Command]:
    """Every command by its full name, those of groups too."""
    found = {f"{under}{name}": command for name, command in group.commands.items()}
    for name, command in list(found.items()):
        found |= all_commands(command, f"{name} ") if isinstance(command, click.Group) else {}
    return found


def test_every_option_and_command_is_in_the_readme() -> None:
    readme = read("README.md")
    for name, command in all_commands(cli.commands).items():
        assert f"digitise {name}" in readme
        for option in (p for p in command.params if isinstance(p, click.Option)):
            assert option.help, f"{name} {option.name} has no help"
            assert option.opts[0] in readme, f"{name} {option.opts[0]}"


def test_links_between_the_pages_hold() -> None:
    for page in [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_dependency_is_documented() -> None:
    page = read("docs/dependencies.md")
    project = tomllib.loads(read("pyproject.toml"))["project"]
    for requirement in [*project["dependencies"], *project["optional-dependencies"]["dev"]]:
        name = re.split(r"[<>=\[; ]", requirement)[0]
        assert f"`{name}`" in page, name


def test_every_dependency_is_locked_with_hashes() -> None:
    project = tomllib.loads(read("pyproject.toml"))["project"]
    for file, wanted in (
        ("requirements.lock", project["dependencies"]),
        ("requirements-dev.lock", project["dependencies"] + project["optional-dependencies"]["dev"]),
    ):
        text = read(file)
        locked = re.findall(r"^([a-z0-9-]+)==\S+(?: ; [^\n]+)? \\\n    --hash=sha256:[0-9a-f]{64}", text, re.MULTILINE)
        assert len(locked) == len(re.findall(r"^[a-z]", text, re.MULTILINE))
        names = {re.split(r"[<>=\[; ]", r)[0].lower().replace("_", "-") for r in wanted}
        assert names <= set(locked), names - set(locked)
        assert "setuptools" in locked, "the project itself is built with a locked version too"


def tracked_files() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return [ROOT / n for n in names if n and (ROOT / n).is_file()]


def test_no_file_names_a_registry_or_a_machine() -> None:
    # put together here, so that this file does not find itself
    words = ["pypi" + ".org", "python" + "hosted", "index" + "-url =", "/" + "work/", "/" + "root/", "/home" + "/"]
    found = []
    for path in tracked_files():
        data = path.read_bytes()
        if b"\0" not in data[:8000]:
            text = data.decode("utf-8", "replace")
            found += [f"{path.relative_to(ROOT)}: {word}" for word in words if word in text]
    assert not found
