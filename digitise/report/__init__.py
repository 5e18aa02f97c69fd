"""Report: an Event becomes report.docx, report.md, actions.csv and notes.json, all made of the same blocks."""

from digitise.report.compose import compose_report
from digitise.report.csv_export import write_actions_csv
from digitise.report.docx_base import save_base
from digitise.report.docx_package import EVENT_REPORT, PHOTO_REPORT
from digitise.report.docx_placeholders import check_template
from digitise.report.docx_writer import write_docx, write_photo_docx, write_series_docx
from digitise.report.json_export import write_notes_json, write_schema
from digitise.report.markdown import write_markdown, write_series_markdown
from digitise.report.template_check import TemplateFinding, look_at_template
from digitise.report.template_new import list_template_looks, new_template

__all__ = [
    "EVENT_REPORT",
    "PHOTO_REPORT",
    "TemplateFinding",
    "check_template",
    "compose_report",
    "list_template_looks",
    "look_at_template",
    "new_template",
    "save_base",
    "write_actions_csv",
    "write_docx",
    "write_markdown",
    "write_notes_json",
    "write_photo_docx",
    "write_schema",
    "write_series_docx",
    "write_series_markdown",
]
