"""The image API of the benchmarks."""

import base64
import json
from io import BytesIO

from PIL import Image

from tests.bench.image_api import ImageApi
from tests.servers.openai_api import picture


def file_in(answer: bytes) -> bytes:
    return base64.b64decode(json.loads(answer)["data"][0]["b64_json"], validate=True)


def test_the_masters_come_in_turn_and_no_file_comes_twice() -> None:
    masters = [picture(16, 12), picture(20, 12)]
    api = ImageApi(masters)
    files = [file_in(api.answer()) for _ in range(4)]
    assert len(set(files)) == 4
    images = [Image.open(BytesIO(file)) for file in files]
    assert [image.width for image in images] == [16, 20, 16, 20]
    assert [image.text["Comment"] for image in images] == [f"{n:010d}" for n in range(4)]  # type: ignore[attr-defined]
    assert [image.tobytes() for image in images[:2]] == [
        Image.open(BytesIO(master)).tobytes() for master in masters
    ]
