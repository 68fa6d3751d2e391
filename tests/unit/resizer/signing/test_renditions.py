"""What the SDK's own reader finds in renditions."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from services.common.pictures.opening import content_type_of
from services.common.version import VERSION
from services.resizer.attention import Attention
from services.resizer.crop import Size
from services.resizer.encode import ENCODINGS
from services.resizer.order import Manner
from services.resizer.origin import Origin
from services.resizer.render import Master, RenderedFile, render
from services.resizer.signing.notary import Notary, open_notary
from services.resizer.signing.statement import MasterFacts
from tests.credentials import actions, active, manifests
from tests.unit.resizer.pictures import chunk, opened, positions, saved, target
from tests.unit.resizer.signing.identities import settings

MODEL = Origin(model="gpt-image-2.5-flare")
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
    assert opened_first["softwareAgent"]["name"] == MODEL.model
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


@pytest.mark.parametrize("manifest", [b"no manifest at all" * 4, bytes(2**18)])
def test_a_manifest_that_cannot_be_read_does_not_cost_the_rendition(
    notary: Notary, manifest: bytes
) -> None:
    plain = saved(photograph())
    broken = plain[:33] + chunk(b"caBX", manifest) + plain[33:]
    found = manifests(cut(notary, broken).data, "image/jpeg")
    assert found["validation_state"] == "Valid"
    assert [one["relationship"] for one in active(found)["ingredients"]] == ["parentOf"]


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
