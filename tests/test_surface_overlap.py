"""Two photos of one wall are told from photos of two walls, and mapped onto each other to the pixel."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from overlap_walls import SAID, View, Wall, box_view, draw_wall, photograph

from digitise.arranging.overlaps import SURE_FEATURES
from digitise.geometry import homography, map_points
from digitise.model import Overlap
from digitise.surface import Features, Frame, Piece, find_features, find_overviews, frame_pictures, group_parts, join_pictures, match_photos
from digitise.surface.features import MOST
from digitise.surface.overlap import LEAST_AGAIN, LEAST_SHARE, is_plausible, local_zoom, shared_part

pytestmark = pytest.mark.slow  # together with its like longer than the fast tests may take

SHOTS: dict[str, tuple[np.ndarray, dict[str, object]]] = {
    "overview": (box_view(0, 0, 3600, 2000, askew=0.06), {"blur": 0.6}),
    "near": (box_view(200, 200, 1400, 1100, askew=-0.1), {"seed": 3, "uneven": 0.5}),
    "near, pale": (box_view(1900, 900, 3300, 1950, askew=0.12), {"seed": 4, "blur": 1.2, "tint": (0.9, 0.95, 1.0)}),
    "left": (box_view(0, 0, 2100, 1900, askew=0.05), {"seed": 5}),
    "right": (box_view(1400, 60, 3550, 1980, askew=-0.08), {"seed": 6, "uneven": 0.4, "tint": (0.95, 1.0, 0.98)}),
}


@cache
def see_wall() -> Wall:
    """Drawn when it is needed: whoever only collects these tests does not wait for it, nor hold it."""
    return draw_wall()


@cache
def see(shot: str) -> View:
    box, camera = SHOTS[shot]
    return photograph(see_wall(), box, **camera)


def true_matrix(a: View, b: View) -> np.ndarray:
    return b.matrix @ np.linalg.inv(a.matrix)


def worst_error(a: View, b: View, found: np.ndarray) -> float:
    """Largest distance between found and true place, px of b, over what both photos show."""
    height, width = a.rgb.shape[:2]
    grid = [(x, y) for x in np.linspace(0, width, 9) for y in np.linspace(0, height, 9)]
    true = np.array(map_points(true_matrix(a, b), grid))
    inside = ((true >= 0) & (true <= [b.rgb.shape[1], b.rgb.shape[0]])).all(axis=1)
    assert inside.sum() > 8
    return float(np.linalg.norm(true - np.array(map_points(found, grid)), axis=1)[inside].max())


@pytest.mark.parametrize(
    ("one", "other"), [("near", "overview"), ("overview", "near, pale"), ("left", "right")], ids=["near", "far", "beside"]
)
def test_photos_of_one_wall_are_mapped_onto_each_other(one: str, other: str) -> None:
    a, b = see(one), see(other)
    match = match_photos(find_features(a.rgb), find_features(b.rgb))
    assert match is not None
    assert match.confidence > 0.6
    zoom = local_zoom(true_matrix(a, b), (a.rgb.shape[1] / 2, a.rgb.shape[0] / 2))
    assert worst_error(a, b, match.homography) < 1.5 * max(1.0, zoom)
    true = shared_part(true_matrix(a, b), [a.rgb.shape[1], a.rgb.shape[0]], [b.rgb.shape[1], b.rgb.shape[0]])
    assert true is not None
    assert match.area[0] == pytest.approx(true.area / (a.rgb.shape[0] * a.rgb.shape[1]), abs=0.05)


def test_features_are_few_spread_and_compact() -> None:
    features = find_features(see("overview").rgb)
    assert 300 < len(features.points) <= MOST
    assert features.descriptors.dtype == np.uint8
    assert sum(array.nbytes for array in features) < 250_000
    assert features.size.tolist() == [1200, 900]
    thirds = features.points // np.array([400, 300])
    assert len({tuple(cell) for cell in thirds.tolist()}) == 9


def test_a_plain_photo_has_no_features_and_matches_nothing() -> None:
    plain = find_features(np.full((300, 400, 3), 200, np.uint8))
    assert len(plain.points) == 0
    assert match_photos(plain, find_features(see("overview").rgb)) is None
    assert match_photos(find_features(see("overview").rgb), plain) is None


def test_a_template_with_other_writing_is_another_sheet() -> None:
    order = np.random.default_rng(11).permutation(len(SAID))
    other = draw_wall([SAID[i] for i in order], seed=1)
    shot = photograph(other, box_view(0, 0, 3600, 2000, askew=-0.05), seed=9)
    match = match_photos(find_features(see("overview").rgb), find_features(shot.rgb))
    # where the features leave it open the writing decides: tests/test_walls.py
    assert match is None or match.confidence < SURE_FEATURES


def test_empty_stickies_in_rows_are_not_joined_at_the_wrong_row() -> None:
    grid = draw_wall(("",) * 30, title="", seed=5)
    a, b = photograph(grid, box_view(0, 0, 2400, 1500)), photograph(grid, box_view(900, 300, 3300, 1800), seed=8)
    match = match_photos(find_features(a.rgb), find_features(b.rgb))
    assert match is None or worst_error(a, b, match.homography) < 6


def test_two_walls_with_the_same_furniture_stay_two() -> None:
    one, two = draw_wall(seed=21, title="Problems"), draw_wall(tuple(reversed(SAID)), seed=22, title="Hopes")
    chair = draw_wall(("Table four",) * 3, seed=23, title="", ground="carpet").rgb[200:640, 100:1300]
    for wall in (one, two):
        wall.rgb[1500:1940, 1200:2400] = chair
    shots = [photograph(wall, box_view(0, 0, 3600, 2000), seed=30 + k) for k, wall in enumerate((one, two))]
    match = match_photos(find_features(shots[0].rgb), find_features(shots[1].rgb))
    assert match is None or match.confidence < SURE_FEATURES


def test_a_share_below_the_bar_is_declined() -> None:
    """The same sheet in one corner, and all else another: many patches are found again, but only there."""
    whole, part = find_features(see("overview").rgb), find_features(see("overview").rgb)
    corner = (part.points < [600, 500]).all(axis=1)
    twisted = part.descriptors.copy()
    twisted[~corner] = np.random.default_rng(3).integers(0, 90, twisted[~corner].shape)
    assert LEAST_AGAIN < corner.mean() < LEAST_SHARE
    assert match_photos(whole, Features(part.points, twisted, part.size)) is None


@st.composite
def views(draw: st.DrawFn) -> tuple[np.ndarray, float]:
    """A homography of a 1000 x 800 photo: turned, scaled, shifted, a little askew; and its scale."""
    scale = draw(st.floats(0.3, 3.0))
    turn = draw(st.floats(-0.5, 0.5))
    corners = np.array([[0, 0], [1000, 0], [1000, 800], [0, 800]], float) - [500, 400]
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    wobble = np.array(draw(st.lists(st.tuples(st.floats(-40, 40), st.floats(-40, 40)), min_size=4, max_size=4)))
    there = (corners + wobble) @ spin.T * scale + [500, 400]
    src = ((0.0, 0.0), (1000.0, 0.0), (1000.0, 800.0), (0.0, 800.0))
    return homography(src, tuple((float(x), float(y)) for x, y in there)), scale  # type: ignore[arg-type]


@settings(max_examples=60, deadline=None)
@given(views())
def test_shared_part_and_zoom_agree_with_brute_force(view: tuple[np.ndarray, float]) -> None:
    matrix, scale = view
    size = [1000, 800]
    part = shared_part(matrix, size, size)
    assert part is not None
    assert is_plausible(matrix, size, size)
    grid = [(x + 5.0, y + 5.0) for x in range(0, 1000, 10) for y in range(0, 800, 10)]
    there = np.array(map_points(matrix, grid))
    share = ((there >= 0) & (there <= size)).all(axis=1).mean()
    assert part.area / 800_000 == pytest.approx(share, abs=0.03)
    assert local_zoom(matrix, (500, 400)) == pytest.approx(scale, rel=0.25)
    assert local_zoom(np.asarray(np.linalg.inv(matrix)), map_points(matrix, [(500, 400)])[0]) == pytest.approx(
        1 / local_zoom(matrix, (500, 400)), rel=1e-6
    )


@settings(max_examples=30, deadline=None)
@given(views())
def test_mirrored_folded_and_tiny_views_are_freaks(view: tuple[np.ndarray, float]) -> None:
    matrix, _ = view
    size = [1000, 800]
    assert not is_plausible(matrix @ np.array([[-1.0, 0, 1000], [0, 1, 0], [0, 0, 1]]), size, size)
    assert not is_plausible(np.diag([0.05, 0.05, 1.0]) @ matrix, size, size)
    assert not is_plausible(np.array([[1, 0, 0], [0, 1, 0], [-0.002, 0, 1.0]]), size, size)  # its horizon crosses the photo


def overlap(a: str, b: str, shares: tuple[float, float], matrix: np.ndarray | None = None, confidence: float = 0.9) -> Overlap:
    numbers = tuple(float(v) for v in (np.eye(3) if matrix is None else matrix).ravel())
    return Overlap(photo_id=a, other_id=b, homography=numbers, shares=shares, confidence=confidence)


def test_close_ups_belong_to_the_widest_photo_and_are_not_joined() -> None:
    overlaps = [overlap("near", "wall", (1.0, 0.2)), overlap("near", "half", (0.9, 0.5)), overlap("half", "wall", (0.95, 0.5))]
    assert find_overviews(overlaps) == {"near": "wall", "half": "wall"}
    assert group_parts(overlaps, ["near", "wall", "half"]) == []


def test_the_same_view_twice_is_no_wall_in_parts() -> None:
    overlaps = [overlap("a", "b", (0.97, 0.95))]
    assert find_overviews(overlaps) == {}
    assert group_parts(overlaps, ["a", "b"]) == []


def test_a_chain_of_parts_is_laid_out_in_one_plane() -> None:
    shift = np.array([[1.0, 0, -600], [0, 1, 0], [0, 0, 1]])  # each photo stands 600 px to the right of the one before
    overlaps = [overlap("a", "b", (0.4, 0.4), shift), overlap("b", "c", (0.4, 0.4), shift), overlap("c", "close", (0.1, 1.0))]
    (group,) = group_parts(overlaps, ["a", "b", "c", "close"])
    assert group.photo_ids == ("a", "b", "c")
    assert group.reference == "b"
    places = [map_points(matrix, [(0.0, 0.0)])[0][0] for matrix in group.matrices]
    assert places == pytest.approx([-600, 0, 600])


def joined(views: list[View], matrices: list[np.ndarray]) -> tuple[np.ndarray | None, Frame]:
    pieces = [
        Piece(lambda v=v: v.rgb, (v.rgb.shape[1], v.rgb.shape[0]), m)  # type: ignore[misc]
        for v, m in zip(views, matrices, strict=True)
    ]
    frame = frame_pictures(pieces)
    assert frame is not None
    return join_pictures(pieces, frame), frame


def test_parts_of_a_wall_are_joined_without_double_letters() -> None:
    match = match_photos(find_features(see("left").rgb), find_features(see("right").rgb))
    assert match is not None
    picture, frame = joined([see("left"), see("right")], [np.eye(3), np.linalg.inv(match.homography)])
    assert picture is not None
    assert picture.shape[:2] == frame.size_px[::-1]
    assert picture.shape[1] > 1.25 * see("left").rgb.shape[1]
    # each sticky of the wall is where the map says, and its words are as sharp as on the photo that it comes from
    match_wall = match_photos(find_features(see("overview").rgb), find_features(picture))
    assert match_wall is not None
    assert match_wall.confidence > 0.8
    true = frame.matrix @ see("left").matrix @ np.linalg.inv(see("overview").matrix)
    assert np.abs(np.array(map_points(true, [(600, 450)])) - np.array(map_points(match_wall.homography, [(600, 450)]))).max() < 8


def test_photos_that_disagree_are_kept_apart() -> None:
    other = photograph(draw_wall(tuple(reversed(SAID)), seed=40, title=""), box_view(1400, 60, 3550, 1980, askew=-0.08), seed=6)
    picture, _ = joined([see("left"), other], [np.eye(3), true_matrix(other, see("left"))])
    assert picture is None


def test_a_photo_that_would_be_stretched_beyond_reason_is_not_joined() -> None:
    steep = np.array([[1, 0, 0], [0, 1, 0], [-0.0007, 0, 1.0]])
    assert (
        frame_pictures([Piece(lambda: see("left").rgb, (1200, 900), np.eye(3)), Piece(lambda: see("right").rgb, (1200, 900), steep)])
        is None
    )
