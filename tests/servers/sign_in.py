"""A certified OpenID Connect provider, and a person who signs in there with a browser."""

import base64
import hashlib
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx2

FOLDER = Path(__file__).parent / "oidc"
PAGE, BACK = "page", "http://127.0.0.1/back"
"""The client that provider.js knows, and where it returns to."""

_MOST_PAGES = 10


class NoProvider(Exception):
    """It cannot run here; the message says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tokens:
    """What the page gets when a person has signed in, and where the keys are."""

    access: str
    identity: str
    jwks_url: str


@contextmanager
def running_provider(audience: str) -> Iterator[str]:
    """Run the provider for the length of the block; gives its issuer. Raises NoProvider."""
    if not (FOLDER / "node_modules").is_dir() or not shutil.which("node"):
        raise NoProvider("Node or its npm packages are missing")
    command = ["node", str(FOLDER / "provider.js"), audience]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def sign_in(issuer: str, name: str) -> Tokens:
    """Sign a person in by the authorization code flow with PKCE, page by page."""
    verifier = secrets.token_urlsafe(32)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
    with httpx2.Client(timeout=30) as browser:
        found = browser.get(f"{issuer}/.well-known/openid-configuration").json()
        asked = {
            "client_id": PAGE,
            "response_type": "code",
            "scope": "openid",
            "redirect_uri": BACK,
            "code_challenge": challenge.rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        answer = browser.get(found["authorization_endpoint"], params=asked)
        code = _code(browser, answer, {"login": name, "password": "any"})
        given = {
            "client_id": PAGE,
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": verifier,
            "redirect_uri": BACK,
        }
        tokens = browser.post(found["token_endpoint"], data=given).json()
    return Tokens(
        access=tokens["access_token"], identity=tokens["id_token"], jwks_url=found["jwks_uri"]
    )


def _code(browser: httpx2.Client, answer: httpx2.Response, typed: dict[str, str]) -> str:
    """Fill in every form on the way back to the page; returns the code that it is given."""
    for _ in range(_MOST_PAGES):
        onwards = urljoin(str(answer.url), answer.headers.get("location", ""))
        if onwards.startswith(BACK):
            return parse_qs(urlsplit(onwards).query)["code"][0]
        if answer.is_redirect:
            answer = browser.get(onwards)
            continue
        hidden = dict(re.findall(r'name="(\w+)" value="(\w*)"', answer.text))
        (action,) = re.findall(r'<form[^>]* action="([^"]+)"', answer.text)
        answer = browser.post(urljoin(str(answer.url), action), data={**hidden, **typed})
    raise AssertionError(f"there is no end to the pages: {answer.text}")
