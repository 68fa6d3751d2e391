"""A server of the Model Context Protocol, so that agents can have images made; the extra `mcp`."""
