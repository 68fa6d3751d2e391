"""Starts the API process: `python -m services.gateway`."""

from services.common.serve import main, serve
from services.common.telemetry import Telemetry
from services.gateway.opening import open_gateway
from services.gateway.settings import GatewaySettings


async def run(settings: GatewaySettings, telemetry: Telemetry) -> None:
    """Open the gateway and serve until it is told to stop."""
    async with open_gateway(settings, telemetry) as parts:
        added, arounds = parts.registrations, parts.arounds
        await serve(settings, settings.port, added, arounds, parts.draining, telemetry)


if __name__ == "__main__":
    main("gateway", GatewaySettings, run)
