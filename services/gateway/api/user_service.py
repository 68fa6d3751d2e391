"""UserService: deletes what is kept about a user."""

from snapasset.gateway.v1 import users_pb2 as pb
from snapasset.gateway.v1 import users_pb2_grpc

from services.common.interceptors import Context
from services.gateway.api import requests
from services.gateway.api.erasure import Erasure


class UserService(users_pb2_grpc.UserServiceServicer):
    """The UserService of the contract."""

    def __init__(self, erasure: Erasure) -> None:
        self._erasure = erasure

    async def DeleteUserData(
        self, request: pb.DeleteUserDataRequest, ctx: Context
    ) -> pb.DeleteUserDataResponse:
        """Delete everything about a user, or part of it."""
        requests.check(request)
        owner = request.user_id
        erased = await self._erasure.erase(owner)
        return pb.DeleteUserDataResponse(
            user_id=owner,
            done=erased.done,
            cancelled_jobs=erased.cancelled_jobs,
            deleted_jobs=erased.deleted_jobs,
            deleted_generations=erased.deleted_generations,
            deleted_files=erased.deleted_files,
        )
