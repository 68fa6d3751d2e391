"""The operations on what is kept about an owner."""

from collections.abc import AsyncIterator

from snapasset.gateway.v1 import usage_pb2 as usg
from snapasset.gateway.v1 import users_pb2 as use
from snapasset.gateway.v1.usage_pb2_grpc import UsageServiceStub
from snapasset.gateway.v1.users_pb2_grpc import UserServiceStub

from ..connection import Connection
from .base import Calls


class OwnerCalls(Calls):
    """What owners have used, and all that they have."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._usage = UsageServiceStub(connection.channel)
        self._users = UserServiceStub(connection.channel)

    async def usage(self, *, month: str = "", user_id: str = "") -> usg.GetUsageResponse:
        """Return what an owner has used in a month, such as "2026-11": the caller and the current
        month unless given."""
        request = usg.GetUsageRequest(month=month, user_id=user_id)
        return await self._ask(self._usage.GetUsage, request)

    async def delete_user_data(self, user_id: str) -> AsyncIterator[use.DeleteUserDataResponse]:
        """Delete all data kept about a user; for administrators.

        Yields what each call has deleted, up to the one that is `done`.
        """
        request = use.DeleteUserDataRequest(user_id=user_id)
        done = False
        while not done:
            answer = await self._ask(self._users.DeleteUserData, request)
            yield answer
            done = answer.done
