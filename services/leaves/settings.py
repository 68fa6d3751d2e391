"""Where the leaves are."""

from dataclasses import dataclass

from services.common.settings import setting


@dataclass(frozen=True, kw_only=True)
class LeafSettings:
    """What gateway and worker must agree on."""

    generator_address: str = setting(
        "GENERATOR_ADDRESS", "host:port of the generator", default="127.0.0.1:50052"
    )
    resizer_address: str = setting(
        "RESIZER_ADDRESS", "host:port of the resizer", default="127.0.0.1:50053"
    )
    storage_address: str = setting(
        "STORAGE_ADDRESS", "host:port of storage", default="127.0.0.1:50054"
    )
