"""Accepts a job, whatever it does, and says where it can be watched."""

from dataclasses import dataclass
from typing import Any

from snapasset.gateway.v1 import jobs_pb2 as pb

from services.common.interceptors import Context
from services.gateway.access.control import caller
from services.gateway.access.metadata import sent
from services.gateway.access.tickets import Tickets
from services.gateway.api.estimate import DurationEstimate
from services.gateway.api.idempotency import once
from services.gateway.api.intake import Intake
from services.gateway.api.preferences import PREFER, wait_seconds
from services.gateway.events.endings import Endings
from services.gateway.headers import respond_well_with
from services.jobs.values import JobSpec
from services.jobs.views.job import Views

_SPARE_SECONDS = 1.0
"""The answer leaves so long before the caller's own deadline."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reception:
    """Where jobs come in."""

    intake: Intake
    estimate: DurationEstimate
    tickets: Tickets
    endings: Endings
    views: Views

    async def accept(self, ctx: Context, spec: JobSpec, purchases: int) -> dict[str, Any]:
        """Create the caller's job, which buys so many images; return the fields of the answer.

        The Idempotency-Key of the call is heeded, and so is a `Prefer: wait`. Raises
        InvalidRequest, and what Intake.create raises.
        """
        only_once = once(ctx, caller().subject, spec)
        estimate = await self.estimate.words(purchases)
        job_id, replayed = await self.intake.create(caller(), spec, only_once)
        if replayed:
            respond_well_with("idempotent-replayed", "true")
        stream = f"/api/sse/jobs/{job_id}"
        return {
            "job_id": job_id,
            "status": "queued",
            "message": "Job created successfully",
            "estimated_time": estimate,
            "stream_url": f"{stream}?ticket={self.tickets.issue(job_id)}",
            "links": pb.JobLinks(
                self=f"/api/jobs/{job_id}", stream=stream, cancel=f"/api/jobs/{job_id}/cancel"
            ),
            "job": await self._ended(ctx, job_id),
        }

    async def _ended(self, ctx: Context, job_id: str) -> pb.GetJobResponse | None:
        """Return the job if the caller wants to wait for it and it ends in that time."""
        seconds = wait_seconds(sent(ctx, PREFER.lower()))
        if seconds is None or self.endings.is_full:
            return None
        respond_well_with("preference-applied", f"wait={seconds}")
        left = ctx.time_remaining()
        longest = seconds if left is None else min(seconds, left - _SPARE_SECONDS)
        job = await self.endings.of(job_id, longest)
        return await self.views.job(job) if job else None
