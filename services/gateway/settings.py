"""The settings of the API process."""

from dataclasses import dataclass

from services.common.settings import not_negative, port_number, positive, setting
from services.gateway.access.settings import AccessSettings
from services.jobs.settings import JobSettings
from services.jobs.views.settings import ViewSettings
from services.leaves.settings import LeafSettings


@dataclass(frozen=True, kw_only=True)
class GatewaySettings(ViewSettings, JobSettings, LeafSettings, AccessSettings):
    """The settings of the API process."""

    port: int = setting(
        "GATEWAY_PORT", "port of the gateway's gRPC", default=50051, check=port_number
    )
    budget_usd: float = setting(
        "MONTHLY_BUDGET_USD",
        "what one owner's images may cost per month, by IMAGE_PRICES; 0: no budget",
        default=0.0,
        check=not_negative,
    )
    heartbeat_seconds: float = setting(
        "STREAM_HEARTBEAT_SECONDS",
        "pause between heartbeats of a stream",
        default=15.0,
        check=positive,
    )

    waiting_callers: int = setting(
        "WAITING_CALLERS",
        "how many callers of one gateway may wait for their jobs at once by `Prefer: wait`; the "
        "others get their answer at once",
        default=1000,
        check=positive,
    )

    def complaints(self) -> list[str]:
        """Return what is wrong with these settings, one sentence a mistake."""
        return AccessSettings.complaints(self) + ViewSettings.complaints(self)
