"""What workers do for the report page: documents that people sent are opened nowhere else."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from digitise import api


def look_at_template(document: Path, fields: Collection[str]) -> tuple[api.TemplateFinding, ...]:
    """What can be said of a house template. fields: the event's own placeholders."""
    return tuple(api.look_at_template(document, fields=fields))


def plan_import(folder: Path, document: Path) -> api.ImportOutcome:
    """What an import of an edited report would do. Raises as api.import_report does."""
    return api.import_report(folder, document, dry_run=True)


def import_document(folder: Path, document: Path) -> api.ImportOutcome:
    """Read an edited report back. Raises as api.import_report does."""
    return api.import_report(folder, document)
