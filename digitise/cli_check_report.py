"""`digitise check report.docx`: can everybody read this document? What should be mended, where, why and how."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import click

from digitise import api
from digitise.errors import ExitCode

SUFFIXES = (".docx", ".dotx", ".docm", ".doc")
_MOST_TOLD = 8
"""Findings of one check that are printed; --json has all."""


def check_report(path: Path, *, as_json: bool) -> ExitCode:
    """Print what the accessibility check of a Word document found; PARTIAL where something should be mended."""
    checked = api.check_document(path)
    click.echo(checked.model_dump_json(indent=2) if as_json else _as_text(checked))
    return ExitCode.OK if checked.ok else ExitCode.PARTIAL


def _as_text(checked: api.DocumentCheck) -> str:
    lines: list[str] = []
    for check, group in groupby(checked.findings, key=lambda f: f.check):
        findings = list(group)
        mark = "MEND " if any(f.level == "error" for f in findings) else "look "
        lines += [f"{mark}  {check}: {findings[0].why}", f"       {findings[0].remedy}"]
        lines += [f"       - {f.what}{f' (under: {f.where})' if f.where else ''}" for f in findings[:_MOST_TOLD]]
        lines += [f"       - and {len(findings) - _MOST_TOLD} more; --json lists all"] if len(findings) > _MOST_TOLD else []
    lines += [f"ok     {', '.join(checked.passed)}"] if checked.passed else []
    lines.append("What no program can tell, a person should look at: docs/accessibility.md")
    return "\n".join(lines)
