"""Contrast of two colours, by WCAG 2.2: readable text has at least 4.5:1, large text 3:1."""

from __future__ import annotations

import re

BODY_CONTRAST, LARGE_CONTRAST = 4.5, 3.0
"""WCAG 2.2, success criterion 1.4.3, level AA."""
LARGE_PT, LARGE_BOLD_PT = 18.0, 14.0
"""What counts as large there."""
_HEX = re.compile(r"[0-9A-Fa-f]{6}")


def measure_contrast(a: str, b: str) -> float:
    """1 to 21, of two RRGGBB colours."""
    high, low = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def is_colour(value: str | None) -> bool:
    """Whether a value of a Word file is a colour of its own; 'auto' and theme colours alone are not."""
    return bool(value and _HEX.fullmatch(value))


def _luminance(rgb: str) -> float:
    parts = [int(rgb[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
