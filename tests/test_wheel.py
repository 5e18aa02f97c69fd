"""The built wheel works by itself, from any folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest
from conftest import draw_photo

ROOT = Path(__file__).parents[1]


def test_every_package_is_packed() -> None:
    setup = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    there = {p.parent.relative_to(ROOT).as_posix().replace("/", ".") for p in (ROOT / "digitise").rglob("__init__.py")}
    assert set(setup["packages"]) == there | {"digitise.templates"}


def copy_tree(to: Path) -> Path:
    """What a wheel is built from. setuptools packs also what an earlier build left in build/, such as modules since deleted."""
    for name in ("digitise", "templates", "build_tools"):
        shutil.copytree(ROOT / name, to / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, to)
    return to


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the programs of a fresh environment that has the wheel, and sees this environment's libraries."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(copy_tree(folder / "tree"))]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = folder.glob("digitise-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {"digitise/templates/event-report.docx", "digitise/templates/photo-report.docx"} <= set(names)
    assert any(n.endswith("licenses/LICENSE") for n in names)
    network = {f"digitise/arranging/minilm/{name}" for name in ("minilm.onnx", "tokenizer.json", "NOTICE")}
    assert network <= set(names), "the sentence network goes into the wheel with its licence"
    faces = {f"digitise/privacy/centerface/{name}" for name in ("centerface.onnx", "LICENSE")}
    assert faces <= set(names), "and so does the one that finds faces"
    scripts = {f"digitise/web/static/vendor/{name}" for name in ("htmx.min.js", "Sortable.min.js", "tus.min.js", "LICENSES.txt")}
    assert scripts <= set(names), "and so do the browser's libraries with their licences"
    own = {
        p.relative_to(ROOT).as_posix() for kind in ("templates", "static", "wording") for p in (ROOT / "digitise/web" / kind).glob("*.*")
    }
    assert {n for n in own if not n.endswith(".keep")} <= set(names), "pages, their looks, scripts and words"
    assert not [n for n in names if "node_modules" in n or "axe" in n], "what only tests need stays out"
    sources = {p.relative_to(ROOT).as_posix() for p in (ROOT / "digitise").rglob("*.py")} | {"digitise/templates/__init__.py"}
    assert {n for n in names if n.endswith(".py")} == sources, "modules that people use, and no others"
    assert not [n for n in names if n.startswith(("tests", "samples", "benchmarks"))]
    environment = folder / "env"
    venv.create(environment, with_pip=False)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(environment), "platbase": str(environment)}))
    install = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(environment / "bin" / "python"),
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
    ]
    subprocess.run([*install, str(wheel)], check=True)
    # libraries from here; the wheel's own folder comes first, so that the source tree is not what is tested
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return environment / "bin"


def call(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run([installed / "digitise", *arguments], cwd=folder, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done


@pytest.mark.slow
def test_the_wheel_works_from_another_folder(installed: Path, tmp_path: Path) -> None:
    where = subprocess.run(
        [installed / "python", "-c", "import digitise; print(digitise.__file__)"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert str(installed.parent) in where.stdout
    assert "digitise" in call(installed, tmp_path, "--version").stdout
    checked = call(installed, tmp_path, "check").stdout
    assert "template: built in" in checked
    assert "themes: sentence network" in checked
    code = (
        "from digitise.web.serving import check_libraries; from digitise.web.wording import load_texts; check_libraries(); load_texts('cy')"
    )
    subprocess.run([installed / "python", "-c", code], cwd=tmp_path, check=True)
    draw_photo(tmp_path / "event" / "x.jpg", ["Problems", "No bus after six"], size=(450, 150))
    call(installed, tmp_path, "report", "event")
    assert (tmp_path / "event" / "report" / "report.docx").stat().st_size > 10_000
