"""What arguments are parsed into, or why they cannot be."""

import argparse
import math
import re
from datetime import datetime

from snapasset.gateway.v1 import jobs_pb2 as pb

from .. import forms
from ..errors import SnapAssetError

_LARGEST = 10**15
_SIZE = re.compile(r"(?:([^=]+)=)?(([0-9]{1,6})x([0-9]{1,6}))")
_BOX = re.compile(r"([0-9]{1,6}),([0-9]{1,6}),([0-9]{1,6}),([0-9]{1,6})")
_CROPS = ("smart", "center")


def count(text: str) -> int:
    """Read a count."""
    if not (text.isascii() and text.isdecimal() and 0 < int(text[:20]) <= _LARGEST):
        raise argparse.ArgumentTypeError("must be a whole number from 1")
    return int(text)


def seconds(text: str) -> float:
    """Read a duration."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value <= _LARGEST:
        raise argparse.ArgumentTypeError("must be a number of seconds above 0")
    return value


def moment(text: str) -> datetime:
    """Read a day or a time; without a zone it is local."""
    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError) as error:
        words = "must be a day or a time such as 2026-11-26 or 2026-11-26T12:00:00Z"
        raise argparse.ArgumentTypeError(words) from error


def point(text: str) -> tuple[float, float]:
    """Read a point of an image."""
    try:
        x, y = map(float, text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError("must be X,Y such as 0.5,0.3") from error
    return x, y


def size(text: str) -> pb.Size:
    """Read a custom size, which is its own name unless it has another."""
    found = _SIZE.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError("must be such as 1080x1350 or poster=1080x1350")
    name, plain, width, height = found.groups()
    return pb.Size(name=name or plain, width=int(width), height=int(height))


def crop(text: str) -> str | pb.CropBox:
    """Read how a bought image is cut: one of the ways, or the part to show."""
    if text in _CROPS:
        return text
    found = _BOX.fullmatch(text)
    if found is None:
        words = "must be X,Y,WIDTH,HEIGHT in pixels such as 120,0,900,900, or smart, or center"
        raise argparse.ArgumentTypeError(words)
    x, y, width, height = map(int, found.groups())
    return pb.CropBox(x=x, y=y, width=width, height=height)


def generation_id(text: str) -> str:
    """Read the id of a generation."""
    try:
        return forms.generation_id(text)
    except SnapAssetError as error:
        raise argparse.ArgumentTypeError("must be a generation's id") from error


def job_id(text: str) -> str:
    """Read the id of a job."""
    try:
        return forms.job_id(text)
    except SnapAssetError as error:
        raise argparse.ArgumentTypeError("must be a job's id: gen-, 13 digits, 32 more") from error


def any_id(text: str) -> str:
    """Read the id of a job or a generation."""
    try:
        return text if forms.is_job_id(text) else forms.generation_id(text)
    except SnapAssetError as error:
        raise argparse.ArgumentTypeError("must be a job's or a generation's id") from error
