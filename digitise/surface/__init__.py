"""Surfaces: find sheets and boards in a photo, straighten them, even out their light."""

from digitise.surface.clean import clean
from digitise.surface.deskew import deskew
from digitise.surface.find import FoundSurface, find_surfaces
from digitise.surface.pictures import Picture, make_pictures
from digitise.surface.rectify import rectify, rotate

__all__ = ["FoundSurface", "Picture", "clean", "deskew", "find_surfaces", "make_pictures", "rectify", "rotate"]
