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
    """Clean, pause and resume the queue; delete all that is kept of a user."""


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
        """Name under which the jobs that this caller creates for `owner` are counted."""
        return f"{self.subject}:user:{owner}" if self.limits.per_user else self.subject

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
