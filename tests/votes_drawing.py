"""Draws pages with writing and votes whose number is known."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import cv2
import numpy as np

from digitise.model import Line, Note, Point, Word

Colour = tuple[int, int, int]
BLACK, RED, GREEN, BLUE, YELLOW = (25, 25, 35), (215, 35, 50), (30, 150, 70), (30, 70, 190), (245, 200, 30)
STICKERS = (RED, GREEN, BLUE, YELLOW)
SIZE = 44
"""Height of a line's box, px; capitals are 28 px high."""


@dataclass
class Page:
    """A sheet of paper, RGB, with the notes on it as they would have been read."""

    paper: Colour = (236, 233, 226)
    size: tuple[int, int] = (1400, 1000)
    rgb: np.ndarray = field(init=False)
    notes: list[Note] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rgb = np.full((self.size[1], self.size[0], 3), self.paper, np.uint8)

    def write(self, text: str, x: int, y: int, *, colour: Colour = BLACK, confidence: float = 0.95, read: str | None = None) -> Note:
        """A note of one line with the upper left corner of its box at (x, y); `read` is what the recogniser makes of it."""
        words: list[Word] = []
        left = x
        for token in text.split():
            (width, _), _ = cv2.getTextSize(token, cv2.FONT_HERSHEY_SIMPLEX, 1.3, 4)
            cv2.putText(self.rgb, token, (left, y + 36), cv2.FONT_HERSHEY_SIMPLEX, 1.3, colour, 4, cv2.LINE_AA)
            words.append(make_word(token, left, y, width, confidence))
            left += width + 18
        if read is not None:
            for token in read.split():
                words.append(make_word(token, left, y, 22 * len(token), 0.7))
                left += 22 * len(token) + 12
        return self.add(words)

    def add(self, words: list[Word], **more: object) -> Note:
        corners = [words[0].quad[0], words[-1].quad[1], words[-1].quad[2], words[0].quad[3]]
        text = " ".join(w.text for w in words)
        line = Line(words=tuple(words), raw=text, confidence=0.9, quad=tuple(corners), engine="test")  # type: ignore[arg-type]
        fields = {"outline": tuple(corners), "lines": (line,), "text": text, "order": len(self.notes), "confidence": 0.9} | more
        self.notes.append(Note(id=f"p-n{len(self.notes) + 1}", photo_id="p", **fields))  # type: ignore[arg-type]
        return self.notes[-1]

    def end_of(self, note: Note) -> Point:
        """The middle of the right edge of a note's line."""
        (_, y0), (x1, y1) = note.lines[-1].quad[0], note.lines[-1].quad[2]
        return (x1, (y0 + y1) / 2)

    def dot(self, x: float, y: float, radius: float, colour: Colour) -> None:
        cv2.circle(self.rgb, (round(16 * x), round(16 * y)), round(16 * radius), colour, -1, cv2.LINE_AA, 4)

    def dots(self, note: Note, count: int, *, colours: tuple[Colour, ...] = (RED,), radius: float = 12, gap: float = 2.4) -> None:
        """A row of stickers behind a note."""
        x, y = self.end_of(note)
        for k in range(count):
            self.dot(x + 26 + gap * radius * k, y + 3 * (-1) ** k, radius, colours[k % len(colours)])

    def star(self, x: float, y: float, radius: float, colour: Colour, turn: float = 0.0) -> None:
        reach = [(radius, 0.42 * radius)[k % 2] for k in range(10)]
        points = [(x + r * math.sin(turn + math.pi * k / 5), y - r * math.cos(turn + math.pi * k / 5)) for k, r in enumerate(reach)]
        cv2.fillPoly(self.rgb, [np.round(np.array(points) * 16).astype(np.int32)], colour, cv2.LINE_AA, 4)

    def stars(self, note: Note, count: int, *, colours: tuple[Colour, ...] = STICKERS, radius: float = 22) -> None:
        x, y = self.end_of(note)
        for k in range(count):
            self.star(x + 36 + 2.1 * radius * k, y + 4 * (-1) ** k, radius, colours[k % len(colours)], 0.4 * k)

    def tally(self, note: Note, count: int, *, level: bool = False, colour: Colour = BLACK) -> None:
        """Strokes, each fifth across the four before it."""
        x, y = self.end_of(note)
        x += 30
        for k in range(count):
            place = k % 5
            if place < 4:
                top, bottom = (round(x + 12 * place + 2), round(y - 17)), (round(x + 12 * place), round(y + 17))
            elif level:
                top, bottom = (round(x - 9), round(y + 2)), (round(x + 46), round(y - 2))
            else:
                top, bottom = (round(x - 9), round(y + 13)), (round(x + 46), round(y - 13))
            cv2.line(self.rgb, top, bottom, colour, 4, cv2.LINE_AA)
            x += 62 if place == 4 else 0

    def ticks(self, note: Note, count: int, *, colour: Colour = GREEN) -> None:
        x, y = self.end_of(note)
        for k in range(count):
            left = x + 24 + 40 * k
            points = np.array([(left, y), (left + 9, y + 14), (left + 30, y - 18)])
            cv2.polylines(self.rgb, [np.round(points).astype(np.int32)], False, colour, 4, cv2.LINE_AA)

    def photograph(self, seed: int = 1) -> np.ndarray:
        """The page under uneven light, a little blurred, with a camera's noise."""
        rng = np.random.default_rng(seed)
        light = np.linspace(0.86, 1.0, self.size[0])[None, :, None] * np.linspace(1.0, 0.92, self.size[1])[:, None, None]
        seen = cv2.GaussianBlur(self.rgb, (0, 0), 0.8).astype(float) * light + rng.normal(0, 3, self.rgb.shape)
        return np.ascontiguousarray(np.clip(seen, 0, 255).astype(np.uint8))

    def photograph_askew(self, seed: int) -> tuple[np.ndarray, list[Note]]:
        """The page seen from the side, smaller or larger, as a JPEG; and its notes there."""
        rng = np.random.default_rng(seed)
        width, height = self.size
        corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
        scale = rng.uniform(0.55, 1.3)
        seen = scale * (corners + (rng.uniform(0, 70, (4, 2)) * np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)])).astype(np.float32))
        matrix = cv2.getPerspectiveTransform(corners, seen.astype(np.float32))
        size = (round(width * scale), round(height * scale))
        rgb = cv2.warpPerspective(self.photograph(seed), matrix, size, flags=cv2.INTER_AREA, borderValue=(90, 80, 70))
        _, data = cv2.imencode(".jpg", rgb, [cv2.IMWRITE_JPEG_QUALITY, 80])

        def move(points: tuple[Point, ...]) -> tuple[Point, ...]:
            return tuple((float(x), float(y)) for x, y in cv2.perspectiveTransform(np.array([points], np.float32), matrix)[0])

        notes = []
        for note in self.notes:
            (line,) = note.lines
            words = tuple(w.model_copy(update={"quad": move(w.quad)}) for w in line.words)
            line = line.model_copy(update={"quad": move(line.quad), "words": words})
            notes.append(note.model_copy(update={"lines": (line,), "outline": move(note.outline)}))
        return np.ascontiguousarray(cv2.imdecode(np.asarray(data), cv2.IMREAD_COLOR)), notes


def make_word(text: str, x: float, y: float, width: float, confidence: float = 0.95) -> Word:
    return Word(text=text, confidence=confidence, quad=((x, y), (x + width, y), (x + width, y + SIZE), (x, y + SIZE)))
