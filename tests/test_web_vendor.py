"""The browser's libraries are fetched as pinned or not at all."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def vendor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The script, writing into a folder of the test."""
    monkeypatch.syspath_prepend(str(ROOT / "build_tools"))
    import vendor as script  # noqa: PLC0415

    monkeypatch.setattr(script, "FOLDER", tmp_path / "vendor")
    yield script
    sys.modules.pop("vendor", None)


def node_modules(script: ModuleType, folder: Path) -> Path:
    """What npm would have installed, from the files that were fetched when this was set up; licences made up."""
    there = ROOT / "digitise" / "web" / "static" / "vendor"
    if not (there / "LICENSES.txt").is_file():
        pytest.skip("built without npm")
    for name, (inside, _) in script.FILES.items():
        (folder / "node_modules" / inside).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(there / name, folder / "node_modules" / inside)
    for package in [*(inside.split("/")[0] for inside, _ in script.FILES.values()), *script.BUNDLED]:
        (folder / "node_modules" / package).mkdir(exist_ok=True)
        (folder / "node_modules" / package / "LICENSE").write_text(f"licence of {package}", encoding="utf-8")
    return folder


def test_published_files_are_kept_with_their_licences(vendor: ModuleType, tmp_path: Path) -> None:
    assert "was made" in vendor.ensure_files(node_modules(vendor, tmp_path / "npm"))
    names = {p.name for p in vendor.FOLDER.iterdir()}
    assert names == {*vendor.FILES, "LICENSES.txt"}
    text = (vendor.FOLDER / "LICENSES.txt").read_text(encoding="utf-8")
    assert all(f"licence of {package}" in text for package in ("htmx.org", "sortablejs", "tus-js-client", "url-parse"))
    assert "is there" in vendor.ensure_files(tmp_path / "nowhere"), "nothing is fetched twice"


def test_a_changed_file_is_not_kept(vendor: ModuleType, tmp_path: Path) -> None:
    folder = node_modules(vendor, tmp_path / "npm")
    inside, _ = vendor.FILES["htmx.min.js"]
    (folder / "node_modules" / inside).write_text("steal()", encoding="utf-8")
    with pytest.raises(ValueError, match="not the published file"):
        vendor.ensure_files(folder)
    assert not vendor.FOLDER.exists()
    # one that was changed later is fetched anew
    vendor.ensure_files(node_modules(vendor, tmp_path / "again"))
    (vendor.FOLDER / "tus.min.js").write_text("steal()", encoding="utf-8")
    vendor.ensure_files(tmp_path / "again")
    assert "steal" not in (vendor.FOLDER / "tus.min.js").read_text(encoding="utf-8")


def test_without_npm_it_says_so(vendor: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(OSError, match="npm is not installed"):
        vendor.ensure_files()


def test_every_package_is_pinned_with_its_hash_and_no_registry_is_named() -> None:
    lock = json.loads((ROOT / "build_tools" / "web" / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert {"node_modules/htmx.org", "node_modules/sortablejs", "node_modules/tus-js-client", "node_modules/axe-core"} <= set(packages)
    assert all(entry["integrity"].startswith("sha512-") and "resolved" not in entry for entry in packages.values())
    assert not any(entry.get("hasInstallScript") for entry in packages.values())
    assert packages["node_modules/axe-core"]["dev"], "only for tests"
