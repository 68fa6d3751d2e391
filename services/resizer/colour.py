"""Brings the colours of an image to sRGB."""

from io import BytesIO

from PIL import Image, ImageChops, ImageCms

_SPACES = {"RGB": "RGB ", "RGBA": "RGB ", "L": "GRAY", "CMYK": "CMYK"}
"""The colour space (ICC.1:2022, table 19) that a profile must have to fit pixels of a mode."""

_INVISIBLE = 2
"""Levels of 255: files made by different programs call profiles sRGB that differ by this much."""


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return `image` (RGB, RGBA, L or CMYK) as sRGB in mode RGB or RGBA.

    A missing, broken or mismatched `profile` is treated as browsers treat it: as sRGB.
    """
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    transform = _transform(profile, image.mode, mode) if profile else None
    if transform is None or _is_identity(transform):
        return image if image.mode == mode else image.convert(mode)
    if image.mode == mode:
        return transform.apply_in_place(image)
    return transform.apply(image)


def _transform(profile: bytes, mode: str, to_mode: str) -> ImageCms.ImageCmsTransform | None:
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        if source.profile.xcolor_space != _SPACES[mode]:
            return None
        srgb = ImageCms.createProfile("sRGB")
        return ImageCms.buildTransform(source, srgb, mode, to_mode)
    except (OSError, ImageCms.PyCMSError):
        return None


def _is_identity(transform: ImageCms.ImageCmsTransform) -> bool:
    """Whether the transform leaves a sample of colours as they are; 4 levels of each channel."""
    if transform.input_mode != transform.output_mode:
        return False
    levels = (0, 85, 170, 255)
    colours = bytes(v for r in levels for g in levels for b in levels for v in (r, g, b))
    sample = Image.frombytes("RGB", (64, 1), colours).convert(transform.input_mode)
    change = ImageChops.difference(sample, transform.apply(sample)).convert("RGB")
    return all(most <= _INVISIBLE for _, most in change.getextrema())  # type: ignore[misc]
