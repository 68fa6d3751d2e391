"""An image that an owner has sent, from which jobs can be made."""

import re
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from services.common.assets import Facts
from services.common.keys import ObjectKey, upload_key

UPLOAD_ID = re.compile(r"up-\d{13}-[0-9a-f]{32}")
"""The form of an upload's id; ids sort by age."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Upload:
    """An upload that has arrived. `facts` are those of the file; width and height are upright.

    It is kept until `expires_at`, and for longer while a job needs it.
    """

    id: str
    owner: str
    facts: Facts
    expires_at: datetime

    @property
    def key(self) -> ObjectKey:
        """Where storage keeps its bytes."""
        return upload_key(self.owner, self.id)

    @property
    def created_at(self) -> datetime:
        """When it began to arrive."""
        return datetime.fromtimestamp(int(self.id.split("-")[1]) / 1000, UTC)


def new_upload_id() -> str:
    """Return `up-<ms since 1970>-<32 hex digits>`."""
    return f"up-{time.time_ns() // 1_000_000}-{secrets.token_hex(16)}"
