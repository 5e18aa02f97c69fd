"""The application's own words, in English and Welsh, side by side in wording/*.toml.

A text is named '<file>.<key>'. Its value is a string, or for something counted two: for one, and for any other number.
"""

from __future__ import annotations

import functools
import tomllib
from importlib import resources

Texts = dict[str, tuple[str, ...]]


@functools.cache
def load_texts(language: str) -> Texts:
    """Name -> its forms in one language, 'en' or 'cy'."""
    texts: Texts = {}
    for file in sorted(resources.files("digitise.web").joinpath("wording").iterdir(), key=lambda f: f.name):
        area, _, suffix = file.name.partition(".")
        if suffix != "toml":
            continue
        for key, forms in tomllib.loads(file.read_text(encoding="utf-8")).items():
            form = forms[language]
            texts[f"{area}.{key}"] = (form,) if isinstance(form, str) else tuple(form)
    return texts


def say(language: str, name: str, *, n: int | None = None, **values: object) -> str:
    """A text with its gaps filled. n: how many there are of what it counts. Raises KeyError for an unknown name."""
    forms = load_texts(language)[name]
    form = forms[0] if n == 1 or len(forms) == 1 else forms[1]
    return form.format(n=n, **values) if values or n is not None else form
