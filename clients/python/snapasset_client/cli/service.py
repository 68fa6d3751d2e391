"""The commands for the service as a whole: its queue, its platforms, its usage."""

import argparse

from .. import words
from ..client import SnapAsset
from .jobs import DONE
from .lists import owner, show_list
from .screen import Screen, counted, table


async def queue(client: SnapAsset, asked: argparse.Namespace, screen: Screen) -> int:
    """Count the queue's jobs, or control it."""
    if asked.action == "pause":
        screen.message(await client.pause_queue(), words.PAUSED)
    elif asked.action == "resume":
        screen.message(await client.resume_queue(), words.RESUMED)
    elif asked.action == "clean":
        cleaned = await client.clean_queue(grace=asked.grace, status=asked.status)
        screen.message(cleaned, f"Forgot {counted(cleaned.cleaned, f'{cleaned.status} job')}.")
    else:
        await stats(client, asked, screen)
    return DONE


async def stats(client: SnapAsset, asked: argparse.Namespace, screen: Screen) -> int:
    """Count jobs."""
    counts = await client.queue_stats()
    rows = [(name, f"{getattr(counts, name):>6}") for name in words.STATES]
    paused = [words.PAUSED] if counts.paused else []
    screen.message(counts, *table(rows), *paused)
    return DONE


async def usage(client: SnapAsset, asked: argparse.Namespace, screen: Screen) -> int:
    """Show what an owner has used in a month."""
    used = await client.usage(month=asked.month, user_id=owner(asked))
    facts = [
        ("Owner", used.user_id),
        ("Month", used.month),
        ("Calls", f"{used.calls:,}"),
        ("Images", f"{used.images:,}"),
        ("Tokens", f"{used.input_tokens:,} in, {used.output_tokens:,} out"),
        ("Cost", f"about ${used.estimated_cost_usd:,.2f}"),
    ]
    if used.HasField("budget_usd"):
        facts.append(("Budget", f"${used.budget_usd:,.2f}"))
    screen.message(used, *table(facts))
    return DONE


async def platforms(client: SnapAsset, asked: argparse.Namespace, screen: Screen) -> int:
    """List platforms."""
    found = await client.platforms()
    rows = [(one.id, one.name, f"{one.width} x {one.height}") for one in found]
    show_list(screen, found, rows, words.NO_PLATFORMS)
    return DONE
