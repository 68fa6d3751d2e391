"""Sends what is in the outbox to webhooks: signed, in order, and again until it is taken."""
