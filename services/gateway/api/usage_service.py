"""UsageService: shows what images have cost."""

from datetime import UTC, datetime

from snapasset.gateway.v1 import usage_pb2 as pb
from snapasset.gateway.v1 import usage_pb2_grpc

from services.common.interceptors import Context
from services.gateway.access.control import caller
from services.gateway.api import requests
from services.jobs.spend.books import Books
from services.jobs.spend.budget import Budget
from services.jobs.spend.purchases import month_of


class UsageService(usage_pb2_grpc.UsageServiceServicer):
    """The UsageService of the contract."""

    def __init__(self, books: Books, budget: Budget) -> None:
        self._books = books
        self._budget = budget

    async def GetUsage(self, request: pb.GetUsageRequest, ctx: Context) -> pb.GetUsageResponse:
        """Show the sums of one owner and month."""
        requests.check(request)
        owner = caller().on_behalf_of(request.user_id)
        month = request.month or month_of(datetime.now(UTC))
        spent = await self._books.read(owner, month)
        budget = caller().limits.budget_of_user(self._budget.micros)
        return pb.GetUsageResponse(
            user_id=owner,
            month=month,
            calls=spent.calls,
            images=spent.images,
            input_tokens=spent.input_tokens,
            output_tokens=spent.output_tokens,
            estimated_cost_usd=spent.cost_micros / 1e6,
            uncertain=spent.uncertain,
            uncertain_cost_usd=spent.uncertain_micros / 1e6,
            budget_usd=budget / 1e6 if budget else None,
        )
