"""What is known about the servers that speak OpenAI's image API, one row each."""

from urllib.parse import urlsplit

from services.generator.providers.openai.dialect import OPENAI, Dialect, as_edges
from services.generator.sizes import FreeSizes, RatioSizes

_DIFFUSION = FreeSizes(
    step=16, max_ratio=3.0, max_edge=2048, min_pixels=512 * 512, max_pixels=1536 * 1024
)
"""Sizes that self-hosted diffusion models paint well: our choice, within their grids."""

_FLUX = FreeSizes(step=32, max_ratio=3.0, max_edge=1440, min_pixels=256 * 768, max_pixels=1440**2)
"""Edges of 256 to 1440 in steps of 32, according to the schemas of the FLUX models."""

_GROK = RatioSizes(
    ratios=("1:1", "4:3", "3:4", "3:2", "2:3", "16:9", "9:16", "2:1", "1:2", "20:9", "9:20"),
    pixels=1024 * 1024,
)

_ROWS = (
    Dialect(
        name="litellm",
        source="run: 1.110.2 and 1.108.7; issues #19569, #16059, #10760",
        optional=frozenset({"quality"}),
    ),
    Dialect(
        name="azure",
        source="issues of semantic-kernel, chatbox and gpt-review; the model is a deployment",
        key_header="api-key",
    ),
    Dialect(
        name="xai",
        source="docs.x.ai, image generation; issues: no size, no quality, b64 is JPEG",
        streams=False,
        optional=frozenset(),
        references=0,
        sizes=_GROK,
        more={"resolution": "1k", "response_format": "b64_json"},
    ),
    Dialect(
        name="together",
        source="code of its SDK",
        streams=False,
        optional=frozenset(),
        references=0,
        spell_size=as_edges,
        sizes=_FLUX,
        more={"response_format": "base64"},
    ),
    Dialect(
        name="deepinfra",
        source="deepinfra.com: prompt, size, model and n; b64 is JPEG",
        streams=False,
        optional=frozenset(),
        references=0,
    ),
    Dialect(
        name="sglang",
        source="code of its diffusion server; issue #24240: streamed b64 is blank",
        streams=False,
        optional=frozenset(),
        masks=False,
        sizes=_DIFFUSION,
        more={"response_format": "b64_json"},
    ),
    Dialect(
        name="vllm-omni",
        source="code: b64 only, quality and stream are ignored",
        streams=False,
        optional=frozenset(),
        masks=False,
        sizes=_DIFFUSION,
    ),
    Dialect(
        name="localai",
        source="code: | begins a negative prompt, URLs unless b64 is asked for",
        streams=False,
        optional=frozenset(),
        references=0,
        sizes=_DIFFUSION,
        more={"response_format": "b64_json"},
        instead_of={"|": "/"},
    ),
)

UNKNOWN = Dialect(name="compatible", source="nothing is known: the server must show what it can")

PROFILES = {"openai": OPENAI, "auto": UNKNOWN, **{row.name: row for row in _ROWS}}
"""By the value of IMAGE_API_PROFILE."""

_ADDRESSES = (
    ("api.openai.com", "openai"),
    ("openai.azure.com", "azure"),
    ("services.ai.azure.com", "azure"),
    ("cognitiveservices.azure.com", "azure"),
    ("api.x.ai", "xai"),
    ("together.xyz", "together"),
    ("together.ai", "together"),
    ("deepinfra.com", "deepinfra"),
)
"""Profile names by the end of the host name."""


def guessed(base_url: str) -> str:
    """Return the name of the profile that an address implies, or else "auto"."""
    host = urlsplit(base_url).hostname or ""
    fitting = (name for end, name in _ADDRESSES if f".{host}".endswith(f".{end}"))
    return next(fitting, "auto")
