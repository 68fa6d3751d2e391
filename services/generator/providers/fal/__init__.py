"""The image models of fal.ai, by the HTTP API of its queue."""
