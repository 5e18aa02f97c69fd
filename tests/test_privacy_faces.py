"""Faces: decoded from the network's maps, found at all sizes, told from drawings, and gone for good."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np
import pytest
from conftest import Run
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from digitise.check import check_faces, warn_of_faces
from digitise.config import Config, Privacy
from digitise.model import Box, Line, Word
from digitise.privacy import FaceNetwork, blur_faces, face_network, find_faces, writing_quads
from digitise.privacy.drawn import looks_drawn
from digitise.privacy.face_network import CELL_PX, TILE_PX, Face, cut_tiles, decode_faces, drop_repeats
from digitise.runs import fingerprint_settings

FACE: Box = (181, 58, 270, 178)
"""Of the astronaut in her picture, 512 x 512 px."""


def astronaut() -> np.ndarray:
    """Eileen Collins: NASA, public domain; the picture comes with scikit-image."""
    return np.asarray(Image.open(str(files("skimage") / "data" / "astronaut.png")).convert("RGB"))


def draw_wall(width: int = 1400, height: int = 1050) -> np.ndarray:
    """A flipchart with a few written lines on a brown wall."""
    wall = np.full((height, width, 3), (150, 132, 110), np.uint8)
    cv2.rectangle(wall, (60, 100), (800, height - 60), (244, 243, 238), -1)
    for k in range(6):
        cv2.putText(wall, f"Buses run too rarely {k}", (90, 200 + 140 * k), cv2.FONT_HERSHEY_SIMPLEX, 1.7, (20, 30, 90), 4, cv2.LINE_AA)
    return wall


def put_face(wall: np.ndarray, *, width_px: int, at: tuple[int, int]) -> tuple[np.ndarray, Box]:
    """The wall with the astronaut's head in front of it, her face so wide; where her face is."""
    scale = width_px / (FACE[2] - FACE[0])
    head = cv2.resize(astronaut()[:260, 90:360], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    x, y = at
    wall = wall.copy()
    wall[y : y + head.shape[0], x : x + head.shape[1]] = head
    x0, y0, x1, y1 = ((v - d) * scale for v, d in zip(FACE, (90, 0, 90, 0), strict=True))
    return wall, (x + x0, y + y0, x + x1, y + y1)


def holds(boxes: tuple[Box, ...], face: Box) -> bool:
    middle = ((face[0] + face[2]) / 2, (face[1] + face[3]) / 2)
    return any(b[0] < middle[0] < b[2] and b[1] < middle[1] < b[3] for b in boxes)


def written(text: str, box: Box, confidence: float = 0.9) -> Line:
    x0, y0, x1, y1 = box
    quad = ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
    return Line(words=(Word(text=text, confidence=confidence, quad=quad),), raw=text, confidence=confidence, quad=quad)


@pytest.fixture(scope="module")
def network() -> FaceNetwork:
    found = FaceNetwork()
    if not found.is_there:
        pytest.fail("make the detector first: python build_tools/centerface.py")
    return found


@given(
    cell=st.tuples(st.integers(1, 14), st.integers(1, 14)),
    shift=st.tuples(st.floats(-0.5, 0.5), st.floats(-0.5, 0.5)),
    size=st.tuples(st.floats(8, 60), st.floats(8, 60)),
)
def test_a_face_in_the_maps_is_a_box_in_the_picture(cell: tuple[int, int], shift: tuple[float, float], size: tuple[float, float]) -> None:
    likely, sizes, place = np.zeros((1, 16, 16), np.float32), np.zeros((2, 16, 16), np.float32), np.zeros((2, 16, 16), np.float32)
    (row, column), (height, width) = cell, size
    likely[0, row, column] = 0.9
    likely[0, row - 1, column] = 0.8  # the same face seen by the next cell
    sizes[:, row, column] = np.log(np.array((height, width)) / CELL_PX)
    place[:, row, column] = shift
    (face,) = decode_faces(likely, sizes, place, least=0.3)
    y, x = (row + shift[0] + 0.5) * CELL_PX, (column + shift[1] + 0.5) * CELL_PX
    assert face.score == pytest.approx(0.9)
    assert face.box == pytest.approx((x - width / 2, y - height / 2, x + width / 2, y + height / 2), abs=0.01)


@given(st.integers(1, 2100), st.integers(1, 2100))
def test_tiles_cover_the_whole_picture(width: int, height: int) -> None:
    seen = np.zeros((height, width), bool)
    for left, top, tile in cut_tiles(np.zeros((height, width, 3), np.uint8)):
        assert max(tile.shape[:2]) <= TILE_PX
        seen[top : top + tile.shape[0], left : left + tile.shape[1]] = True
    assert seen.all()


def test_a_face_found_twice_is_one() -> None:
    near, far, part = Face((0, 0, 10, 12), 0.5), Face((100, 0, 110, 12), 0.4), Face((1, 1, 6, 6), 0.6)
    assert drop_repeats([near, far, Face((1, 0, 11, 12), 0.9), part]) == [Face((1, 0, 11, 12), 0.9), far]


@pytest.mark.parametrize("width_px", [24, 60, 300])
def test_faces_of_all_sizes_are_found(network: FaceNetwork, width_px: int) -> None:
    wall, face = put_face(draw_wall(), width_px=width_px, at=(150 if width_px == 300 else 1000, 80))
    boxes = find_faces(wall, (), network=network)
    assert holds(boxes, face) and len(boxes) == 1


def test_a_photo_taken_sideways_is_looked_at_upright(network: FaceNetwork) -> None:
    wall, (x0, y0, x1, y1) = put_face(draw_wall(1200, 900), width_px=60, at=(900, 80))
    turned = np.ascontiguousarray(np.rot90(wall, -1))  # its writing runs downwards
    height = wall.shape[0]
    assert holds(find_faces(turned, (), network=network, quarters=1), (height - y1, x0, height - y0, x1))
    again = np.ascontiguousarray(np.rot90(wall, 1))
    width = wall.shape[1]
    assert holds(find_faces(again, (), network=network, quarters=3), (y0, width - x1, y1, width - x0))


def test_a_wall_without_people_has_no_face(network: FaceNetwork) -> None:
    wall = draw_wall()
    cv2.circle(wall, (1100, 700), 150, (20, 20, 30), 12, cv2.LINE_AA)  # a smiley
    for x in (1045, 1155):
        cv2.circle(wall, (x, 660), 14, (20, 20, 30), -1, cv2.LINE_AA)
    cv2.ellipse(wall, (1100, 730), (80, 50), 0, 10, 170, (20, 20, 30), 10, cv2.LINE_AA)
    assert find_faces(wall, (), network=network) == ()


def test_ink_on_paper_looks_drawn_and_skin_does_not() -> None:
    photo = astronaut()
    assert not any(looks_drawn((photo * gain).astype(np.uint8), FACE) for gain in (1, 0.6, 0.3))
    for paper in ((250, 250, 248), (240, 225, 110), (245, 180, 200), (120, 118, 110)):
        drawing = np.full((300, 300, 3), paper, np.uint8)
        cv2.ellipse(drawing, (150, 150), (80, 110), 0, 0, 360, (20, 20, 25), 7, cv2.LINE_AA)
        for x in (120, 180):
            cv2.ellipse(drawing, (x, 130), (16, 9), 0, 0, 360, (20, 20, 25), 5, cv2.LINE_AA)
        cv2.line(drawing, (150, 140), (140, 180), (20, 20, 25), 5, cv2.LINE_AA)
        cv2.ellipse(drawing, (150, 210), (35, 12), 0, 0, 180, (20, 20, 25), 5, cv2.LINE_AA)
        assert looks_drawn(drawing, (70, 40, 230, 260)), paper


class Says(FaceNetwork):
    """A network that finds what it is told."""

    def __init__(self, *faces: Face) -> None:
        super().__init__()
        self.faces = faces

    def find(self, rgb: np.ndarray, *, least: float) -> list[Face]:
        return [f for f in self.faces if f.score >= least]


def test_writing_is_no_face_unless_the_network_is_sure() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (300, 300, 3)).astype(np.uint8)
    box = (100.0, 100.0, 160.0, 180.0)
    over = [written("Transport", (95, 120, 165, 160))]
    assert find_faces(noise, over, network=Says(Face(box, 0.5))) == ()
    assert find_faces(noise, over, network=Says(Face(box, 0.7))) == (box,)
    unsure = [written("il", (95, 120, 165, 160)), written("Transport", (95, 120, 165, 160), confidence=0.3)]
    assert find_faces(noise, unsure, network=Says(Face(box, 0.5))) == (box,), "hair is no writing"


def test_a_drawn_face_needs_to_be_surer() -> None:
    paper = np.full((300, 300, 3), 250, np.uint8)
    cv2.circle(paper, (130, 140), 35, (20, 20, 20), 4)
    box = (95.0, 100.0, 165.0, 180.0)
    assert find_faces(paper, (), network=Says(Face(box, 0.7))) == ()
    assert find_faces(paper, (), network=Says(Face(box, 0.9))) == (box,)


def test_only_a_few_colours_are_left_of_a_face() -> None:
    """What is shown is a function of 16 colours alone: whatever picture has the same ones becomes the same patch."""
    wall, face = put_face(draw_wall(), width_px=120, at=(950, 300))
    blurred = blur_faces(wall, [face])
    x0, y0, x1, y1 = (round(v) for v in face)
    inside = blurred[y0:y1, x0:x1]
    assert np.abs(inside.astype(int) - wall[y0:y1, x0:x1]).mean() > 15
    # no edge is left: neighbouring pixels differ by what a slope between 16 colours gives
    assert np.abs(np.diff(inside.astype(int), axis=1)).max() <= 256 / ((x1 - x0) / 4) + 2
    other = wall.copy()
    rng = np.random.default_rng(0)
    middle, half = ((face[0] + face[2]) / 2, (face[1] + face[3]) / 2), ((face[2] - face[0]) / 2, (face[3] - face[1]) / 2)
    left, top = int(middle[0] - 1.45 * half[0]), int(middle[1] - 1.45 * half[1])
    right, bottom = int(middle[0] + 1.45 * half[0] + 1), int(middle[1] + 1.45 * half[1] + 1)
    part = other[top:bottom, left:right]
    edges = [np.linspace(0, n, 5) for n in part.shape[:2]]
    for i in range(4):
        for j in range(4):
            cell = part[int(np.ceil(edges[0][i])) : int(edges[0][i + 1]), int(np.ceil(edges[1][j])) : int(edges[1][j + 1])]
            flat = cell.reshape(-1, 3)
            cell[:] = flat[rng.permutation(len(flat))].reshape(cell.shape)  # the same pixels, in another order
    shuffled = blur_faces(other, [face])[y0:y1, x0:x1]
    assert np.array_equal(shuffled, inside)


def test_writing_beside_a_face_stays_and_the_photo_is_not_changed() -> None:
    wall, face = put_face(draw_wall(), width_px=200, at=(400, 300))
    before = wall.copy()
    line = written("rarely", (face[2] + 4, face[1] + 20, face[2] + 300, face[1] + 90))
    blurred = blur_faces(wall, [face], writing_quads([line]))
    assert np.array_equal(wall, before)
    x0, y0, x1, y1 = (int(v) for v in (*line.quad[0], *line.quad[2]))
    assert np.array_equal(blurred[y0:y1, x0:x1], wall[y0:y1, x0:x1])
    assert not np.array_equal(blur_faces(wall, [face])[y0:y1, x0:x1], wall[y0:y1, x0:x1]), "which the blur would else reach"
    assert blur_faces(wall, []) is wall


@given(st.tuples(*[st.floats(-500, 500)] * 2), st.floats(0.1, 600), st.floats(0.1, 600))
def test_any_box_can_be_blurred(at: tuple[float, float], width: float, height: float) -> None:
    picture = np.zeros((90, 120, 3), np.uint8)
    assert blur_faces(picture, [(at[0], at[1], at[0] + width, at[1] + height)]).shape == picture.shape


def test_keeping_faces_makes_the_pictures_anew() -> None:
    assert fingerprint_settings(Config()) != fingerprint_settings(Config(privacy=Privacy(keep_faces=True)))
    assert fingerprint_settings(Config()) == fingerprint_settings(Config(privacy=Privacy(names="remove")))


def test_a_missing_detector_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, run: Run) -> None:
    before = fingerprint_settings(Config())
    assert check_faces(Config()).ok and not warn_of_faces(Config())
    monkeypatch.setattr(face_network, "NETWORK", tmp_path / "centerface.onnx")
    finding = check_faces(Config())
    assert not finding.ok and "build_tools/centerface.py" in finding.remedy
    assert warn_of_faces(Config()) and not warn_of_faces(Config(privacy=Privacy(keep_faces=True)))
    assert fingerprint_settings(Config()) != before, "once the file is there, the pictures are made anew"
    (tmp_path / "event").mkdir()
    (tmp_path / "event" / "a.jpg").write_bytes(b"\xff\xd8\xff no photo")
    assert "faces are NOT blurred" in run("report", tmp_path / "event", "--jobs", 1).err
