"""What the stand-in refuses, and in which words."""

import pytest

from deploy.local.standin.models import QUALITIES, RETIRED

from .conftest import KEY, Standin

GOOD = {"model": "gpt-image-2", "prompt": "A lighthouse", "quality": "low"}
REFUSED: list[tuple[dict[str, object], int, str, str]] = [
    ({"quality": "standard"}, 400, "quality", "invalid_value"),
    ({"quality": "hd"}, 400, "quality", "invalid_value"),
    ({"quality": "max"}, 400, "quality", "invalid_value"),
    ({"style": "vivid"}, 400, "style", "unknown_parameter"),
    ({"response_format": "b64_json"}, 400, "response_format", "unknown_parameter"),
    ({"size": "1000x1000"}, 400, "size", "invalid_value"),
    ({"size": "1024x256"}, 400, "size", "invalid_value"),
    ({"size": "3856x2160"}, 400, "size", "invalid_value"),
    ({"size": "3840x3840"}, 400, "size", "invalid_value"),
    ({"size": "512x512"}, 400, "size", "invalid_value"),
    ({"size": "large"}, 400, "size", "invalid_value"),
    ({"size": 1024}, 400, "size", "invalid_value"),
    ({"n": 2}, 400, "n", "integer_above_max_value"),
    ({"partial_images": 4}, 400, "partial_images", "integer_above_max_value"),
    ({"output_compression": -1}, 400, "output_compression", "integer_below_min_value"),
    ({"output_compression": 50}, 400, "output_compression", "invalid_png_output_compression"),
    ({"output_format": "bmp"}, 400, "output_format", "invalid_value"),
    ({"background": "transparent", "output_format": "jpeg"}, 400, "background", "invalid_value"),
    ({"stream": "yes"}, 400, "stream", "invalid_type"),
    ({"prompt": ""}, 400, "prompt", "empty_string"),
    ({"prompt": None}, 400, "prompt", "missing_required_parameter"),
    ({"prompt": "x" * 32001}, 400, "prompt", "string_above_max_length"),
    ({"model": None}, 400, "model", "missing_required_parameter"),
    ({"model": "gpt-image-9"}, 404, "model", "model_not_found"),
]


async def test_a_wrong_value_is_refused_with_its_name_and_code(standin: Standin) -> None:
    for change, status, param, code in REFUSED:
        answered, body = await standin.post({**GOOD, **change})
        error = body["error"]
        assert (answered, error["param"], error["code"]) == (status, param, code), change
        assert set(error) == {"message", "type", "param", "code"}


async def test_a_retired_model_is_not_found_and_says_when_it_ended(standin: Standin) -> None:
    for model in RETIRED:
        status, body = await standin.post({**GOOD, "model": model})
        assert (status, body["error"]["code"]) == (404, "model_not_found")
        assert "deprecated" in body["error"]["message"]


async def test_every_live_model_is_known(standin: Standin) -> None:
    for model in QUALITIES:
        status, body = await standin.post({**GOOD, "model": model, "n": 2})
        assert (status, body["error"]["param"]) == (400, "n")


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/v1/nothing", b"", 404),
        ("GET", "/v1/images/generations", b"", 405),
        ("POST", "/v1/images/generations", b"{not json", 400),
        ("POST", "/v1/images/generations", b"\xff\xfe", 400),
        ("POST", "/v1/images/generations", b"[1]", 400),
        ("POST", "/v1/images/generations", b"x" * 300_000, 413),
    ],
)
async def test_errors_of_the_transport_have_the_same_shape(
    standin: Standin, method: str, path: str, body: bytes, status: int
) -> None:
    url = standin.address + path
    async with standin.http.request(method, url, data=body, headers=KEY) as response:
        assert response.status == status
        assert set((await response.json())["error"]) == {"message", "type", "param", "code"}
        assert response.headers["x-request-id"]
