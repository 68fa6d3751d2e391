"""The forms of the API's names: only text in one of these becomes the name of a file or folder."""

import re
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from snapasset.gateway.v1 import jobs_pb2 as pb

from .errors import BAD_ANSWER, SnapAssetError

_JOB_ID = re.compile(r"gen-[0-9]{13}-[0-9a-f]{32}")
_UPLOAD_ID = re.compile(r"up-[0-9]{13}-[0-9a-f]{32}")
_GENERATION_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PLATFORM_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_KEY_SEGMENT = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,254}")
_KEY_SEGMENTS = 3
"""owner / generation / file: the end of an image's address, wherever images are served from."""

_SUFFIXES = frozenset({".avif", ".jpeg", ".jpg", ".png", ".webp"})


def job_id(text: str) -> str:
    """Return the id of a job. Raises SnapAssetError for anything else."""
    return _checked(_JOB_ID, text, "a job's id")


def generation_id(text: str) -> str:
    """Return the id of a generation. Raises SnapAssetError for anything else."""
    return _checked(_GENERATION_ID, text, "a generation's id")


def upload_id(text: str) -> str:
    """Return the id of an upload. Raises SnapAssetError for anything else."""
    return _checked(_UPLOAD_ID, text, "an upload's id")


def is_upload_id(text: str) -> bool:
    """Return whether this is the id of an upload."""
    return _UPLOAD_ID.fullmatch(text) is not None


def is_job_id(text: str) -> bool:
    """Return whether this is the id of a job."""
    return _JOB_ID.fullmatch(text) is not None


def image_name(image: pb.JobImage) -> str:
    """Return the name of an image's file: its platform and its format. Raises SnapAssetError."""
    platform = _checked(
        _PLATFORM_ID, image.platform_id, "the id of a platform or the name of a size"
    )
    suffix = PurePosixPath(_segments(image)[-1]).suffix
    if suffix not in _SUFFIXES:
        raise _bad(f"The address of the image for {platform} names no image format.")
    return f"{platform}{suffix}"


def image_key(image: pb.JobImage) -> str:
    """Return the path below /images/ that an image's address ends with. Raises SnapAssetError."""
    segments = _segments(image)[-_KEY_SEGMENTS:]
    return "/".join(_checked(_KEY_SEGMENT, one, "a part of an image's path") for one in segments)


def _segments(image: pb.JobImage) -> list[str]:
    try:
        return [unquote(part) for part in urlsplit(image.url).path.split("/")]
    except ValueError as error:
        raise _bad("The address of an image is none.") from error


def _checked(form: re.Pattern[str], text: str, what: str) -> str:
    if form.fullmatch(text):
        return text
    raise _bad(f"The API has named {text[:80]!r}, which is not {what}.")


def _bad(text: str) -> SnapAssetError:
    return SnapAssetError(text, code=BAD_ANSWER)
