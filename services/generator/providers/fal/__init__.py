"""The image models of fal.ai, through the HTTP API of its queue."""
