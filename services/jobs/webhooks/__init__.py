"""Webhooks: who wants to know what happens to jobs, and the outbox of what they have to be told.

A delivery is written by the script that makes the move which it tells of, so neither is ever there
without the other. What is in the outbox is sent by the workers, one sender at a time for each
delivery, under a lease by Redis's clock.
"""
