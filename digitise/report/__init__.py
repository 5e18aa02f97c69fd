"""Report: an Event becomes report.docx, report.html, report.md, tables and notes.json, which all say the same."""

from digitise.report.checking import check_document
from digitise.report.checking_finding import DocumentCheck
from digitise.report.compose import compose_report
from digitise.report.csv_export import write_actions_csv, write_notes_csv
from digitise.report.docx_base import save_base
from digitise.report.docx_package import EVENT_REPORT, PHOTO_REPORT
from digitise.report.docx_placeholders import check_template
from digitise.report.docx_writer import write_docx, write_photo_docx, write_series_docx
from digitise.report.html_export import write_html, write_series_html
from digitise.report.json_export import write_notes_json, write_schema
from digitise.report.markdown import write_markdown, write_series_markdown
from digitise.report.series_tables import write_series_csv, write_series_xlsx
from digitise.report.template_check import TemplateFinding, look_at_template
from digitise.report.template_new import list_template_looks, new_template
from digitise.report.xlsx_export import write_xlsx

__all__ = [
    "EVENT_REPORT",
    "PHOTO_REPORT",
    "DocumentCheck",
    "TemplateFinding",
    "check_document",
    "check_template",
    "compose_report",
    "list_template_looks",
    "look_at_template",
    "new_template",
    "save_base",
    "write_actions_csv",
    "write_docx",
    "write_html",
    "write_markdown",
    "write_notes_csv",
    "write_notes_json",
    "write_photo_docx",
    "write_schema",
    "write_series_csv",
    "write_series_docx",
    "write_series_html",
    "write_series_markdown",
    "write_series_xlsx",
    "write_xlsx",
]
