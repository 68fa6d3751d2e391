"""What a worker reports about a running job: progress, log lines, checkpoints, its heartbeat.

Each call is one script, so a report is all or nothing, and counts only under the job's lease.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from redis.asyncio import Redis

from services.jobs import codec, keys
from services.jobs.batched import Batched
from services.jobs.checkpoint import Checkpoint
from services.jobs.claim import LeaseLost
from services.jobs.move import MAX_LOGS
from services.jobs.rq_record import key_of
from services.jobs.scripts import read_script

_REPORT = read_script("report")
_RENEW = read_script("renew")


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What happened; fields left out stay as they are. Progress never falls."""

    progress: int | None = None
    message: str = ""
    logs: tuple[str, ...] = ()
    checkpoint: Checkpoint | None = None
    preview: str = ""

    def followed_by(self, later: "Report") -> "Report":
        """Return both as one report, in which the later one counts where they differ."""
        known = [one.progress for one in (self, later) if one.progress is not None]
        return Report(
            progress=max(known, default=None),
            message=later.message or self.message,
            logs=self.logs + later.logs,
            checkpoint=later.checkpoint or self.checkpoint,
            preview=later.preview or self.preview,
        )


class Reports:
    """Writes reports of running jobs and renews their leases."""

    def __init__(self, redis: Redis, lease: timedelta) -> None:
        self._redis = redis
        self._lease_seconds = lease.total_seconds()
        self._batched = Batched(redis)

    async def report(self, job_id: str, token: str, report: Report) -> None:
        """Store and publish `report`. Raises LeaseLost when the job is no longer ours."""
        checkpoint, kept = report.checkpoint, ("", "")
        if checkpoint is not None:
            kept = codec.dumps(checkpoint), codec.dumps([*checkpoint.images.values()])
        ours = await self._batched.run(
            _REPORT,
            [keys.state(job_id), keys.logs(job_id)],
            [
                token,
                "" if report.progress is None else report.progress,
                report.message,
                *kept,
                report.preview,
                keys.channel(job_id),
                job_id,
                MAX_LOGS,
                *report.logs[-MAX_LOGS:],
            ],
        )
        if not ours:
            raise LeaseLost(job_id)

    async def renew(self, tokens: Mapping[str, str]) -> list[str]:
        """Renew the leases of these jobs (id to token); return the ids of those that we have lost.

        A job whose record Redis has lost is lost to us too: its image would belong to nobody.
        """
        if not tokens:
            return []
        pairs = [part for pair in tokens.items() for part in pair]
        names = [keys.LEASES, *map(keys.state, tokens), *map(key_of, tokens)]
        lost = await _RENEW.run_async(self._redis, names, [self._lease_seconds, *pairs])
        return [one.decode() if isinstance(one, bytes) else one for one in lost]
