import pytest

from services.common.settings import SettingsError, load
from services.generator.orders import Order
from services.generator.providers.compatible.profiles import PROFILES, guessed
from services.generator.providers.compatible.settings import CompatibleSettings, read_sizes
from services.generator.providers.openai.sizes import FREE
from services.generator.providers.port import AskAgain
from services.generator.sizes import ListedSizes, RatioSizes, Shape
from tests.servers.openai_api import (
    Reply,
    base64_of,
    completed_event,
    openai_api,
    refusal,
    streamed,
    whole,
)
from tests.unit.generator.providers.openai.calling import opened, settings_for

OPENAIS = {"size", "quality", "safety_identifier"}
DONE = whole({"b64_json": base64_of(b"done")})
ORDER = Order(
    prompt="A lighthouse | fog",
    quality="high",
    targets=(Shape(width=1600, height=900),),
    end_user="ada",
    previews=2,
)


@pytest.mark.parametrize(
    ("profile", "model", "sent"),
    [
        (
            "openai",
            "gpt-image-2",
            {"size", "quality", "safety_identifier", "stream", "partial_images"},
        ),
        ("auto", "sdxl", {"size", "quality", "safety_identifier"}),
        ("litellm", "gemini", {"size", "quality"}),
        ("azure", "my-deployment", OPENAIS),
        ("xai", "grok-imagine-image", {"aspect_ratio", "resolution", "response_format"}),
        ("together", "FLUX.1-schnell", {"width", "height", "response_format"}),
        ("deepinfra", "flux", {"size"}),
        ("sglang", "Qwen-Image", {"size", "response_format"}),
        ("vllm-omni", "Qwen-Image", {"size"}),
        ("localai", "flux", {"size", "response_format"}),
    ],
)
async def test_each_server_is_sent_what_it_takes(profile: str, model: str, sent: set[str]) -> None:
    reply = streamed(completed_event(b"done")) if profile == "openai" else DONE
    async with (
        openai_api(reply) as api,
        opened(settings_for(api, IMAGE_API_PROFILE=profile)) as provider,
    ):
        assert [event async for event in provider.paint(provider.commission(ORDER, model))]
        assert provider.name == (profile if profile != "auto" else "compatible")
    assert set(api.bodies[0]) == {"model", "prompt"} | sent


async def asked(profile: str, model: str, **settings: str) -> dict[str, object]:
    """Return what one call asks of a server of this profile."""
    async with (
        openai_api(DONE) as api,
        opened(settings_for(api, IMAGE_API_PROFILE=profile, **settings)) as provider,
    ):
        assert [event async for event in provider.paint(provider.commission(ORDER, model))]
    return api.bodies[0]


async def test_sizes_are_said_as_each_server_wants_them() -> None:
    assert (await asked("xai", "grok-imagine-image"))["aspect_ratio"] == "16:9"
    together = await asked("together", "FLUX.1-schnell")
    assert together["width"] == 1440
    assert together["height"] in (800, 832)
    assert (await asked("deepinfra", "flux"))["size"] == "1536x1024"


async def test_an_alias_of_a_proxy_keeps_the_sizes_of_its_model() -> None:
    assert (await asked("litellm", "openai/gpt-image-2.5-flare"))["size"] == "1600x912"


async def test_the_operator_knows_the_sizes_of_a_deployment() -> None:
    assert (await asked("azure", "mine", IMAGE_API_SIZES="free"))["size"] == "1600x912"
    assert (await asked("azure", "mine", IMAGE_API_SIZES="512x512,640x360"))["size"] == "640x360"
    ratios = await asked("auto", "mine", IMAGE_API_SIZES="1:1,16:9")
    assert ratios["aspect_ratio"] == "16:9"
    assert "size" not in ratios


async def test_a_bar_in_a_prompt_begins_no_negative_prompt() -> None:
    assert (await asked("localai", "flux"))["prompt"] == "A lighthouse / fog"
    assert (await asked("auto", "flux"))["prompt"] == "A lighthouse | fog"


async def test_azure_gets_its_key_by_its_own_header_too() -> None:
    async with (
        openai_api(DONE) as api,
        opened(settings_for(api, IMAGE_API_PROFILE="azure")) as provider,
    ):
        assert [event async for event in provider.paint(provider.commission(ORDER, "mine"))]
    assert api.headers[0]["api-key"] == "sk-test"


@pytest.mark.parametrize(
    ("reply", "gone"),
    [
        (refusal(400, None, message="Argument not supported: size"), {"size"}),
        (
            refusal(400, "400", message="does not support parameters: ['quality']"),
            {"quality"},
        ),
        (refusal(400, "unsupported_parameter", param="safety_identifier"), {"safety_identifier"}),
        (Reply(status=422, body=b'{"detail": [{"loc": ["body", "quality"]}]}'), {"quality"}),
    ],
)
async def test_a_parameter_that_a_refusal_names_is_left_out(reply: Reply, gone: set[str]) -> None:
    async with (
        openai_api(reply) as api,
        opened(settings_for(api, IMAGE_API_PROFILE="auto")) as provider,
    ):
        with pytest.raises(AskAgain) as again:
            [event async for event in provider.paint(provider.commission(ORDER, "any"))]
    assert again.value.instead.without == gone


@pytest.mark.parametrize(
    ("address", "profile"),
    [
        ("https://api.openai.com/v1", "openai"),
        ("https://mine.openai.azure.com/openai/v1", "azure"),
        ("https://api.x.ai/v1", "xai"),
        ("https://api.together.xyz/v1", "together"),
        ("https://api.deepinfra.com/v1/openai", "deepinfra"),
        ("https://notapi.x.ai.example/v1", "auto"),
        ("http://127.0.0.1:4000/v1", "auto"),
    ],
)
def test_a_profile_is_guessed_from_the_address(address: str, profile: str) -> None:
    assert guessed(address) == profile


def test_every_row_says_where_it_is_from() -> None:
    assert all(row.source for row in PROFILES.values())


@pytest.mark.parametrize(
    ("words", "sizes"),
    [
        (["free"], FREE),
        (["512x512"], ListedSizes((Shape(width=512, height=512),))),
        (["1:1", "16:9"], RatioSizes(ratios=("1:1", "16:9"), pixels=1024 * 1024)),
    ],
)
def test_sizes_are_read(words: list[str], sizes: object) -> None:
    assert read_sizes(words) == sizes


@pytest.mark.parametrize("words", ["big", "0x5", "1:0", "1:1,512x512", "nan:1", "free,1:1"])
def test_sizes_that_are_none_stop_the_start(words: str) -> None:
    with pytest.raises(SettingsError, match="IMAGE_API_SIZES must be free"):
        load(CompatibleSettings, {"OPENAI_API_KEY": "k", "IMAGE_API_SIZES": words})


def test_a_server_that_speaks_another_api_stops_the_start() -> None:
    known = {"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": "https://openrouter.ai/api/v1"}
    with pytest.raises(SettingsError, match="OpenRouter"):
        load(CompatibleSettings, known)
