"""What a worker process can be told."""

from dataclasses import dataclass

from services.common.settings import ProcessSettings, positive, setting
from services.jobs.settings import JobSettings
from services.jobs.spend.prices import DEFAULT_PRICES, check_prices
from services.leaves.settings import LeafSettings


@dataclass(frozen=True, kw_only=True)
class WorkerSettings(JobSettings, LeafSettings, ProcessSettings):
    """What a worker process can be told."""

    attempts: int = setting("JOB_ATTEMPTS", "how often a job is tried", default=3, check=positive)
    refusals: int = setting(
        "JOB_REFUSALS",
        "how often a service may have no room for a job before it fails; these are no attempts, "
        "and up to 30 s apart",
        default=100,
        check=positive,
    )
    backoff_seconds: float = setting(
        "RETRY_BACKOFF_SECONDS",
        "pause before the second attempt; doubles each time, with jitter",
        default=2.0,
        check=positive,
    )
    grace_seconds: float = setting(
        "WORKER_GRACE_SECONDS",
        "how long jobs may go on after SIGTERM before they are handed back",
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
        "jobs of one worker that have their images cut at once; others wait here",
        default=4,
        check=positive,
    )
    image_prices: tuple[str, ...] = setting(
        "IMAGE_PRICES",
        "US dollars for a million tokens in and out, by the beginning of a model's name, "
        "comma separated: gpt-image-2=5/40",
        default=DEFAULT_PRICES,
        check=check_prices,
    )
