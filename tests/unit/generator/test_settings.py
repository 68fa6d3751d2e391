import pytest

from services.common.settings import SettingsError, load
from services.generator.providers.openai.settings import DEFAULT_MODELS
from services.generator.settings import GeneratorSettings


def test_a_key_is_all_that_is_required() -> None:
    settings = load(GeneratorSettings, {"OPENAI_API_KEY": "sk-test"})
    assert settings.port == 50052
    assert settings.models == DEFAULT_MODELS
    assert settings.base_url == "https://api.openai.com/v1"


def test_the_list_of_models_is_a_setting() -> None:
    settings = load(GeneratorSettings, {"OPENAI_API_KEY": "k", "IMAGE_MODELS": "one, two"})
    assert settings.models == ("one", "two")


def test_a_missing_key_says_where_to_get_one() -> None:
    with pytest.raises(SettingsError, match="OPENAI_API_KEY is missing: key of the image API"):
        load(GeneratorSettings, {})


def test_every_mistake_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as raised:
        load(
            GeneratorSettings,
            {
                "OPENAI_BASE_URL": "api.example.com",
                "IMAGE_MODELS": ",",
                "GENERATOR_PIXEL_BUDGET": "1000",
                "GENERATOR_TIMEOUT_SECONDS": "0",
                "GENERATOR_QUEUE": "-1",
            },
        )
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "IMAGE_MODELS", "PIXEL_BUDGET", "QUEUE"):
        assert name in str(raised.value)


@pytest.mark.parametrize(
    "key", ["sk-secret\u200b", "sk-se\ncret", "sk secret", "sk-s\u00e9cret", "\x7f"]
)
def test_a_key_that_no_header_takes_stops_the_start_by_name_and_is_not_shown(key: str) -> None:
    with pytest.raises(SettingsError, match="OPENAI_API_KEY must contain visible ASCII") as raised:
        load(GeneratorSettings, {"OPENAI_API_KEY": key})
    assert key not in str(raised.value)


@pytest.mark.parametrize("rows", ["gpt", "gpt=", "=1/2", "gpt=1/2/3/4", "gpt=-1/2", "gpt=a/b"])
def test_a_price_that_is_none_stops_the_start(rows: str) -> None:
    with pytest.raises(SettingsError, match="IMAGE_PRICES must be rows"):
        load(GeneratorSettings, {"OPENAI_API_KEY": "k", "IMAGE_PRICES": rows})


def test_a_key_is_needed_of_the_providers_that_are_named_and_of_no_other() -> None:
    keys = {"GOOGLE_API_KEY": "AIza", "FAL_KEY": "id:secret"}
    settings = load(GeneratorSettings, {"IMAGE_PROVIDERS": "google, fal", **keys})
    assert settings.image_providers == ("google", "fal")
    with pytest.raises(SettingsError, match=r"GOOGLE_API_KEY is missing.*FAL_KEY is missing"):
        load(GeneratorSettings, {"IMAGE_PROVIDERS": "openai,google,fal", "OPENAI_API_KEY": "k"})


@pytest.mark.parametrize("names", ["dalle", "openai,openai", "OpenAI", "openai,../fal"])
def test_providers_that_we_do_not_know_are_refused(names: str) -> None:
    with pytest.raises(SettingsError, match="IMAGE_PROVIDERS must name some of openai, google"):
        load(GeneratorSettings, {"IMAGE_PROVIDERS": names, "OPENAI_API_KEY": "k"})
