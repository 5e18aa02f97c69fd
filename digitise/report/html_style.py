"""The look of the web page: one style sheet inside it, for light and dark screens, narrow ones and paper. No fonts are fetched."""

from __future__ import annotations

from types import MappingProxyType

LIGHT = MappingProxyType({"ground": "FFFFFF", "ink": "1B1B1B", "soft": "F1F4F3", "quiet": "4A5552", "link": "0B5394", "head": "1F4E4A"})
DARK = MappingProxyType({"ground": "161A19", "ink": "ECEFEE", "soft": "232A28", "quiet": "B4C0BC", "link": "9CC7F5", "head": "A9D8D0"})
"""Each but 'soft' is printed on 'ground' and on 'soft'; a test measures all pairs."""

_RULES = """
* { box-sizing: border-box; }
html { background: var(--ground); color: var(--ink); font: 100%/1.5 Verdana, Arial, Helvetica, sans-serif; }
body { max-width: 62rem; margin: 0 auto; padding: 1rem; overflow-wrap: break-word; }
a { color: var(--link); }
a:focus-visible, .scroll:focus-visible, main:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
a.quiet { text-decoration-style: dotted; }
.skip { position: absolute; left: -100vw; padding: .5rem 1rem; background: var(--ground); }
.skip:focus { left: 1rem; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
h1, h2, h3, h4 { color: var(--head); line-height: 1.25; margin: 1.6em 0 .5em; }
h1 { font-size: 2rem; margin-top: .5em; }
h2 { font-size: 1.6rem; border-bottom: 2px solid var(--head); padding-bottom: .2em; }
h3 { font-size: 1.25rem; }
h4 { font-size: 1.05rem; }
p, ul, figure, .scroll { margin: .6em 0; }
ul { padding-left: 1.5em; }
li { margin: .25em 0; }
nav ul { list-style: none; padding-left: 1em; }
.note { background: var(--soft); border-left: 4px solid var(--head); padding: .4em 1em; margin: 0; }
.note > p { margin: .3em 0; }
blockquote { margin: .6em 0; padding-left: 1em; border-left: 4px solid var(--quiet); font-style: italic; }
img { max-width: 100%; height: auto; border: 1px solid var(--quiet); background: #fff; }
figcaption, caption { color: var(--quiet); font-size: .95em; text-align: left; margin: .3em 0; padding: 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { border: 1px solid var(--quiet); padding: .4em .6em; text-align: left; vertical-align: top; }
thead th { background: var(--soft); color: var(--head); }
.figures td { font-size: 1.6rem; font-weight: bold; color: var(--head); }
.doubt { text-decoration: underline dotted; text-underline-offset: .2em; }
.transcript { font-size: .95em; }
@media (min-width: 48rem) { .spread { display: grid; grid-template-columns: 1fr 1fr; gap: 1.5rem; align-items: start; } }
:target { background: var(--soft); outline: 2px dashed var(--head); }
@media print {
  body { max-width: none; padding: 0; font-size: 11pt; }
  .skip, nav { display: none; }
  a { color: inherit; }
  h2, h3, h4 { break-after: avoid; }
  figure, tr, li { break-inside: avoid; }
  thead { display: table-header-group; }
  .scroll { overflow: visible; }
  img { max-height: 18cm; }
}
""".strip()


def make_style() -> str:
    """The whole style sheet. Paper is light whatever the screen is."""
    dark = f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {_name_colours(DARK)} }} }}"
    return f":root {{ color-scheme: light dark; {_name_colours(LIGHT)} }}\n{dark}\n{_RULES}\n"


def _name_colours(colours: MappingProxyType[str, str]) -> str:
    return " ".join(f"--{name}: #{value};" for name, value in colours.items())
