"""The plan names every process and honours what is set."""

import stat
from collections.abc import Mapping
from pathlib import Path

import jwt
import pytest

from deploy.envoy.settings import EnvoySettings
from deploy.local.plan import Plan, open_plan
from deploy.local.redis_server import find_redis
from deploy.local.secret import ISSUER, local_secret
from services.common.settings import SettingsError, load
from services.gateway.access.issuing import AUDIENCE, make_token
from services.gateway.settings import GatewaySettings
from services.generator.settings import GeneratorSettings

EVERY = ["redis", "storage", "generator", "resizer", "gateway", "worker", "envoy", "image-api"]


def make_plan(folder: Path, environ: Mapping[str, str], port: int) -> Plan:
    with open_plan(folder, environ, port) as plan:
        return plan


def test_everything_runs_when_nothing_is_set(tmp_path: Path) -> None:
    plan = make_plan(tmp_path, {}, port=0)
    assert list(plan.parts) == EVERY
    assert plan.environ["OPENAI_BASE_URL"].endswith(f":{plan.environ['STANDIN_PORT']}/v1")
    assert plan.environ["PUBLIC_URL"] == f"http://localhost:{plan.environ['ENVOY_PORT']}"


def test_more_gateways_stand_behind_envoy(tmp_path: Path) -> None:
    plan = make_plan(tmp_path, {"GATEWAYS": "3"}, port=0)
    assert list(plan.parts) == [*EVERY, "gateway-2", "gateway-3"]
    ports = [plan.environ[name] for name in ("GATEWAY_2_PORT", "GATEWAY_3_PORT")]
    assert plan.parts["gateway-2"].environ["GATEWAY_PORT"] == ports[0]
    assert plan.environ["ENVOY_MORE_GATEWAYS"] == ",".join(f"127.0.0.1:{port}" for port in ports)
    with pytest.raises(SettingsError, match="GATEWAYS"):
        make_plan(tmp_path, {"GATEWAYS": "0"}, port=0)


def test_no_process_is_told_the_secret_of_another(tmp_path: Path) -> None:
    plan = make_plan(tmp_path, {"GATEWAYS": "2"}, port=0)
    readers = {
        "JWT_SECRET": {"gateway", "gateway-2"},
        "REDIS_PASSWORD": {"redis"},
        "OPENAI_API_KEY": {"generator"},
    }
    for secret, known in readers.items():
        assert {name for name, part in plan.parts.items() if secret in part.environ} == known


def test_stand_in_stays_out_when_there_is_a_key(tmp_path: Path) -> None:
    plan = make_plan(tmp_path, {"OPENAI_API_KEY": "sk-1"}, port=0)
    assert "image-api" not in plan.parts
    assert plan.environ["OPENAI_API_KEY"] == "sk-1"
    assert "OPENAI_BASE_URL" not in plan.environ


def test_a_key_in_a_file_is_a_key(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("sk-1")
    plan = make_plan(tmp_path, {"OPENAI_API_KEY_FILE": str(file)}, port=0)
    assert "image-api" not in plan.parts
    assert load(GeneratorSettings, plan.environ).api_key == "sk-1"


def test_redis_of_the_user_is_used(tmp_path: Path) -> None:
    plan = make_plan(tmp_path, {"REDIS_URL": "redis://elsewhere:6379/3"}, port=0)
    assert "redis" not in plan.parts
    assert plan.environ["REDIS_URL"] == "redis://elsewhere:6379/3"


def test_redis_and_secret_of_the_user_may_lie_in_files(tmp_path: Path) -> None:
    given = {"REDIS_URL": "redis://elsewhere:6379/3", "JWT_SECRET": "s" * 40}
    for name, text in given.items():
        (tmp_path / name).write_text(f"{text}\n")
    plan = make_plan(tmp_path, {f"{name}_FILE": str(tmp_path / name) for name in given}, port=0)
    assert "redis" not in plan.parts
    settings = load(GatewaySettings, plan.parts["gateway"].environ)
    assert settings.redis_url == given["REDIS_URL"]
    assert settings.jwt_secret == plan.environ["JWT_SECRET"] == given["JWT_SECRET"]
    with pytest.raises(SettingsError, match="JWT_SECRET and JWT_SECRET_FILE are both set"):
        make_plan(tmp_path, {"JWT_SECRET": "s", "JWT_SECRET_FILE": "/nowhere"}, port=0)


def test_wrong_setting_of_envoy_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="ENVOY_MAX_STREAMS must be positive"):
        make_plan(tmp_path, {"ENVOY_MAX_STREAMS": "0"}, port=0)


def test_redis_of_the_wheel_is_found_without_a_path() -> None:
    assert find_redis({"PATH": "/nowhere"}).endswith("valkey-server")


def test_secret_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    secret = local_secret(tmp_path / "var", {})
    assert len(secret) >= 32
    assert local_secret(tmp_path / "var", {}) == secret
    assert stat.S_IMODE((tmp_path / "var" / "secret").stat().st_mode) == 0o600
    assert local_secret(tmp_path / "var", {"JWT_SECRET": "mine"}) == "mine"


def test_token_says_who_and_for_how_long() -> None:
    secret = "s" * 32
    token = make_token(secret, issuer=ISSUER, user_id="user-123", role="admin")
    claims = jwt.decode(token, secret, ["HS256"], audience=AUDIENCE, issuer=ISSUER)
    assert (claims["sub"], claims["role"]) == ("user-123", "admin")
    assert claims["exp"] - claims["iat"] == 24 * 3600


@pytest.mark.parametrize(("host", "expected"), [("127.0.0.1", "true"), ("0.0.0.0", "false")])  # noqa: S104
def test_the_studio_signs_in_by_itself_only_where_nobody_else_reaches_the_port(
    tmp_path: Path, host: str, expected: str
) -> None:
    environ = make_plan(tmp_path, {"ENVOY_HOST": host}, 0).environ
    assert environ["LOCAL_SIGN_IN"] == expected


def test_no_process_is_told_a_secret_of_another(tmp_path: Path) -> None:
    plan = make_plan(tmp_path, {"STREAM_TICKET_SECRET": "t" * 32, "S3_SECRET_KEY": "s"}, 0)
    readers = {
        "JWT_SECRET": {"gateway"},
        "STREAM_TICKET_SECRET": {"gateway"},
        "OPENAI_API_KEY": {"generator"},
        "REDIS_PASSWORD": {"redis"},
        "REDIS_URL": {"gateway", "worker"},
        "S3_SECRET_KEY": {"storage"},
    }
    for secret, kinds in readers.items():
        assert {name for name, part in plan.parts.items() if secret in part.environ} == kinds


def test_proxies_are_for_others(tmp_path: Path) -> None:
    plan = make_plan(tmp_path, {"https_proxy": "http://proxy:1", "NO_PROXY": "intern"}, 0)
    for part in plan.parts.values():
        assert part.environ["https_proxy"] == "http://proxy:1"
        assert part.environ["no_proxy"] == "intern,localhost,127.0.0.1,::1"


def test_only_the_public_port_is_opened_to_others(tmp_path: Path) -> None:
    environ = make_plan(tmp_path, {"ENVOY_HOST": "0.0.0.0"}, 0).parts["envoy"].environ  # noqa: S104
    assert load(EnvoySettings, environ).metrics_host == "127.0.0.1"


def test_everything_is_closed_to_others(tmp_path: Path) -> None:
    make_plan(tmp_path / "var", {}, 0)
    modes = {stat.S_IMODE(file.stat().st_mode) & 0o077 for file in (tmp_path / "var").rglob("*")}
    assert modes == {0}
