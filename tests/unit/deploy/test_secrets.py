"""The secrets of the compose stack are made once, and stay."""

from pathlib import Path

from deploy.containers.secrets import has_key, write_secrets
from deploy.local.secret import local_secret


def contents(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in folder.iterdir()}


def test_a_second_run_keeps_them(tmp_path: Path) -> None:
    first = contents(write_secrets(tmp_path, {}))
    assert contents(write_secrets(tmp_path, {})) == first


def test_no_two_stacks_have_the_same(tmp_path: Path) -> None:
    one, other = (contents(write_secrets(tmp_path / name, {})) for name in ("a", "b"))
    same = {name for name in one if one[name] == other[name]}
    assert same == {"openai_api_key"}


def test_only_who_may_enter_the_folder_reads_them(tmp_path: Path) -> None:
    assert write_secrets(tmp_path, {}).stat().st_mode & 0o777 == 0o700


def test_tokens_of_make_token_are_accepted(tmp_path: Path) -> None:
    kept = write_secrets(tmp_path, {})
    assert (kept / "jwt_secret").read_text().strip() == local_secret(tmp_path, {})


def test_redis_is_addressed_with_its_password(tmp_path: Path) -> None:
    found = contents(write_secrets(tmp_path, {}))
    password = found["redis_auth"].removeprefix("requirepass ").strip()
    assert found["redis_url"].strip() == f"redis://:{password}@redis:6379/0"


def test_a_key_of_the_environment_is_taken_and_kept(tmp_path: Path) -> None:
    assert not has_key(write_secrets(tmp_path, {}))
    assert has_key(write_secrets(tmp_path, {"OPENAI_API_KEY": "sk-1"}))
    assert has_key(write_secrets(tmp_path, {}))
    assert contents(tmp_path / "secrets")["openai_api_key"] == "sk-1\n"
