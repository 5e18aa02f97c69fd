"""Any picture that Pillow can decode -> RGB pixels in sRGB: bit depths, palettes, transparency, print colours, colour profiles."""

from __future__ import annotations

import io
from typing import cast

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms

RgbArray = npt.NDArray[np.uint8]

_DEEP_MODES = frozenset({"I", "I;16", "I;16L", "I;16B", "I;16N", "F"})
_BITS_PER_SAMPLE, _PHOTOMETRIC = 258, 262
_WHITE_IS_ZERO = 0
_PROFILE_MODES = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK", "Lab ": "LAB"}
"""ICC name of a profile's colour space -> the Pillow mode it is about."""


def to_srgb(image: Image.Image) -> RgbArray:
    """(H, W, 3) RGB of a decoded picture; transparent parts lie on white, as they do on the paper they are printed on."""
    icc = image.info.get("icc_profile")
    if image.mode in _DEEP_MODES:
        image = Image.fromarray(_to_8_bit(image))
    alpha = None
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        image = image.convert("RGBA")
        alpha = image.getchannel("A")
        image = image.convert("RGB")
    elif image.mode not in ("RGB", "L", "CMYK", "LAB"):
        image = image.convert("L" if image.mode == "1" else "RGB")
    image = _apply_profile(image, icc)
    rgb = image if image.mode == "RGB" else image.convert("RGB")
    if alpha is not None and alpha.getextrema() != (255, 255):
        white = Image.new("RGB", rgb.size, "white")
        white.paste(rgb, mask=alpha)
        rgb = white
    return np.asarray(rgb)


def _to_8_bit(image: Image.Image) -> RgbArray:
    """Grey of more than 8 bits, (H, W) uint8. The range is the file's own where it is stated, else the smallest usual one that holds it."""
    values = np.asarray(image)
    tags = getattr(image, "tag_v2", {})
    if image.mode.startswith("I;16"):
        bits = tags.get(_BITS_PER_SAMPLE, (16,))[0]
        top = 4095.0 if bits == 12 else 65535.0
        grey = _scale(values, 0.0, top)
        # Pillow inverts white-is-zero pictures of 8 bits, but not those of 16
        return 255 - grey if tags.get(_PHOTOMETRIC) == _WHITE_IS_ZERO else grey
    finite = values if values.dtype.kind != "f" else np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(finite.min()), float(finite.max())
    if low < 0:
        return _scale(finite, low, high)
    usual = [1.0, 255.0, 65535.0] if image.mode == "F" else [255.0, 65535.0]
    return _scale(finite, 0.0, next((top for top in usual if high <= top), high))


def _scale(values: npt.NDArray[np.generic], low: float, high: float) -> RgbArray:
    """[low, high] -> 0..255, rounded."""
    span = max(high - low, 1e-12)
    scaled = (values.astype(np.float32) - np.float32(low)) * np.float32(255.0 / span)
    return cast(RgbArray, np.clip(scaled + 0.5, 0, 255).astype(np.uint8))


def _apply_profile(image: Image.Image, icc: object) -> Image.Image:
    """The picture in sRGB; unchanged without a profile, with sRGB itself, or with a broken or foreign one."""
    if not isinstance(icc, bytes) or not icc:
        return image
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        mode = _PROFILE_MODES.get(profile.profile.xcolor_space)
        if mode != image.mode or _is_srgb(profile):
            return image
        out = ImageCms.profileToProfile(image, profile, ImageCms.createProfile("sRGB"), outputMode="RGB")
        return out or image
    except Exception:  # littlecms refuses broken profiles in many ways; colours a little off beat a lost photo
        return image


def _is_srgb(profile: ImageCms.ImageCmsProfile) -> bool:
    """By name: most cameras embed sRGB, and turning sRGB into sRGB costs more time than decoding the JPEG."""
    return "srgb" in ImageCms.getProfileDescription(profile).lower()
