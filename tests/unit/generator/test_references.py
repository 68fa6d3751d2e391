from io import BytesIO

import pytest
from PIL import Image

from services.common.errors import InvalidRequest
from services.generator.references import Reference, extended, mask_of, reference_of
from services.generator.sizes import Shape
from services.generator.verify import ImageLimits

LIMITS = ImageLimits(max_bytes=100_000, max_pixels=10_000)


def file_of(image: Image.Image, kind: str = "PNG", **more: object) -> bytes:
    file = BytesIO()
    image.save(file, kind, **more)
    return file.getvalue()


def painted(width: int = 60, height: int = 40) -> Image.Image:
    return Image.linear_gradient("L").resize((width, height)).convert("RGB")


def opened(picture: Reference) -> Image.Image:
    return Image.open(BytesIO(picture.data))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_reference_that_every_model_reads_is_sent_as_it_came(kind: str) -> None:
    data = file_of(painted(), kind)
    found = reference_of(data, "references[0]", LIMITS)
    assert (found.data, found.width, found.height) == (data, 60, 40)
    assert found.content_type == f"image/{kind.lower()}"


def test_an_avif_becomes_a_png_since_models_do_not_read_it() -> None:
    found = reference_of(file_of(painted(), "AVIF"), "references[0]", LIMITS)
    assert (found.content_type, opened(found).format, opened(found).size) == (
        "image/png",
        "PNG",
        (60, 40),
    )


def test_a_turned_photograph_is_sent_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    found = reference_of(file_of(painted(), "JPEG", exif=exif), "references[0]", LIMITS)
    assert (found.width, found.height, opened(found).size) == (40, 60, (40, 60))


@pytest.mark.parametrize(
    ("data", "must"),
    [
        (b"GIF89a", "must be a PNG, JPEG, WebP or AVIF file"),
        (file_of(painted())[:60], "must be a file that can be read"),
        (file_of(painted(200, 200)), "must have fewer pixels, at most 10000"),
    ],
)
def test_what_cannot_be_a_reference_is_named_with_its_place(data: bytes, must: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        reference_of(data, "references[3]", LIMITS)
    assert [(one.field, one.message) for one in refused.value.fields] == [("references[3]", must)]


def test_only_the_transparency_of_a_mask_is_sent() -> None:
    mask = painted().convert("RGBA")
    mask.paste((1, 2, 3, 0), (0, 0, 10, 10))
    of = Reference(width=60, height=40)
    found = opened(mask_of(file_of(mask), "mask", of, LIMITS))
    assert found.getpixel((5, 5)) == (0, 0, 0, 0)
    assert found.getpixel((30, 30)) == (0, 0, 0, 255)


@pytest.mark.parametrize(
    ("mask", "must"),
    [
        (Image.new("RGBA", (40, 60)), "must be 60x40 pixels, like the first reference"),
        (painted(), "must be fully transparent where the picture is to be painted anew"),
    ],
)
def test_a_mask_that_masks_nothing_is_refused(mask: Image.Image, must: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        mask_of(file_of(mask), "mask", Reference(width=60, height=40), LIMITS)
    assert [one.message for one in refused.value.fields] == [must]


@pytest.mark.parametrize(
    ("size", "shape", "box"),
    [
        (Shape(width=64, height=128), Shape(width=9, height=18), (0, 32, 64, 96)),
        (Shape(width=128, height=64), Shape(width=2, height=1), (32, 0, 96, 64)),
        # A model that has no such shape: the picture stays inside what will be cut from it.
        (Shape(width=96, height=96), Shape(width=96, height=24), (36, 36, 60, 60)),
    ],
)
def test_the_margins_of_an_extended_picture_are_masked_and_the_picture_is_kept(
    size: Shape, shape: Shape, box: tuple[int, int, int, int]
) -> None:
    red = Image.new("RGB", (50, 50), (200, 10, 10))
    picture = Reference(data=file_of(red), content_type="image/png", width=50, height=50)
    canvas, mask = extended(picture, size, shape)
    assert opened(canvas).size == opened(mask).size == (size.width, size.height)
    alpha = opened(mask).getchannel("A")
    kept = alpha.getbbox()
    assert kept is not None
    assert all(abs(edge - wanted) <= 1 for edge, wanted in zip(kept, box, strict=True))
    middle = (size.width // 2, size.height // 2)
    assert opened(canvas).getpixel(middle) == (200, 10, 10)
    assert alpha.getpixel(middle) == 255
