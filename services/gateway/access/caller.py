"""A verified caller: what it may do, and for whom."""

from dataclasses import dataclass, field
from enum import StrEnum

from services.common.errors import FieldMistake, Forbidden, InvalidRequest
from services.common.keys import USER_ID, USER_ID_RULE
from services.gateway.access.key_limits import KeyLimits


class Scope(StrEnum):
    """What credentials permit; API keys name their scopes."""

    JOBS = "jobs"
    """Everything about jobs and what they made."""
    ADMIN = "admin"
    """Clean, pause and resume the queue; delete all that is kept about a user."""


EACH_USER = "each user of this API key"
"""Whose a limit is that holds for the users of a key apart, as errors say it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """Either a user, with the `owner` of its token, or an API key, with its `key` name."""

    owner: str = ""
    key: str = ""
    scopes: frozenset[Scope] = field(default=frozenset({Scope.JOBS}))
    limits: KeyLimits = field(default_factory=KeyLimits)

    @property
    def subject(self) -> str:
        """Name under which this caller's requests are counted."""
        return f"key:{self.key}" if self.key else f"user:{self.owner}"

    def subject_for(self, owner: str) -> str:
        """Name under which this caller's requests and jobs for `owner`, if any, are counted."""
        return f"{self.subject}:user:{owner}" if self._apart(owner) else self.subject

    def sharing_for(self, owner: str) -> str:
        """Who shares the limits that hold then, as errors say it: "" for the caller itself."""
        if not self.key:
            return ""
        return EACH_USER if self._apart(owner) else "this API key"

    def _apart(self, owner: str) -> bool:
        return bool(owner) and self.limits.per_user

    def must_have(self, scope: Scope) -> None:
        """Raise Forbidden without `scope`."""
        if scope in self.scopes:
            return
        if self.key:
            raise Forbidden(f"This API key lacks the scope `{scope}`.")
        raise Forbidden("Only an administrator may do this.")

    def must_be(self, user_id: str) -> None:
        """Raise Forbidden unless this is the user, or an API key, which acts for anybody."""
        if not self.may_see(user_id):
            raise Forbidden("userId must be your own id, the `sub` of your token.")

    def may_see(self, owner: str) -> bool:
        """Return whether this caller may see what belongs to `owner`."""
        return bool(self.key) or owner == self.owner

    def on_behalf_of(self, user_id: str) -> str:
        """Return the owner that a request is about, which may name a user.

        If it names none, that is the caller itself: an API key may own things under its own name.
        Raises InvalidRequest, Forbidden.
        """
        if not user_id:
            return self.owner or self.key
        if not USER_ID.fullmatch(user_id):
            raise InvalidRequest(
                f"userId {USER_ID_RULE}", fields=[FieldMistake("userId", USER_ID_RULE)]
            )
        self.must_be(user_id)
        return user_id
