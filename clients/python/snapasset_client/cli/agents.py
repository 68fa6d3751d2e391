"""The command that serves agents over standard input and output."""

import argparse

from ..client import SnapAsset
from ..errors import SnapAssetError
from .screen import Screen


async def serve_agents(client: SnapAsset, asked: argparse.Namespace, screen: Screen) -> int:
    """Serve the Model Context Protocol until the agent hangs up."""
    try:
        # Only here, since everything else works without the extra.
        from ..agents.server import Tools, open_server
    except ImportError as error:
        text = "This needs the extra `mcp`: pip install 'snapasset-client[mcp]'."
        raise SnapAssetError(text, code="EXTRA_MISSING") from error
    tools = Tools(client, asked.user, by_key=bool(asked.api_key))
    await open_server(tools).run_stdio_async()
    return 0
