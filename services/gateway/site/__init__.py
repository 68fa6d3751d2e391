"""The pages that the gateway serves itself: the first one and the API documentation."""
