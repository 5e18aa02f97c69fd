"""Where the command begins: loads the program, so that Ctrl-C in its first second ends as quietly as later."""

from __future__ import annotations

import signal
import sys
from typing import NoReturn

INTERRUPTED = 130
"""errors.ExitCode.INTERRUPTED; nothing of the program is loaded yet."""


def main() -> NoReturn:
    """Run the command line and end the process with one of the exit codes of docs/errors.md."""
    # noted, not raised: compiled modules that are interrupted while they load turn it into an ImportError
    noted: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _frame: noted.append(number))
    from digitise.cli import main as run  # noqa: PLC0415 - loading takes a second, in which a person may press Ctrl-C

    signal.signal(signal.SIGINT, before)
    if noted:
        sys.exit(INTERRUPTED)
    run()


if __name__ == "__main__":
    main()
