from concurrent.futures import ThreadPoolExecutor

from services.common.settings import load
from services.generator.catalogue import described, offers
from services.generator.providers.opening import open_providers
from services.generator.settings import GeneratorSettings
from services.generator.sizes import ListedSizes, RatioSizes, Shape

EVERYBODY = {
    "IMAGE_PROVIDERS": "google,openai,fal",
    "OPENAI_API_KEY": "k",
    "GOOGLE_API_KEY": "k",
    "FAL_KEY": "k",
    "IMAGE_MODELS": "gpt-image-2",
}


async def test_every_model_is_offered_with_its_price_in_the_order_of_the_operator() -> None:
    with ThreadPoolExecutor(1) as threads:
        async with open_providers(load(GeneratorSettings, EVERYBODY), threads) as providers:
            found = [*offers(providers)]
    assert [(one.provider, one.model) for one in found] == [
        ("google", "gemini-3.1-flash-image"),
        ("openai", "gpt-image-2"),
        ("fal", "fal-ai/flux/dev"),
    ]
    assert all(one.micros > 0 for one in found)


def test_sizes_are_told_by_their_kind_and_their_choices() -> None:
    assert described(ListedSizes((Shape(width=5, height=4),))) == ("list", ["5x4"])
    assert described(RatioSizes(ratios=("1:1", "16:9"), pixels=9)) == ("ratios", ["1:1", "16:9"])
