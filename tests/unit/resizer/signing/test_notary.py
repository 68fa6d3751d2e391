import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from PIL import Image

from services.common.errors import SigningUnavailable
from services.common.refusal import CannotStart
from services.common.settings import SettingsError, load
from services.resizer.crop import Size
from services.resizer.origin import Origin
from services.resizer.settings import ResizerSettings
from services.resizer.signing.notary import open_notary
from services.resizer.signing.statement import Cutting, MasterFacts
from tests.credentials import active, manifests
from tests.unit.resizer.pictures import saved
from tests.unit.resizer.signing.identities import settings

SIZE = Size(width=20, height=10)
PICTURE = saved(Image.new("RGB", (20, 10)), "JPEG")
SOURCE = MasterFacts(origin=Origin(), content_type="image/jpeg", size=SIZE)
CUTTING = Cutting(title="a", box=SIZE.whole, scaled=SIZE, content_type="image/jpeg")
NOW = datetime.now(UTC)


def pem(key: Any, passphrase: bytes = b"") -> str:
    wrapping = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    text: str = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, wrapping).decode()
    return text


def backwards(file: Path) -> None:
    end = "-----END CERTIFICATE-----\n"
    file.write_text("".join(f"{one}{end}" for one in file.read_text().split(end)[-2::-1]))


def start(given: ResizerSettings) -> None:
    with open_notary(given, 1):
        pass


def key_file(given: ResizerSettings) -> Path:
    assert given.key_file
    return given.key_file


def chain_file(given: ResizerSettings) -> Path:
    assert given.certificate_file
    return given.certificate_file


WRONG: dict[str, tuple[Callable[[ResizerSettings], object], str]] = {
    "no certificate": (lambda s: chain_file(s).unlink(), "C2PA_CERTIFICATE_FILE cannot be read"),
    "no key": (lambda s: key_file(s).unlink(), "C2PA_KEY_FILE cannot be read"),
    "no PEM": (lambda s: chain_file(s).write_text("?"), "C2PA_CERTIFICATE_FILE must hold PEM"),
    "no key in PEM": (lambda s: key_file(s).write_text("?"), "C2PA_KEY_FILE must hold a PEM"),
    "a passphrase": (
        lambda s: key_file(s).write_text(pem(ec.generate_private_key(ec.SECP256R1()), b"word")),
        "without a passphrase",
    ),
    "another's key": (
        lambda s: key_file(s).write_text(pem(ec.generate_private_key(ec.SECP256R1()))),
        "C2PA_KEY_FILE is not the key of the first certificate",
    ),
    "another kind of key": (
        lambda s: key_file(s).write_text(pem(rsa.generate_private_key(65537, 2048))),
        "C2PA_ALGORITHM must be ps256 or ps384 or ps512 for this key, got es256",
    ),
    "a short key": (
        lambda s: key_file(s).write_text(pem(rsa.generate_private_key(65537, 1024))),  # noqa: S505
        "RSA of 2,048 bits",
    ),
    "the authority first": (
        lambda s: backwards(chain_file(s)),
        "must list each certificate before its issuer's",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_files_that_do_not_fit_stop_the_start_by_name(tmp_path: Path, case: str) -> None:
    spoil, words = WRONG[case]
    given = settings(tmp_path)
    spoil(given)
    with pytest.raises(CannotStart, match=words):
        start(given)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (NOW - timedelta(days=3651), "expired on"),
        (NOW + timedelta(days=2), "is not valid before"),
    ],
)
def test_a_certificate_that_is_not_valid_now_stops_the_start(
    tmp_path: Path, made: datetime, words: str
) -> None:
    with pytest.raises(CannotStart, match=words):
        start(settings(tmp_path, made))


def test_production_takes_no_test_certificate(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="test certificate"):
        start(settings(tmp_path, environment="production"))


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"C2PA": "required"}, "C2PA=required needs C2PA_CERTIFICATE_FILE and C2PA_KEY_FILE"),
        ({"C2PA_KEY_FILE": "key.pem"}, "C2PA_CERTIFICATE_FILE is missing"),
        ({"C2PA_CERTIFICATE_FILE": "chain.pem"}, "C2PA_KEY_FILE is missing"),
        ({"C2PA_TIMESTAMP_URL": "http://tsa.test"}, "C2PA_TIMESTAMP_URL needs"),
        ({"C2PA_TIMESTAMP_URL": "tsa.test"}, "must begin with http"),
        ({"C2PA_TIMESTAMP_SECONDS": "0"}, "must be positive"),
        ({"C2PA_ALGORITHM": "rs256"}, "must be one of es256"),
        ({"C2PA": "maybe"}, "must be one of optional, required"),
    ],
)
def test_settings_that_do_not_fit_each_other_are_refused(
    environ: dict[str, str], words: str
) -> None:
    with pytest.raises(SettingsError, match=words):
        load(ResizerSettings, environ)


def test_without_a_certificate_it_starts_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    with open_notary(ResizerSettings(environment="production"), 1) as notary:
        assert notary is None
    assert "Renditions are not signed" in caplog.text


def test_empty_files_count_as_none(tmp_path: Path) -> None:
    given = settings(tmp_path)
    chain_file(given).write_text("")
    key_file(given).write_text("")
    with open_notary(given, 1) as notary:
        assert notary is None
    with pytest.raises(CannotStart, match="C2PA=required"):
        start(replace(given, signing="required"))


def test_one_empty_file_is_a_mistake(tmp_path: Path) -> None:
    given = settings(tmp_path)
    key_file(given).write_text("")
    with pytest.raises(CannotStart, match="C2PA_KEY_FILE must hold"):
        start(given)


def test_a_certificate_that_ends_soon_is_mentioned(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    start(settings(tmp_path, NOW - timedelta(days=3640)))
    assert [one.levelno for one in caplog.records] == [logging.WARNING]


def test_renewed_files_are_taken_and_wrong_ones_are_not(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    given = settings(tmp_path)
    with open_notary(given, 1) as notary:
        assert notary

        def serial() -> str:
            seal = notary.open(PICTURE, SOURCE)
            assert seal
            signed = seal.sign(PICTURE, CUTTING)
            assert signed
            number: str = active(manifests(signed, "image/jpeg"))["signature_info"][
                "cert_serial_number"
            ]
            return number

        first = serial()
        settings(tmp_path)
        second = serial()
        assert second != first
        key_file(given).write_text("?")
        assert serial() == serial() == second
        assert caplog.text.count("the previous certificate stays in use") == 1


@pytest.mark.parametrize("signing", ["optional", "required"])
def test_a_certificate_that_expires_while_it_is_used_signs_nothing_more(
    tmp_path: Path, signing: str
) -> None:
    given = settings(tmp_path, signing=signing)
    clock = [NOW]
    with open_notary(given, 1, lambda: clock[0]) as notary:
        assert notary
        clock[0] += timedelta(days=3651)
        if signing == "required":
            with pytest.raises(SigningUnavailable):
                notary.open(PICTURE, SOURCE)
        else:
            assert notary.open(PICTURE, SOURCE) is None


@pytest.mark.parametrize("signing", ["optional", "required"])
def test_a_file_that_the_sdk_refuses_to_sign_stays_unsigned_or_is_refused_for_now(
    tmp_path: Path, signing: str
) -> None:
    with open_notary(settings(tmp_path, signing=signing), 1) as notary:
        assert notary
        seal = notary.open(PICTURE, SOURCE)
        assert seal
        if signing == "required":
            with pytest.raises(SigningUnavailable) as refused:
                seal.sign(b"no picture", CUTTING)
            assert refused.value.retryable
        else:
            assert seal.sign(b"no picture", CUTTING) is None
        assert seal.sign(PICTURE, CUTTING)


def test_nobody_else_may_read_the_key_of_a_local_stack(tmp_path: Path) -> None:
    assert key_file(settings(tmp_path)).stat().st_mode & 0o077 == 0
