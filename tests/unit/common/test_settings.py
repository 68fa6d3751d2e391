"""Settings: read once, and all mistakes named at once."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from services.common.setting_checks import one_of, positive
from services.common.settings import SettingsError, load, setting


@dataclass(frozen=True, kw_only=True)
class Example:
    port: int = setting("PORT", "where", default=80)
    size: float = setting("SIZE", "how large", default=1.5, check=positive)
    kind: str = setting("KIND", "which", default="a", check=one_of("a", "b"))
    on: bool = setting("ON", "whether", default=False)
    names: tuple[str, ...] = setting("NAMES", "whose", default=())
    file: Path | None = setting("FILE", "what", default=None)
    key: str = setting("KEY", "the key", secret=True)


def test_what_is_not_set_has_its_default() -> None:
    example = load(Example, {"KEY": "k"})
    assert example == Example(key="k")


def test_every_type_is_read() -> None:
    environ = {
        "PORT": "1",
        "SIZE": "2",
        "KIND": "b",
        "ON": "Yes",
        "NAMES": "x, y,",
        "FILE": "/f",
        "KEY": "k",
    }
    assert load(Example, environ) == Example(
        port=1, size=2.0, kind="b", on=True, names=("x", "y"), file=Path("/f"), key="k"
    )


def test_every_mistake_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        load(Example, {"PORT": "abc", "SIZE": "0", "KIND": "c", "ON": "perhaps"})
    assert str(caught.value) == (
        'PORT must be a whole number, got "abc"; SIZE must be positive, got 0; '
        'KIND must be one of a, b, got c; ON must be true or false, got "perhaps"; '
        "KEY is missing: the key"
    )


def test_an_empty_variable_counts_as_not_set() -> None:
    assert load(Example, {"KEY": "k", "PORT": " "}).port == 80


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("from the file\n")
    assert load(Example, {"KEY_FILE": str(file)}).key == "from the file"


def test_only_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "port"
    file.write_text("1")
    assert load(Example, {"KEY": "k", "PORT_FILE": str(file)}).port == 80


@pytest.mark.parametrize(
    ("content", "environ", "complaint"),
    [
        (b"two", {"KEY": "one"}, "KEY and KEY_FILE are both set; keep one"),
        (None, {}, "KEY_FILE cannot be read: {file}"),
        (b"\xff", {}, "KEY_FILE cannot be read: {file}"),
        (b" \n", {}, "KEY is missing: the key"),
    ],
)
def test_a_secret_that_is_unclear_stops_the_start(
    tmp_path: Path, content: bytes | None, environ: dict[str, str], complaint: str
) -> None:
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        load(Example, {**environ, "KEY_FILE": str(file)})
    assert str(caught.value) == complaint.format(file=file)


def test_a_wrong_secret_is_not_shown() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Short:
        key: str = setting("KEY", "the key", secret=True, check=lambda _: "is too short")

    with pytest.raises(SettingsError) as caught:
        load(Short, {"KEY": "hunter2"})
    assert str(caught.value) == "KEY is too short"
