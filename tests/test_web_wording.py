"""The application's own words: all there in both languages, all used, none missing."""

from __future__ import annotations

import re
import string
import tomllib
from importlib import resources
from pathlib import Path

import pytest

from digitise.web.wording import load_texts, say

WEB = Path(str(resources.files("digitise.web")))
NAME = r"([a-z_]+\.[a-z0-9_]+)"
FILES = sorted((WEB / "wording").glob("*.toml"))
OWN_SCRIPTS = sorted((WEB / "static").glob("*.js"))
SOURCES = {p: p.read_text(encoding="utf-8") for p in (*(WEB / "templates").glob("*.html"), *WEB.rglob("*.py"))}
AREAS = {p.stem for p in FILES}


def gaps_of(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("file", FILES, ids=lambda p: p.stem)
def test_each_text_is_there_in_both_languages_with_the_same_gaps(file: Path) -> None:
    for key, forms in tomllib.loads(file.read_text(encoding="utf-8")).items():
        assert set(forms) == {"en", "cy"}, key
        english, welsh = ([f] if isinstance(f, str) else f for f in (forms["en"], forms["cy"]))
        assert len(english) == len(welsh) <= 2, f"{key}: one form or two, the same in both languages"
        assert all(text.strip() for text in (*english, *welsh)), key
        # "one photo" may leave its number out
        gaps = [gaps_of(text) - {"n"} for text in (*english, *welsh)]
        assert all(g == gaps[0] for g in gaps), f"{key}: {gaps}"
        assert gaps_of(english[-1]) == gaps_of(welsh[-1]), key


def named(text: str) -> set[str]:
    """Names of texts that a template or module asks for. `"area.state_" ~ x` and f"area.state_{x}" ask for all that begin so."""
    whole = {n for n in re.findall(rf"""["']{NAME}["']""", text) if n.partition(".")[0] in AREAS}
    begun = re.findall(r"""["']([a-z_]+\.[a-z0-9_]*_)["']\s*~""", text) + re.findall(r"""f["']([a-z_]+\.[a-z0-9_]*_)\{""", text)
    return {n for n in whole if not n.endswith((".html", ".css", ".js", ".py", ".json", ".toml"))} | {b + "*" for b in begun}


def test_every_text_that_is_asked_for_is_there() -> None:
    known = load_texts("en")
    for path, source in SOURCES.items():
        asked = re.findall(rf"""\bt\(\s*["']{NAME}["']\s*[,)]""", source) if path.suffix == ".html" else []
        missing = set(asked) - set(known)
        assert not missing, f"{path.name}: {missing}"
        for name in named(source):
            if name.endswith("_*"):
                assert any(k.startswith(name[:-1]) for k in known), f"{path.name}: nothing begins with {name[:-1]}"


def test_every_text_is_used() -> None:
    asked = set().union(*(named(source) for source in SOURCES.values()))
    scripts = "\n".join(p.read_text(encoding="utf-8") for p in OWN_SCRIPTS)
    words = set(re.findall(r"\w+", scripts))
    for name in load_texts("en"):
        if name.startswith("program."):
            continue  # found by their English: test_web_program_words.py
        key = name.partition(".")[2]
        begun = any(a.endswith("_*") and name.startswith(a[:-1]) for a in asked)
        by_script = key in words or any(f"{key[:i]}${{" in scripts for i, c in enumerate(key, 1) if c == "_")
        assert name in asked or begun or by_script, f"{name} is used nowhere"


def test_a_counted_text_has_its_two_forms() -> None:
    assert [say("en", "front.photos", n=n) for n in (0, 1, 2)] == ["0 photos", "1 photo", "2 photos"]
    assert say("cy", "front.photos", n=1) == "1 llun"
