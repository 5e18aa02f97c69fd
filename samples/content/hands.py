"""The people who wrote the sample sheets: one hand and pen each."""

from __future__ import annotations

import zlib

import numpy as np

from samples.drawing.ink import Rng, Writer

SEED = 2026


def rng_for(name: str) -> Rng:
    """A random stream of its own for each sheet and photo, so that changing one leaves the others as they are."""
    return np.random.default_rng([SEED, zlib.crc32(name.encode())])


# Facilitators with broad markers
RHIAN = Writer("caveat-brush", "blue", nib=0.02, tracking=0.06, dryness=0.25)
RHIAN_BLACK = RHIAN.using("black")
GARETH = Writer("permanent-marker", "black", nib=0.0, tracking=0.05, unrest=0.8, dryness=0.35)
MARI = Writer("architects-daughter", "green", nib=0.15, chisel=True, unrest=0.95, tracking=0.06)
OWAIN = Writer("mansalva", "purple", nib=0.03, tracking=0.04)
BETH = Writer("patrick-hand-sc", "blue", nib=0.10, caps=True, chisel=True, unrest=1.2)
TOM = Writer("covered-by-your-grace", "black", nib=0.04, tracking=0.07)
IFAN = Writer("neucha", "black", nib=0.13, slant=0.05, unrest=1.1)
SIAN = Writer("patrick-hand", "black", nib=0.10, unrest=1.2, dryness=0.3)
HUW = Writer("gochi-hand", "black", nib=0.02, tracking=0.06, unrest=1.1)
CERYS = Writer("kalam", "red", nib=0.06, chisel=True)
DEWI = Writer("handlee", "black", nib=0.15, chisel=True, unrest=1.2)
LLINOS = Writer("gloria-hallelujah", "purple", nib=0.04, unrest=0.9)
ALED = Writer("patrick-hand", "black", nib=0.08, unrest=0.85, tracking=0.1)
# Participants with felt tips and biros
FELT = (
    Writer("architects-daughter", "black", nib=0.12, unrest=1.2),
    Writer("covered-by-your-grace", "black", nib=0.02, tracking=0.12),
    Writer("patrick-hand", "biro", nib=0.08, unrest=1.3, slant=0.06),
    Writer("coming-soon", "black", nib=0.14, unrest=1.1),
    Writer("indie-flower", "black", nib=0.12),
    Writer("kalam", "blue", nib=0.02, unrest=1.1),
    Writer("shadows-into-light-two", "black", nib=0.10, tracking=0.06),
    Writer("patrick-hand-sc", "black", nib=0.10, caps=True, unrest=1.2),
)
WELSH_FELT = (
    Writer("architects-daughter", "black", nib=0.09, unrest=0.8, tracking=0.06),
    Writer("caveat-brush", "black", nib=0.0, unrest=0.8, tracking=0.09),
    Writer("patrick-hand", "blue", nib=0.07, unrest=0.8, tracking=0.1),
)
