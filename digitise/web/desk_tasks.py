"""What the desk's tasks may take, and which of them come first."""

from __future__ import annotations

INTERACTIVE, GLANCE, ASSEMBLE, READ = range(4)
"""Priorities. Somebody waits for the first; the second tells people in the room to take a photo again."""
URGENT_BELOW = ASSEMBLE
GLANCE_TIMEOUT_S = 120.0
"""A first glance takes 1 s; at 200 megapixels, on a machine that is busy, half a minute."""
READ_TIMEOUT_S = 900.0
"""Reading takes 5 to 20 s for a photo of 12 megapixels; one of 150 took 4 minutes."""
ASSEMBLE_TIMEOUT_S = 1800.0
"""Arranging and writing 200 photos takes a minute or two."""
RUN_TIMEOUT_S = 600.0
IDLE_S = 300.0
"""A worker that has had nothing to do for so long gives its 700 MiB back."""
NICE = 10
"""Pages are answered before photos are read."""
