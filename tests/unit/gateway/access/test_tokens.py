"""A token counts only if the right key has signed it by the right algorithm, for us, in time."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from services.common.errors import Unauthorized
from services.gateway.access.caller import Caller, Scope
from services.gateway.access.tokens import MAX_TOKEN_BYTES, TokenVerifier
from tests.eventually import eventually
from tests.servers.jwks import public
from tests.unit.gateway.access.auth_keys import ec_key, rsa_key

NEW, OLD = "a-new-secret-that-is-long-enough-1", "an-old-secret-that-is-long-enough-2"
NOW = int(time.time())
CLAIMS = {"iss": "issuer", "aud": "authenticated", "sub": "alice", "exp": NOW + 600}
ALICE = Caller(owner="alice")
RSA_PEM = rsa_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
EC_PEM = ec_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


class Keys:
    """A KeySource with two keys."""

    async def find(self, kid: str) -> jwt.PyJWK | None:
        """Return the key, None when there is none."""
        known = {
            "rsa": jwt.PyJWK(public(rsa_key(), "rsa"), "RS256"),
            "ec": jwt.PyJWK(public(ec_key(), "ec"), "ES256"),
        }
        return known.get(kid)


VERIFIER = TokenVerifier(secrets=[NEW, OLD], keys=Keys(), issuer="issuer", audience="authenticated")


def signed(claims: dict[str, Any] = CLAIMS, secret: str = NEW, **header: Any) -> str:
    return jwt.encode(claims, secret, "HS256", headers=header)


def by_key(kid: Any = "rsa", key: Any = None, algorithm: str = "RS256", **header: Any) -> str:
    named = {} if kid is None else {"kid": kid}
    return jwt.encode(CLAIMS, key or rsa_key(), algorithm, headers={**named, **header})


def raw(
    header: dict[str, Any] | bytes, signature: bytes = b"", secret: bytes = b"", **claims: Any
) -> str:
    """Return a token that no library would write; signed by HMAC if there is a secret."""
    head = header if isinstance(header, bytes) else json.dumps(header).encode()
    text = f"{encoded(head)}.{encoded(json.dumps(but(**claims)).encode())}"
    if secret:
        signature = hmac.digest(secret, text.encode(), hashlib.sha256)
    return f"{text}.{encoded(signature)}"


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def but(**claims: Any) -> dict[str, Any]:
    merged = {**CLAIMS, **claims}
    return {name: value for name, value in merged.items() if value is not None}


GOOD: dict[str, Callable[[], str]] = {
    "HS256": lambda: signed(),
    "HS256 by the secret before": lambda: signed(secret=OLD),
    "RS256": lambda: by_key(),
    "ES256": lambda: by_key("ec", ec_key(), "ES256"),
    "audience in a list": lambda: signed(but(aud=["other", "authenticated"])),
    "expired within the leeway": lambda: signed(but(exp=int(time.time()) - 10)),
    "not yet valid within the leeway": lambda: signed(but(nbf=int(time.time()) + 10)),
    "a kid on HS256": lambda: signed(kid="whatever"),
    "user_metadata grants nothing": lambda: signed(but(user_metadata={"role": "admin"})),
    "another role": lambda: signed(but(role="service_role")),
    "app_metadata of another type": lambda: signed(but(app_metadata=["admin"])),
    "unhashable role": lambda: signed(but(role=["admin"], app_metadata={"role": {"admin": 1}})),
}

BAD = {
    "empty": "",
    "no token": "a.b.c",
    "alg none": raw({"alg": "none"}),
    "alg None": raw({"alg": "None"}),
    "no alg": raw({"typ": "JWT"}),
    "alg of another type": raw({"alg": ["HS256"]}),
    "header of another type": raw(b"[]"),
    "deep header": raw(b"[" * 5000),
    "alg none, signed": raw({"alg": "none"}, secret=NEW.encode()),
    "HS256 without a signature": raw({"alg": "HS256"}),
    "HS512": jwt.encode(CLAIMS, NEW * 2, "HS512"),
    "another secret": signed(secret="a-third-secret-that-is-long-enough"),
    "empty secret": raw({"alg": "HS256"}, signature=hmac.digest(b"", b"", "sha256")),
    "the RSA public key as secret": raw({"alg": "HS256", "kid": "rsa"}, secret=RSA_PEM),
    "the EC public key as secret": raw({"alg": "HS256", "kid": "ec"}, secret=EC_PEM),
    "the public key as secret, as RS256": raw({"alg": "RS256", "kid": "rsa"}, secret=RSA_PEM),
    "the secret as RS256": raw({"alg": "RS256", "kid": "rsa"}, secret=NEW.encode()),
    "RSA key as ES256": raw({"alg": "ES256", "kid": "rsa"}, signature=b"\0" * 64),
    "EC signature of zeros": raw({"alg": "ES256", "kid": "ec"}, signature=b"\0" * 64),
    "PS256 by the right key": by_key(algorithm="PS256"),
    "RS512 by the right key": by_key(algorithm="RS512"),
    "another RSA key": by_key(key=rsa_key(1)),
    "another EC key": by_key("ec", ec_key(1), "ES256"),
    "no kid": by_key(None),
    "kid of another type": raw({"alg": "RS256", "kid": 1}, signature=b"\0" * 256),
    "unknown kid": by_key("other"),
    "kid that is a path": by_key("../../../../dev/null"),
    "kid that is an address": by_key("http://127.0.0.1/keys"),
    "kid that is a query": by_key("rsa' OR '1'='1"),
    "kid that is a command": by_key("rsa; ls"),
    "empty kid": by_key(""),
    "huge kid": by_key("rsa" * 1000),
    "own key in jwk": by_key("mine", rsa_key(1), jwk=public(rsa_key(1), "mine")),
    "own key behind jku": by_key("mine", rsa_key(1), jku="http://127.0.0.1:1/keys"),
    "own key behind x5u": by_key("mine", rsa_key(1), x5u="http://127.0.0.1:1/cert"),
    "known kid, own jwk": by_key("rsa", rsa_key(1), jwk=public(rsa_key(1), "rsa")),
    "unknown crit": raw({"alg": "HS256", "crit": ["exp2"], "exp2": 1}, secret=NEW.encode()),
    "wrong issuer": signed(but(iss="mallory")),
    "no issuer": signed(but(iss=None)),
    "issuer in a list": raw({"alg": "HS256"}, secret=NEW.encode(), iss=["issuer"]),
    "wrong audience": signed(but(aud="anon")),
    "no audience": signed(but(aud=None)),
    "expired": signed(but(exp=NOW - 60)),
    "no expiry": signed(but(exp=None)),
    "expiry that is no number": signed(but(exp="tomorrow")),
    "endless expiry": signed(but(exp=float("inf"))),
    "not yet valid": signed(but(nbf=NOW + 600)),
    "issued in the future": signed(but(iat=NOW + 600)),
    "no sub": signed(but(sub=None)),
    "empty sub": signed(but(sub="")),
    **{
        f"sub of type {type(sub)}": raw({"alg": "HS256"}, secret=NEW.encode(), sub=sub)
        for sub in (1, 1.5, True, ["alice"], {"id": "alice"})
    },
    "sub that is a path": signed(but(sub="../alice")),
    "sub with a newline": signed(but(sub="alice\n")),
    "long sub": signed(but(sub="a" * 129)),
    "huge": signed(but(padding="x" * MAX_TOKEN_BYTES)),
}


@pytest.mark.parametrize("name", GOOD)
async def test_good_token_names_its_user(name: str) -> None:
    assert await VERIFIER.verify(GOOD[name]()) == ALICE


@pytest.mark.parametrize("name", BAD)
async def test_bad_token_is_refused(name: str) -> None:
    with pytest.raises(Unauthorized):
        await VERIFIER.verify(BAD[name])


@pytest.mark.parametrize("claims", [{"role": "admin"}, {"app_metadata": {"role": "admin"}}])
async def test_issuer_makes_administrators(claims: dict[str, Any]) -> None:
    known = await VERIFIER.verify(signed(but(**claims)))
    assert known.scopes == {Scope.JOBS, Scope.ADMIN}


async def test_without_secrets_no_shared_secret_is_right() -> None:
    verifier = TokenVerifier(secrets=[], keys=Keys(), issuer="", audience="authenticated")
    with pytest.raises(Unauthorized):
        await verifier.verify(signed())
    assert await verifier.verify(by_key()) == ALICE


async def test_a_token_that_is_remembered_still_expires() -> None:
    token = signed(but(exp=int(time.time()) - 28))  # within the leeway of 30 s
    assert await VERIFIER.verify(token) == ALICE

    async def refused() -> bool:
        try:
            return not await VERIFIER.verify(token)
        except Unauthorized:
            return True

    await eventually(refused, 6)  # it would be remembered for 10 s


async def test_text_that_is_no_unicode_is_no_token() -> None:
    with pytest.raises(Unauthorized):
        await VERIFIER.verify("\ud800.\udfff.x")
