"""Which function runs each command; it returns the exit code."""

import argparse
from collections.abc import Awaitable, Callable, Mapping

from ..client import SnapAsset
from .agents import serve_agents
from .batch import batch
from .cuts import cut
from .history import delete_user_data, download, history
from .jobs import cancel, create, list_jobs, retry, show, watch
from .screen import Screen
from .service import platforms, queue, stats, usage
from .uploads import delete_upload, list_uploads, upload
from .webhooks import webhooks

Command = Callable[[SnapAsset, argparse.Namespace, Screen], Awaitable[int]]

COMMANDS: Mapping[str, Command] = {
    "create": create,
    "batch": batch,
    "cut": cut,
    "watch": watch,
    "show": show,
    "list": list_jobs,
    "retry": retry,
    "cancel": cancel,
    "upload": upload,
    "uploads": list_uploads,
    "delete-upload": delete_upload,
    "history": history,
    "download": download,
    "usage": usage,
    "queue": queue,
    "stats": stats,
    "platforms": platforms,
    "delete-user-data": delete_user_data,
    "mcp": serve_agents,
    "webhooks": webhooks,
}
