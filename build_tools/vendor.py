"""Fetch the libraries that run in people's browsers, so that the server hands them out itself and no page asks a stranger for them.

    python build_tools/vendor.py [FOLDER WITH node_modules]
    python build_tools/vendor.py --for-tests

npm installs exactly what build_tools/web/package-lock.json pins (it checks each package's SHA-512) and runs none of their scripts. The
ready-made files are copied with their licences to digitise/web/static/vendor/, each kept only with the SHA-256 pinned here. They are not
in git: they are others' work, and this script makes the same files again.

--for-tests puts axe-core, by which the tests check that everybody can use the pages, into build_tools/web/node_modules; it goes into
no wheel.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from fetching import hash_bytes, is_whole, write_whole

HERE = Path(__file__).parent / "web"
FOLDER = Path(__file__).parents[1] / "digitise" / "web" / "static" / "vendor"

FILES = {
    "htmx.min.js": ("htmx.org/dist/htmx.min.js", "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130"),
    "Sortable.min.js": ("sortablejs/Sortable.min.js", "bf4241bc73fef7f11c59a283a69fe8051cdd31c6d8ff5a2b9ba219e7831fcf76"),
    "tus.min.js": ("tus-js-client/dist/tus.min.js", "8cbb1b63fccc3bba0ae73ad1deb160ce046c3750851d0c3e94921ae3ef070eb8"),
}
"""Name here -> where it lies in node_modules, its SHA-256."""
LICENCES = "LICENSES.txt"
BUNDLED = ("js-base64", "querystringify", "requires-port", "url-parse")
"""Packages that tus-js-client's ready-made file carries inside, as its source map says. It also carries `buffer` with `base64-js` and
`ieee754`, which browserify put in; these three are named in NOTICE_BUNDLED."""
NOTICE_BUNDLED = """tus.min.js also carries, put there by its makers: buffer (MIT License, Copyright (c) Feross Aboukhadijeh and other
contributors), base64-js (MIT License, Copyright (c) 2014 Jameson Little) and ieee754 (BSD 3-Clause License, Copyright 2008 Fair Oaks
Labs, Inc.).
"""
LICENCE_NAMES = ("LICENSE", "LICENSE.md", "LICENSE.txt", "License")


def ensure_files(modules: Path | None = None) -> str:
    """Copy the files unless they are there. Returns what was done, in words; raises OSError, ValueError or CalledProcessError."""
    if (FOLDER / LICENCES).is_file() and all(is_whole(FOLDER / name, digest) for name, (_, digest) in FILES.items()):
        return f"{FOLDER} is there"
    with tempfile.TemporaryDirectory() as scratch:
        node_modules = (modules / "node_modules") if modules else install(Path(scratch))
        contents = {name: (node_modules / inside).read_bytes() for name, (inside, _) in FILES.items()}
        licences = gather_licences(node_modules)
    for name, content in contents.items():
        if hash_bytes(content) != FILES[name][1]:
            raise ValueError(f"{name}: this is not the published file (its SHA-256 is {hash_bytes(content)})")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        write_whole(FOLDER / name, content)
    # last: without it nothing counts as there
    write_whole(FOLDER / LICENCES, licences.encode())
    return f"{FOLDER} was made"


def ensure_test_files() -> str:
    """axe-core for the tests. Returns what was done, in words; raises OSError or CalledProcessError."""
    lock = json.loads((HERE / "package-lock.json").read_text(encoding="utf-8"))
    wanted = lock["packages"]["node_modules/axe-core"]["version"]
    there = HERE / "node_modules" / "axe-core" / "package.json"
    if there.is_file() and json.loads(there.read_text(encoding="utf-8"))["version"] == wanted:
        return f"{there.parent} is there"
    install(HERE, development=True)
    return f"{there.parent} was made"


def install(folder: Path, *, development: bool = False) -> Path:
    """node_modules in `folder`, as pinned. development: also what only tests need."""
    if shutil.which("npm") is None:
        raise OSError("npm is not installed (on Debian: apt-get install npm)")
    if folder != HERE:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, folder)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run([*command, *([] if development else ["--omit=dev"])], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return folder / "node_modules"


def gather_licences(node_modules: Path) -> str:
    """The licences of all that is copied, in one text."""
    packages = [*(inside.split("/")[0] for inside, _ in FILES.values()), *BUNDLED]
    parts = ["Libraries by others in this folder, as published, and their licences.\n", NOTICE_BUNDLED]
    for package in packages:
        found = (node_modules / package / name for name in LICENCE_NAMES)
        text = next(path.read_text(encoding="utf-8") for path in found if path.is_file())
        parts.append(f"==== {package} ====\n\n{text.strip()}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    if sys.argv[1:] == ["--for-tests"]:
        print(ensure_test_files())
    else:
        print(ensure_files(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
