"""Draw the sample events: `python -m samples.draw [EVENT ...]`. See README.md in this folder.

The same fonts give the same bytes on every run: each sheet and each photo has a seed made of its name.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from samples.content import connecting_communities, sticky_wall, world_cafe
from samples.drawing.fonts import FontsMissingError, default_cache, load_faces
from samples.drawing.layer import Drawn
from samples.drawing.output import Plan, encode, sections, truth, write_json
from samples.drawing.sheets import Faces

EVENTS: dict[str, Callable[[Faces], Iterator[Plan]]] = {
    "connecting-communities": connecting_communities.draw_photos,
    "world-cafe": world_cafe.draw_photos,
    "sticky-wall": sticky_wall.draw_photos,
}


def draw_event(name: str, faces: Faces, out: Path, *, only: frozenset[str] = frozenset()) -> Iterator[str]:
    """Draw one event into `out`; yields a line for people after each photo. With `only`, just those photos and no sections."""
    seen: list[tuple[str, list[Drawn]]] = []
    for plan in EVENTS[name](faces):
        if only and plan.stem not in only:
            continue
        photo = plan.finish()
        seen.append((photo.stem, photo.shot.notes))
        data = encode(photo)
        out.mkdir(parents=True, exist_ok=True)
        (out / f"{photo.stem}.jpg").write_bytes(data)
        write_json(out / "truth" / f"{photo.stem}.json", truth(photo))
        yield f"{name}/{photo.stem}.jpg  {len(data) / 1000:.0f} kB  {len(photo.shot.notes)} notes"
    if not only:
        write_json(out / "truth" / "event.json", sections(seen))


def main() -> int:
    ap = argparse.ArgumentParser(prog="python -m samples.draw", description="Draw the sample events.")
    ap.add_argument("events", nargs="*", metavar="EVENT", help=f"default: all of {', '.join(EVENTS)}")
    ap.add_argument("--out", type=Path, default=Path(__file__).parent, help="folder that gets one folder per event (default: samples/)")
    ap.add_argument("--cache", type=Path, default=default_cache(), help="where fonts are kept, outside the repository")
    ap.add_argument("--only", nargs="*", default=[], metavar="PHOTO", help="draw just these photos (names without .jpg)")
    args = ap.parse_args()
    unknown = sorted(set(args.events) - set(EVENTS))
    if unknown:
        ap.error(f"unknown event {unknown[0]}; known: {', '.join(EVENTS)}")
    try:
        faces = load_faces(args.cache, install=True)
    except FontsMissingError as e:
        print(f"error: {e}", file=sys.stderr)
        return 5
    for name in args.events or EVENTS:
        for line in draw_event(name, faces, args.out / name, only=frozenset(args.only)):
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
