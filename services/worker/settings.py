"""The settings of a worker process."""

from dataclasses import dataclass
from pathlib import Path

from services.common.process_settings import ProcessSettings
from services.common.setting_checks import positive
from services.common.settings import setting
from services.jobs.settings import JobSettings
from services.jobs.views.settings import ViewSettings
from services.jobs.webhooks.settings import WebhookSettings
from services.leaves.settings import LeafSettings


@dataclass(frozen=True, kw_only=True)
class WorkerSettings(WebhookSettings, ViewSettings, JobSettings, LeafSettings, ProcessSettings):
    """The settings of a worker process."""

    attempts: int = setting(
        "JOB_ATTEMPTS", "how many times a job is tried", default=3, check=positive
    )
    refusals: int = setting(
        "JOB_REFUSALS",
        "how many times services may refuse a job for lack of room before it fails; these do not "
        "count as attempts, and are up to 30 s apart",
        default=100,
        check=positive,
    )
    backoff_seconds: float = setting(
        "RETRY_BACKOFF_SECONDS",
        "pause before the second attempt; doubles each time, with jitter",
        default=2.0,
        check=positive,
    )
    batch_share: float = setting(
        "WORKER_BATCH_SHARE",
        "share of a worker's slots that jobs of the urgency `batch` may fill, one slot at least; "
        "the others stay free for normal jobs",
        default=0.75,
        check=lambda share: None if 0 < share <= 1 else "must be above 0, and at most 1",
    )
    grace_seconds: float = setting(
        "WORKER_GRACE_SECONDS",
        "how long jobs may continue after SIGTERM before they are handed back",
        default=20.0,
    )
    generate_seconds: float = setting(
        "GENERATE_TIMEOUT_SECONDS", "deadline for buying an image", default=600.0, check=positive
    )
    resize_seconds: float = setting(
        "RESIZE_TIMEOUT_SECONDS",
        "deadline for cutting all renditions",
        default=120.0,
        check=positive,
    )
    storage_seconds: float = setting(
        "STORAGE_TIMEOUT_SECONDS", "deadline for one call to storage", default=60.0, check=positive
    )
    connect_seconds: float = setting(
        "WORKER_CONNECT_SECONDS",
        "how long a job waits for a service that is being restarted",
        default=20.0,
        check=positive,
    )
    resize_concurrency: int = setting(
        "WORKER_RESIZE_CONCURRENCY",
        "jobs of one worker whose images are cut at once; the others wait in the worker",
        default=4,
        check=positive,
    )
    uncertain_purchases: int = setting(
        "UNCERTAIN_PURCHASES",
        "how many times an image is bought again when nobody knows if it was charged; 0: never",
        default=1,
        check=lambda times: None if times >= 0 else "must not be negative",
    )
    storage_patience_seconds: float = setting(
        "WORKER_STORAGE_PATIENCE_SECONDS",
        "how long an attempt waits for storage that is unreachable or full; what is paid for stays "
        "in the spool meanwhile",
        default=300.0,
        check=lambda seconds: None if seconds >= 0 else "must not be negative",
    )
    webhook_seconds: float = setting(
        "WEBHOOK_TIMEOUT_SECONDS",
        "how long a webhook may take to answer; when a worker dies, another takes over its "
        "deliveries after twice as long",
        default=15.0,
        check=positive,
    )
    webhook_slots: int = setting(
        "WORKER_WEBHOOK_SLOTS",
        "calls to webhooks that one worker process makes at once; at most half of them go to "
        "webhooks that failed or were slow the last time",
        default=64,
        check=lambda slots: None if slots >= 2 else "must be at least 2",
    )
    spool_directory: Path = setting(
        "WORKER_SPOOL_DIRECTORY",
        "folder for what is paid for until storage has it; should outlive the process",
        default=Path("var/spool"),
    )
    spool_bytes: int = setting(
        "WORKER_SPOOL_BYTES",
        "a worker with this much in its spool buys nothing more",
        default=1024 * 1024 * 1024,
        check=positive,
    )
