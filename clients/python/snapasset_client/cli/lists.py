"""What the listing commands share."""

import argparse
from collections.abc import AsyncIterator, Sequence
from typing import TypeVar

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from ..errors import BAD_ANSWER, SnapAssetError
from .screen import Screen, table

Row = TypeVar("Row", bound=Message)


async def first(limit: int, found: AsyncIterator[Row]) -> list[Row]:
    """Return as many entries as were asked for."""
    rows: list[Row] = []
    async for row in found:
        rows.append(row)
        if len(rows) == limit:
            break
    return rows


def show_list(
    screen: Screen, found: Sequence[Message], rows: Sequence[Sequence[str]], nothing: str
) -> None:
    """Show each message as a row, or say that there is nothing."""
    for message, line in zip(found, table(rows), strict=True):
        screen.message(message, line)
    if not found:
        screen.say(nothing)


def owner(asked: argparse.Namespace) -> str:
    """Return whose data is meant: an API key owns none, and a token names its owner."""
    return asked.user if asked.api_key else ""


def time_of(stamp: Timestamp) -> str:
    """Return a time in human-readable form. Raises SnapAssetError."""
    try:
        return f"{stamp.ToDatetime():%Y-%m-%d %H:%M}"
    except (ValueError, OverflowError) as error:
        raise SnapAssetError("The answer has a time beyond all years.", code=BAD_ANSWER) from error
