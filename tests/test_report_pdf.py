"""The PDF that LibreOffice makes of our reports keeps what makes them accessible: checked by a reader that is not LibreOffice's."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pikepdf
import pytest
from pdf_tags import list_faults, list_tags
from report_demo import demo_event, draw_pictures

from digitise.report import write_docx, write_photo_docx

TAGGED = {name: {"type": "boolean", "value": "true"} for name in ("UseTaggedPDF", "PDFUACompliance", "ExportBookmarks")}
NOT_OURS = ("the order of its links is not that of its structure", "a link outside the structure")
"""LibreOffice 7.4 does not write /Tabs; and the blank at the end of a line that a link in two languages runs over is a link of its own
to it, which nobody sees or hears."""


def export_pdf(document: Path, folder: Path) -> Path:
    office = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore"]
    kind = f"pdf:writer_pdf_Export:{json.dumps(TAGGED)}"
    subprocess.run([*office, "--convert-to", kind, "--outdir", str(folder), str(document)], check=True, capture_output=True, timeout=180)
    return folder / f"{document.stem}.pdf"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("languages", [("en", "cy"), ("cy", "en")], ids="-".join)
@pytest.mark.parametrize("write", [write_docx, write_photo_docx])
def test_a_tagged_pdf_of_a_report_has_all_that_a_screen_reader_needs(write: object, languages: tuple[str, ...], tmp_path: Path) -> None:
    event = demo_event(languages=languages)
    pictures = draw_pictures(event, tmp_path / "pictures")
    write(event, pictures=pictures, template=None, out=tmp_path / "report.docx")  # type: ignore[operator]
    path = export_pdf(tmp_path / "report.docx", tmp_path)
    faults = list_faults(path, title=event.info.title, language="en-GB" if languages[0] == "en" else "cy-GB")
    assert [f for f in faults if not f.endswith(NOT_OURS)] == []
    with pikepdf.open(path) as pdf:
        tags = Counter(tag.name for tag in list_tags(pdf))
    assert tags["Figure"] >= 8 and tags["H1"] >= 5 and tags["TH"] >= 2 and tags["Link"] >= 10
    assert tags["LI"] >= 10 or write is write_photo_docx, "its transcripts are lines, as on the sheet"


def test_a_pdf_without_tags_is_told_from_one_with_them(tmp_path: Path) -> None:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.save(tmp_path / "plain.pdf")
    faults = list_faults(tmp_path / "plain.pdf", title="Our day", language="en-GB")
    assert {"the PDF is not marked as tagged", "there are no tags", "the language is None, not en-GB"} <= set(faults)
