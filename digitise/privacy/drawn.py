"""Whether a face is drawn: ink on paper. A smiley or a graphic recorder's portrait is what people came to say, not a person's likeness.

Paper is even: of a drawn face a large part has the paper's own colour, and its brighter half hardly varies. Skin is lit from a side, has
shadows and pores, and varies everywhere. Measured: of 13 drawings that the network takes for faces (0.25 and more) on the real photos this
tells 11, and takes none of 100 photographed faces (25 px wide, grey, as given and half as bright), of two portraits at 2 sizes and 3
brightnesses, or of the 5 people behind the boards for a drawing.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from digitise.model import Box

LOOK_PX = 48
"""Faces are compared at this longer side, so that pores of a large one and noise of a small one do not count."""
DARKEST = 0.05
"""Brightness, 0..1, below which nothing is made brighter: only noise would be."""
PAPER_NEAR = 7.0
"""Distance in CIELAB within which a pixel has the paper's colour."""
PAPER_SHARE = 0.4
SPREAD = 6.0
"""Of CIELAB lightness, between the middle and the upper quarter. Drawn faces: 5.2 and less but for two; photographed ones with that much of
one colour: 6.6 and more."""
WHITE_LIGHTNESS, WHITE_CHROMA = 95.0, 5.0
"""No skin is that white: paper with closely drawn hair, whose strokes make the brighter half vary."""


def looks_drawn(rgb: npt.NDArray[np.uint8], box: Box) -> bool:
    """Whether what the box shows is ink on paper rather than a photographed face. rgb: (H, W, 3) uint8; box: px."""
    lab = _look_closely(rgb, box)
    middle, upper = np.percentile(lab[:, 0], (50, 75))
    paper = np.median(lab[lab[:, 0] >= middle], axis=0)
    share = float(np.mean(np.linalg.norm(lab - paper, axis=1) < PAPER_NEAR))
    is_white = paper[0] >= WHITE_LIGHTNESS and float(np.hypot(paper[1], paper[2])) <= WHITE_CHROMA
    return share >= PAPER_SHARE and (upper - middle <= SPREAD or is_white)


def _look_closely(rgb: npt.NDArray[np.uint8], box: Box) -> npt.NDArray[np.float32]:
    """CIELAB colours of the box, (n, 3), as bright as in good light: a face in the shade must not pass for even."""
    height, width = rgb.shape[:2]
    x0, y0, x1, y1 = box
    left, top = int(np.clip(x0, 0, width - 1)), int(np.clip(y0, 0, height - 1))
    part = rgb[top : max(top + 1, int(min(y1, height))), left : max(left + 1, int(min(x1, width)))]
    scale = LOOK_PX / max(part.shape[:2])
    size = (max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale)))
    part = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR), np.uint8)
    light = part.astype(np.float32) / 255
    light = np.clip(light / max(DARKEST, float(np.percentile(light.max(axis=2), 95))), 0, 1)
    return np.asarray(cv2.cvtColor(light, cv2.COLOR_RGB2LAB).reshape(-1, 3), np.float32)
