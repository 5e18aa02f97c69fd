"""Imports run one way only: see docs/architecture.md."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import digitise

ROOT = Path(digitise.__file__).parent
STAGES = ("intake", "surface", "reading", "layout", "privacy", "arranging", "report")
LEVELS: list[tuple[str, ...]] = [
    ("__init__",),
    ("counts", "errors", "places", "frozen", "locking", "turns", "zips"),
    ("tickets", "worker_process"),
    ("edits_model",),
    ("model",),
    ("config", "geometry", "hyphens", "kind_words", "phrases", "starter", "series_model"),
    ("store", "workers", "defaults", "crops"),
    ("weights", "corrections", "remote"),
    STAGES,
    ("pipeline",),
    ("runs", "check", "walls", "download", "glances"),
    ("events",),
    ("planning",),
    ("importing", "reviewing", "series", "piecework"),
    ("batch",),
    ("api",),
    ("web",),
    ("cli_options",),
    ("cli_batch", "cli_serve", "cli_models", "cli_privacy", "cli_template", "cli_import", "cli_series", "cli_check_report"),
    ("cli",),
    ("entry",),
]
"""From the ground up. A module imports from lower levels only; stages do not import each other."""
LEVEL_OF = {name: level for level, names in enumerate(LEVELS) for name in names}
MODULES = sorted(p.relative_to(ROOT).as_posix() for p in ROOT.rglob("*.py"))


def imported_parts(path: Path) -> set[str]:
    """Top-level parts of the package that a module imports, also inside functions."""
    parts: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "digitise":
            parts |= {a.name if a.name in LEVEL_OF else "__init__" for a in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("digitise."):
            parts.add((node.module or "").split(".")[1])
        elif isinstance(node, ast.Import):
            parts |= {[*a.name.split("."), "__init__"][1] for a in node.names if a.name.split(".")[0] == "digitise"}
        assert not (isinstance(node, ast.ImportFrom) and node.level), f"{path} imports relatively"
    return parts


@pytest.mark.parametrize("module", MODULES)
def test_imports_run_downwards(module: str) -> None:
    own = Path(module).parts[0].removesuffix(".py")
    assert own in LEVEL_OF, f"give {own} a level in this test and in docs/architecture.md"
    for part in imported_parts(ROOT / module) - ({own} if (ROOT / own).is_dir() else set()):
        assert LEVEL_OF[part] < LEVEL_OF[own], f"{module} must not import {part}"


def test_only_the_command_for_it_can_fetch_models() -> None:
    assert {m for m in MODULES if "download" in imported_parts(ROOT / m)} == {"api.py"}


@pytest.mark.parametrize("module", MODULES)
def test_a_module_says_what_it_is_for_and_is_not_too_long(module: str) -> None:
    text = (ROOT / module).read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), f"{module} has no opening words"
    assert text.count("\n") <= 400, f"{module} asks to be two"


def test_library_code_does_not_print() -> None:
    for module in MODULES:
        calls = [n for n in ast.walk(ast.parse((ROOT / module).read_text(encoding="utf-8"))) if isinstance(n, ast.Call)]
        assert not any(isinstance(c.func, ast.Name) and c.func.id == "print" for c in calls), module
