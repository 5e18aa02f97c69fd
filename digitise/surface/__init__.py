"""Surfaces: find sheets and boards in a photo, straighten them, even out their light."""

from digitise.surface.clean import clean
from digitise.surface.deskew import deskew
from digitise.surface.features import Features, find_features
from digitise.surface.find import FoundSurface, find_surfaces
from digitise.surface.join import Frame, Piece, frame_pictures, join_pictures
from digitise.surface.overlap import Match, match_photos
from digitise.surface.parts import Group, find_overviews, group_parts
from digitise.surface.pictures import Picture, make_pictures
from digitise.surface.rectify import rectify, rotate

__all__ = [
    "Features",
    "FoundSurface",
    "Frame",
    "Group",
    "Match",
    "Picture",
    "Piece",
    "clean",
    "deskew",
    "find_features",
    "find_overviews",
    "find_surfaces",
    "frame_pictures",
    "group_parts",
    "join_pictures",
    "make_pictures",
    "match_photos",
    "rectify",
    "rotate",
]
