"""How many pages a PDF has: a script, run as a process of its own by intake/pdf.py.

To count, PDFium reads the table of all objects: one of 65 kB can name so many that it takes 2 GB and 10 s, and nobody is asked in between.
Here that ends this process only, with the memory that it was given.

    python pdf_pages.py MOST_MIB < file.pdf
"""

from __future__ import annotations

import sys
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

LOCKED, DAMAGED = 3, 4
"""What it ends with; 0 after it has printed the number, a signal when the memory did not do."""


def main(most_mib: int) -> int:
    data = sys.stdin.buffer.read()
    if sys.platform == "linux":
        import resource  # noqa: PLC0415 - not there on Windows

        now = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (now + (most_mib << 20), resource.getrlimit(resource.RLIMIT_AS)[1]))
    try:
        sys.stdout.write(str(len(pdfium.PdfDocument(data))))
    except pdfium.PdfiumError as e:
        return LOCKED if getattr(e, "err_code", None) in (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY) else DAMAGED
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
