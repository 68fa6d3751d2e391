"""The settings of every process that works with jobs."""

from dataclasses import dataclass
from datetime import timedelta

from services.common.setting_checks import not_negative, positive
from services.common.settings import setting
from services.jobs.redis_address import redis_address


@dataclass(frozen=True, kw_only=True)
class JobSettings:
    """What gateway and worker must agree on."""

    redis_url: str = setting(
        "REDIS_URL",
        "Redis that holds the jobs, or Sentinels that know it: "
        "`redis+sentinel://[USER:PASSWORD@]HOST:PORT,HOST:PORT/SERVICE/DB`, `rediss+sentinel` for "
        "TLS, `?sentinel_username=...&sentinel_password=...` if they want credentials themselves",
        default="redis://127.0.0.1:6379/0",
        check=redis_address,
        secret=True,
    )
    redis_replicas: int = setting(
        "REDIS_REPLICAS",
        "how many replicas must have a change before a caller is told of it, and the entry of a "
        "purchase before it begins (`WAIT`), so that a failover undoes neither; 0: it may undo "
        "them",
        default=0,
        check=not_negative,
    )
    retention_hours: float = setting(
        "JOB_RETENTION_HOURS", "how long a finished job is kept", default=72.0, check=positive
    )
    lease_seconds: float = setting(
        "WORKER_LEASE_SECONDS",
        "a worker that is silent for this long loses its jobs to others",
        default=20.0,
        check=positive,
    )
    worker_slots: int = setting(
        "WORKER_SLOTS", "jobs that one worker process runs at once", default=32, check=positive
    )

    @property
    def retention(self) -> timedelta:
        """`retention_hours` as a duration."""
        return timedelta(hours=self.retention_hours)

    @property
    def lease(self) -> timedelta:
        """`lease_seconds` as a duration."""
        return timedelta(seconds=self.lease_seconds)
