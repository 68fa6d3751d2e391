"""The settings of webhooks that gateway and worker must agree on."""

from dataclasses import dataclass
from ipaddress import ip_network

from services.common.settings import setting
from services.common.web.networks import Network


def _networks(value: tuple[str, ...]) -> str | None:
    try:
        all(ip_network(one) for one in value)
    except ValueError:
        return "must be networks such as 10.1.0.0/16"
    return None


@dataclass(frozen=True, kw_only=True)
class WebhookSettings:
    """Which addresses webhooks may have."""

    webhook_networks: tuple[str, ...] = setting(
        "WEBHOOK_NETWORKS",
        "networks to which webhooks may lead besides the internet, comma separated, and even over "
        "http://; none unless set",
        default=(),
        check=_networks,
    )

    @property
    def webhooks_reach(self) -> list[Network]:
        """`webhook_networks` as networks."""
        return [ip_network(one) for one in self.webhook_networks]
