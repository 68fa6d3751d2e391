"""The gateway does not start with settings that would leave a door open."""

import json
from pathlib import Path

import pytest

from services.common.settings import SettingsError, load
from services.gateway.access.api_keys import new_key
from services.gateway.settings import GatewaySettings

SECRET = "x" * 32
GOOD = {"JWT_SECRET": SECRET}
PRODUCTION = {"SNAPASSET_ENV": "production", "JWT_ISSUER": "issuer"}
_, STORED = new_key("importer", ["jobs"])


@pytest.mark.parametrize(
    ("environ", "mistakes"),
    [
        ({}, ["JWT_SECRET or JWT_JWKS_URL must be set"]),
        ({"JWT_SECRET": "short"}, ["JWT_SECRET must have at least 32 bytes"]),
        ({**GOOD, "JWT_SECRET_PREVIOUS": "short"}, ["JWT_SECRET_PREVIOUS must have at least 32"]),
        ({"JWT_JWKS_URL": "https://a/keys"}, ["STREAM_TICKET_SECRET must be set"]),
        ({**GOOD, "JWT_JWKS_URL": "file:///etc/passwd"}, ["JWT_JWKS_URL must begin with https"]),
        (
            {**GOOD, **PRODUCTION, "JWT_ISSUER": "", "JWT_JWKS_URL": "http://a/keys"},
            ["JWT_ISSUER must be set in production", "JWT_JWKS_URL must begin with https"],
        ),
        ({**GOOD, **PRODUCTION, "LOCAL_SIGN_IN": "true"}, ["LOCAL_SIGN_IN must not be set in"]),
        (
            {"JWT_JWKS_URL": "https://a/keys", "LOCAL_SIGN_IN": "1"},
            ["LOCAL_SIGN_IN needs JWT_SECRET", "STREAM_TICKET_SECRET must be set"],
        ),
        ({**GOOD, "RATE_LIMIT_JOBS": "many"}, ["RATE_LIMIT_JOBS must be one policy"]),
        ({**GOOD, "RATE_LIMIT_JOBS": "1/day, 2/hour"}, ["RATE_LIMIT_JOBS must be one policy"]),
        ({**GOOD, "RATE_LIMIT_JOBS": "5/fortnight"}, ["RATE_LIMIT_JOBS must be one policy"]),
        ({**GOOD, "RATE_LIMIT_REQUESTS": "0/hour"}, ["RATE_LIMIT_REQUESTS must allow at least"]),
        ({**GOOD, "TRUSTED_PROXIES": "10.0.0.1/8"}, ["TRUSTED_PROXIES must be networks"]),
        ({**GOOD, "GATEWAY_API_KEYS": "importer"}, ["GATEWAY_API_KEYS"]),
        ({**GOOD, "GATEWAY_API_KEYS": f"{STORED.line},{STORED.line}"}, ["the same name"]),
        ({**GOOD, "GATEWAY_API_KEYS_FILE": "/nowhere"}, ["GATEWAY_API_KEYS_FILE"]),
        (
            {"JOBS_IN_FLIGHT_PER_OWNER": "0", "QUEUE_MAX_WAITING": "many"},
            ["JOBS_IN_FLIGHT_PER_OWNER must be", "QUEUE_MAX_WAITING must be", "JWT_SECRET or"],
        ),
    ],
)
def test_every_mistake_is_named(environ: dict[str, str], mistakes: list[str]) -> None:
    with pytest.raises(SettingsError) as error:
        load(GatewaySettings, environ)
    assert str(error.value).count(";") == len(mistakes) - 1
    assert all(mistake in str(error.value) for mistake in mistakes)
    assert "short" not in str(error.value)


def test_keys_and_file_are_both_read(tmp_path: Path) -> None:
    _, filed = new_key("sweeper", ["admin"])
    row = {"name": filed.name, "sha256": filed.sha256, "scopes": ["admin"]}
    file = tmp_path / "keys.json"
    file.write_text(json.dumps([row]))
    environ = {"GATEWAY_API_KEYS": STORED.line, "GATEWAY_API_KEYS_FILE": str(file)}
    assert load(GatewaySettings, {**GOOD, **environ}).api_keys() == [STORED, filed]


@pytest.mark.parametrize(
    ("environ", "demanded"),
    [({}, False), ({"STREAM_REQUIRES_TICKET": "true"}, True), (PRODUCTION, True)],
)
def test_tickets_are_demanded_in_production(environ: dict[str, str], demanded: bool) -> None:
    assert load(GatewaySettings, {**GOOD, **environ}).stream_requires_ticket is demanded


def test_tickets_survive_the_rotation_of_the_secret() -> None:
    environ = {"JWT_SECRET": SECRET, "JWT_SECRET_PREVIOUS": "y" * 32}
    assert load(GatewaySettings, environ).ticket_secrets == [SECRET, "y" * 32]
    environ["STREAM_TICKET_SECRET"] = "z" * 32
    assert load(GatewaySettings, environ).ticket_secrets == ["z" * 32]
