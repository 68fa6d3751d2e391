"""What the SDK's own reader finds in renditions."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

from services.common.pictures.opening import content_type_of
from services.common.version import VERSION
from services.resizer.attention import Attention
from services.resizer.crop import Size
from services.resizer.decode import decode
from services.resizer.encode import ENCODINGS
from services.resizer.order import Manner
from services.resizer.origin import Origin
from services.resizer.render import Master, RenderedFile, render
from services.resizer.signing.notary import Notary, open_notary
from services.resizer.signing.statement import Cutting, MasterFacts
from tests.credentials import actions, active, manifests
from tests.unit.resizer.pictures import chunk, opened, positions, saved, target
from tests.unit.resizer.signing.identities import settings

MODEL = Origin(model="gpt-image-2.5-flare", provider="openai")
TRAINED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
SIZE = Size(width=300, height=200)
PNG = "image/png"
TEST_SIGNER = "SnapAsset test certificate, not for publication"


@pytest.fixture(scope="module")
def notary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Notary]:
    with open_notary(settings(tmp_path_factory.mktemp("pem"), signing="required"), 1) as opened:
        assert opened
        yield opened


def photograph() -> Image.Image:
    return Image.effect_noise((SIZE.width, SIZE.height), 60).convert("RGB")


def cut(
    notary: Notary,
    master: bytes,
    origin: Origin = MODEL,
    max_bytes: int | None = None,
    **manner: Any,
) -> RenderedFile:
    """Cut 100 x 100 pixels from a master."""
    pixels = opened(master).convert("RGB")
    size = Size(width=pixels.width, height=pixels.height)
    seal = notary.open(
        master, MasterFacts(origin=origin, content_type=content_type_of(master), size=size)
    )
    wanted = replace(target("post", 100, 100), max_bytes=max_bytes, manner=Manner(**manner))
    nothing = Attention(heat=np.zeros((8, 8)))
    return render(Master(pixels=pixels, attention=nothing, origin=origin, seal=seal), wanted)


@pytest.mark.parametrize("format", ENCODINGS)
def test_every_format_is_signed_and_says_what_was_done(notary: Notary, format: str) -> None:  # noqa: A002
    rendition = cut(notary, saved(photograph()), format=format, label="ai")
    found = manifests(rendition.data, rendition.content_type)
    assert (found["validation_state"], rendition.signed_by) == ("Valid", TEST_SIGNER)
    assert active(found)["signature_info"]["issuer"] == TEST_SIGNER
    generator = active(found)["claim_generator_info"][0]
    assert (generator["name"], generator["version"]) == ("SnapAsset", VERSION)
    assert "thumbnail" not in active(found)
    opened_first, cropped, resized, labelled, *converted = actions(found)
    assert opened_first["digitalSourceType"] == TRAINED
    assert opened_first["softwareAgent"] == {
        "name": MODEL.model,
        "schema.org.SoftwareApplication.provider": MODEL.provider,
    }
    assert cropped["parameters"] == {"x": 50, "y": 0, "width": 200, "height": 200}
    assert resized["parameters"] == {"width": 100, "height": 100}
    assert labelled["action"] == "c2pa.addedText"
    told = [one["parameters"] for one in converted]
    assert told == ([] if format == "png" else [{"from": PNG, "to": f"image/{format}"}])


@pytest.mark.parametrize("format", ENCODINGS)
def test_a_changed_byte_is_found(notary: Notary, format: str) -> None:  # noqa: A002
    rendition = cut(notary, saved(photograph()), format=format)
    changed = rendition.data.replace(b"AISystemUsed", b"AISystemUzed")
    assert manifests(changed, rendition.content_type)["validation_state"] == "Invalid"


def test_the_masters_own_manifest_is_kept_and_validated(notary: Notary) -> None:
    master = cut(notary, saved(photograph()), format="png").data
    found = manifests(cut(notary, master).data, "image/jpeg")
    [parent] = active(found)["ingredients"]
    assert parent["relationship"] == "parentOf"
    assert len(found["manifests"]) == 2
    codes = [one["code"] for one in parent["validation_results"]["activeManifest"]["success"]]
    assert "claimSignature.validated" in codes


def test_a_forged_manifest_of_a_master_is_called_one(notary: Notary) -> None:
    master = cut(notary, saved(photograph())).data
    forged = master.replace(MODEL.model.encode(), b"x" * len(MODEL.model))
    found = manifests(cut(notary, forged).data, "image/jpeg")
    [parent] = active(found)["ingredients"]
    failures = [one["code"] for one in parent["validation_results"]["activeManifest"]["failure"]]
    assert "assertion.hashedURI.mismatch" in failures
    assert found["validation_state"] == "Valid"


def test_no_address_in_a_master_is_ever_fetched(notary: Notary) -> None:
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        elsewhere.setblocking(False)
        address = f"http://127.0.0.1:{elsewhere.getsockname()[1]}/manifest.c2pa"
        master = elsewhere_described(saved(photograph(), "JPEG"), address)
        assert address.encode() in master
        assert active(manifests(cut(notary, master).data, "image/jpeg"))["ingredients"]
        with pytest.raises(BlockingIOError):
            elsewhere.accept()


def elsewhere_described(picture: bytes, address: str) -> bytes:
    """The picture with XMP that says where its manifest is (C2PA 2.2, section 11.5)."""
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        f'xmlns:dcterms="http://purl.org/dc/terms/" dcterms:provenance="{address}"/>'
        "</rdf:RDF></x:xmpmeta>"
    )
    return saved(opened(picture), "JPEG", xmp=packet.encode())


def with_manifest(picture: bytes, manifest: bytes) -> bytes:
    """The PNG with this manifest, whatever it is worth."""
    return picture[:33] + chunk(b"caBX", manifest) + picture[33:]


def manifest_of(notary: Notary) -> bytes:
    """A good manifest of another picture."""
    signed = cut(notary, saved(photograph()), format="png").data
    at = signed.index(b"caBX")
    return signed[at + 4 : at + 4 + int.from_bytes(signed[at - 4 : at])]


HOSTILE: dict[str, Callable[[bytes], bytes]] = {
    "no manifest": lambda _: b"no manifest at all" * 4,
    "zeros": lambda _: bytes(2**18),
    "cut short": lambda good: good[: len(good) // 2],
    "cut short by a byte": lambda good: good[:-1],
    "longer than it says": lambda good: good + good[:100],
    "boxes of no length": lambda good: good.replace(good[:4], bytes(4)),
    "boxes of the greatest length": lambda good: good.replace(good[:4], b"\xff" * 4),
    "ten megabytes": lambda good: good + bytes(10_000_000),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_manifest_does_not_cost_the_rendition(notary: Notary, case: str) -> None:
    broken = with_manifest(saved(photograph()), HOSTILE[case](manifest_of(notary)))
    decode(BytesIO(broken), SIZE.pixels, False)
    found = manifests(cut(notary, broken).data, "image/jpeg")
    assert found["validation_state"] == "Valid"
    assert [one["relationship"] for one in active(found)["ingredients"]] == ["parentOf"]


def test_a_manifest_that_is_its_own_parent_does_not_cost_the_rendition(notary: Notary) -> None:
    twice = cut(notary, cut(notary, saved(photograph())).data).data
    told = manifests(twice, "image/jpeg")
    child = told["active_manifest"]
    (parent,) = told["manifests"].keys() - {child}
    loop = twice.replace(f"/c2pa/{parent}".encode(), f"/c2pa/{child}".encode())
    assert loop != twice
    found = manifests(cut(notary, loop).data, "image/jpeg")
    assert found["validation_state"] == "Valid"


class Unsigning:
    """A seal that signs nothing, although it was opened."""

    name = "nobody"

    def added_bytes(self, file: bytes, cutting: Cutting) -> int:
        return 0

    def sign(self, file: bytes, cutting: Cutting) -> None:
        return None


@pytest.mark.parametrize("format", ENCODINGS)
def test_a_rendition_that_cannot_be_signed_says_by_its_xmp_what_made_it(format: str) -> None:  # noqa: A002
    nothing = Attention(heat=np.zeros((8, 8)))
    master = Master(pixels=photograph(), attention=nothing, origin=MODEL, seal=Unsigning())
    wanted = replace(target("post", 100, 100), manner=Manner(format=format))
    rendition = render(master, wanted)
    assert rendition.signed_by == ""
    assert TRAINED.encode() in rendition.data
    assert MODEL.model.encode() in rendition.data


@pytest.mark.parametrize(
    ("origin", "claimed"),
    [
        (Origin(), None),
        (Origin(composite=True), None),
        (MODEL, TRAINED),
        (replace(MODEL, composite=True), TRAINED.replace("trained", "compositeWithTrained")),
    ],
)
def test_nothing_is_claimed_that_is_not_so(
    notary: Notary, origin: Origin, claimed: str | None
) -> None:
    found = manifests(cut(notary, saved(photograph()), origin).data, "image/jpeg")
    first = actions(found)[0]
    assert first.get("digitalSourceType") == claimed
    assert ("softwareAgent" in first) is bool(claimed)


@pytest.mark.parametrize("format", ENCODINGS)
def test_the_platforms_ceiling_holds_after_signing(notary: Notary, format: str) -> None:  # noqa: A002
    master = saved(photograph())
    whole = len(cut(notary, master, format=format).data)
    least = len(cut(notary, master, max_bytes=1, format=format).data)
    ceiling = (whole + least) // 2
    assert len(cut(notary, master, max_bytes=ceiling, format=format).data) <= ceiling


def test_a_contained_master_is_said_to_be_on_a_background(notary: Notary) -> None:
    rendition = cut(notary, saved(positions(SIZE.width, SIZE.height)), fit="contain")
    _, resized, edited, _ = actions(manifests(rendition.data, "image/jpeg"))
    assert resized["parameters"] == {"width": 100, "height": 67}
    assert edited["parameters"] == {"width": 100, "height": 100}
