"""What can be typed after `snapasset webhooks`."""

import argparse

from .values import count

EVENTS = ("job.completed", "job.failed", "job.cancelled", "rendition.completed")

_SIMPLE = {
    "delete": "Delete a webhook with all its deliveries.",
    "rotate": "Give a webhook a new secret; the former one signs too for 24 hours.",
    "test": "Send a webhook a test, and show what became of it.",
}


def add_webhook_actions(webhooks: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """Add the actions; `common` has the options that every command takes."""
    actions = webhooks.add_subparsers(dest="action", required=True, metavar="ACTION")

    def action(name: str, text: str) -> argparse.ArgumentParser:
        return actions.add_parser(name, help=text, description=text, parents=[common])

    action("list", "List the webhooks.")
    add = action("add", "Make a webhook, and show its secret this once.")
    add.add_argument("url", metavar="URL", help="the address to call")
    add.add_argument(
        "--event",
        action="append",
        default=[],
        choices=EVENTS,
        help="what to tell it; the end of each job unless given; may be repeated",
    )
    action("secret", "Show the secret for the addresses that jobs name themselves.")
    for name, text in _SIMPLE.items():
        _webhook(action(name, text))
    deliveries = action("deliveries", "List what a webhook was sent, newest first.")
    _webhook(deliveries)
    deliveries.add_argument(
        "--limit", type=count, default=20, help="how many at most; 20 unless given"
    )
    redeliver = action("redeliver", "Send a delivery again.")
    _webhook(redeliver)
    redeliver.add_argument("delivery", metavar="DELIVERY", help="the delivery's id")


def _webhook(action: argparse.ArgumentParser) -> None:
    action.add_argument("webhook", metavar="WEBHOOK", help="the webhook's id, or default")
