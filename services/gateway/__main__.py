"""Starts the API process: `python -m services.gateway`."""

from services.common.serve import main, serve
from services.gateway.opening import open_gateway
from services.gateway.settings import GatewaySettings


async def run(settings: GatewaySettings) -> None:
    """Open the gateway and serve until it is told to stop."""
    async with open_gateway(settings) as parts:
        await serve(settings, settings.port, parts.registrations, parts.arounds, parts.draining)


if __name__ == "__main__":
    main("gateway", GatewaySettings, run)
