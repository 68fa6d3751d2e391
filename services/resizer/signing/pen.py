"""Writes signed manifests into files, by means of the C2PA SDK."""

import json
from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any

import c2pa

from services.resizer.signing.identity import Identity
from services.resizer.signing.statement import PARENT

_SETTINGS = {
    # A manifest may name addresses to fetch. Nothing that a file says is ever fetched. What was
    # signed is verified, which takes a millisecond: a stamp that does not fit spoils a manifest.
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_after_sign": True},
    # They would cost up to a megabyte.
    "builder": {"thumbnail": {"enabled": False}},
}

_MAX_PARENT_BYTES = 128 * 1024
"""Of a master's own manifest: it goes into every rendition. OpenAI's have about 20 kB."""


_PARENT = {"title": PARENT, "label": PARENT, "relationship": "parentOf"}


class CannotSign(Exception):
    """The SDK refused; the message is for the log."""


class Pen:
    """Signs as `identity`, for any number of threads; asks `authority`, an address, for stamps."""

    def __init__(self, identity: Identity, authority: str = "") -> None:
        self._context = c2pa.Context.from_dict(_SETTINGS)
        info = c2pa.C2paSignerInfo(
            identity.algorithm, identity.chain, identity.key, authority or None
        )
        try:
            self._signer = c2pa.Signer.from_info(info)
            self.reserved_bytes = self._signer.reserve_size()
        except c2pa.C2paError as error:
            raise CannotSign(str(error)) from error

    def parent(self, data: bytes, content_type: str) -> bytes:
        """Return a file as a parent for `sign`, with its own manifest and how that was validated.

        Raises CannotSign for a manifest that is too long or cannot be read.
        """
        try:
            with c2pa.Builder({}, self._context) as builder:
                builder.add_ingredient(_PARENT, content_type, BytesIO(data))
                archive = _archived(builder)
        except c2pa.C2paError as error:
            raise CannotSign(str(error)) from error
        if len(archive) > _MAX_PARENT_BYTES:
            raise CannotSign(f"the manifest has {len(archive)} bytes")
        return archive

    def bare_parent(self, content_type: str) -> bytes:
        """Return a parent of which nothing but its format is told. Raises CannotSign."""
        facts = {**_PARENT, "format": content_type}
        try:
            with c2pa.Builder({"ingredients": [facts]}, self._context) as builder:
                return _archived(builder)
        except c2pa.C2paError as error:
            raise CannotSign(str(error)) from error

    def sign(
        self,
        data: bytes,
        content_type: str,
        definition: Mapping[str, Any],
        actions: Iterable[Mapping[str, Any]],
        parent: bytes,
    ) -> bytes:
        """Return the file with a manifest. Takes CPU, and waits for the authority if there is one.

        Raises CannotSign.
        """
        signed = BytesIO()
        try:
            with c2pa.Builder(json.dumps(definition), self._context) as builder:
                builder.add_ingredient_from_archive(BytesIO(parent))
                for action in actions:
                    builder.add_action(json.dumps(action))
                builder.sign(self._signer, content_type, BytesIO(data), signed)
        except c2pa.C2paError as error:
            raise CannotSign(str(error)) from error
        return signed.getvalue()


def _archived(builder: c2pa.Builder) -> bytes:
    archive = BytesIO()
    builder.write_ingredient_archive(PARENT, archive)
    return archive.getvalue()
