"""Envoy's memory limit is the container's unless another is set, and its heap stays below."""

from pathlib import Path

import pytest

from deploy.envoy.limits import ClientLimits, container_limit_bytes
from services.common.settings import SettingsError, load

GIB = 1024**3


@pytest.mark.parametrize(
    ("text", "limit"),
    [("536870912\n", GIB // 2), ("max\n", GIB), ("9223372036854771712\n", GIB), (None, GIB)],
    ids=["a limit", "none", "none in the first version of cgroups", "no cgroups"],
)
def test_the_limit_of_the_container_is_found(text: str | None, limit: int, tmp_path: Path) -> None:
    file = tmp_path / "memory.max"
    if text:
        file.write_text(text)
    assert container_limit_bytes([tmp_path / "missing", file]) == limit


def test_the_heap_leaves_room_for_what_it_does_not_count() -> None:
    limits = load(ClientLimits, {"ENVOY_MEMORY_BYTES": str(GIB)})
    assert GIB // 2 < limits.heap_bytes < GIB * 9 // 10


def test_the_longest_honest_request_for_a_job_fits() -> None:
    prompt_in_escapes = 4_000 * len(r"\ud83d\ude00")
    assert prompt_in_escapes < load(ClientLimits, {}).max_body_bytes


@pytest.mark.parametrize(
    ("name", "value"),
    [("ENVOY_BUFFER_BYTES", "65534"), ("ENVOY_CONNECTION_STREAMS", "0")],
)
def test_what_http2_cannot_have_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        load(ClientLimits, {name: value})
