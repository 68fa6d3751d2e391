"""The gateway's servicers, one for each service of its contracts, and what each is made of."""

from collections.abc import Sequence
from functools import partial

from services.gateway.access.opening import open_local_sign_in
from services.gateway.api.batch_intake import BatchIntake
from services.gateway.api.batch_service import BatchService
from services.gateway.api.erasure import CALL_SECONDS, Erasure
from services.gateway.api.generation_service import GenerationService
from services.gateway.api.job_service import JobService
from services.gateway.api.model_service import ModelService
from services.gateway.api.queue_service import QueueService
from services.gateway.api.rendition_service import RenditionService
from services.gateway.api.upload_service import UploadService
from services.gateway.api.usage_service import UsageService
from services.gateway.api.user_service import UserService
from services.gateway.api.webhook_service import WebhookService
from services.gateway.openapi.document import build_document
from services.gateway.site.health import Health, redis_probe, service_probe, worker_probe
from services.gateway.site.images import Images
from services.gateway.site.pages import Pages
from services.gateway.site.site_service import SiteService
from services.gateway.uploads.uploads import Uploads
from services.gateway.wiring import Wiring
from services.jobs.owned_jobs import OwnedJobs
from services.jobs.presence import SILENT_SECONDS
from services.jobs.webhooks.erasing import WebhookErasure
from services.leaves.resizer import ResizerClient
from services.leaves.storage import StorageClient


def servicers(parts: Wiring) -> Sequence[object]:
    """Return all of them."""
    return (
        _jobs(parts),
        _batches(parts),
        _queue(parts),
        GenerationService(parts.kept, parts.generations, parts.views),
        RenditionService(parts.generations, parts.reception, parts.platforms),
        _site(parts),
        UsageService(parts.books, parts.budget),
        ModelService(parts.models),
        _users(parts),
        _uploads(parts),
        _webhooks(parts),
    )


def _jobs(parts: Wiring) -> JobService:
    return JobService(
        reception=parts.reception,
        moves=parts.moves,
        reader=parts.reader,
        listing=parts.listing,
        hub=parts.hub,
        views=parts.views,
        orders=parts.orders,
        tickets_demanded=parts.settings.stream_requires_ticket,
        heartbeat_seconds=parts.settings.heartbeat_seconds,
    )


def _batches(parts: Wiring) -> BatchService:
    return BatchService(
        batches=parts.batches,
        batch_intake=BatchIntake(orders=parts.orders, intake=parts.intake),
        tickets=parts.reception.tickets,
        listing=parts.listing,
        moves=parts.moves,
        hub=parts.hub,
        tickets_demanded=parts.settings.stream_requires_ticket,
        heartbeat_seconds=parts.settings.heartbeat_seconds,
    )


def _queue(parts: Wiring) -> QueueService:
    return QueueService(
        redis=parts.connections.redis,
        moves=parts.moves,
        reader=parts.reader,
        figures=parts.figures,
        retention=parts.settings.retention,
    )


def _site(parts: Wiring) -> SiteService:
    opened = parts.connections
    probes = {
        "redis": redis_probe(opened.async_redis),
        "worker": worker_probe(parts.figures, SILENT_SECONDS),
        "generator": service_probe(opened.generator),
        "resizer": service_probe(opened.resizer),
        "storage": service_probe(opened.storage),
    }
    document = partial(build_document, parts.contracts, parts.platforms)
    return SiteService(
        images=Images(parts.reading, private=parts.settings.private),
        health=Health(probes),
        pages=Pages(document, parts.settings.image_base),
        sign_in=open_local_sign_in(parts.settings),
        platforms=parts.platforms,
    )


def _users(parts: Wiring) -> UserService:
    erasure = Erasure(
        jobs=OwnedJobs(parts.records, parts.moves),
        storage=parts.kept,
        books=parts.books,
        batches=parts.batches,
        webhooks=WebhookErasure(parts.webhooks, parts.deliveries),
        uploads=parts.register,
    )
    return UserService(erasure)


def _uploads(parts: Wiring) -> UploadService:
    seconds = 2 * parts.settings.upload_seconds
    uploads = Uploads(
        register=parts.register,
        storage=StorageClient(parts.connections.storage, timeout_seconds=seconds),
        resizer=ResizerClient(parts.connections.resizer, timeout_seconds=CALL_SECONDS),
        terms=parts.settings.upload_terms,
    )
    return UploadService(uploads, parts.register)


def _webhooks(parts: Wiring) -> WebhookService:
    return WebhookService(
        parts.webhooks,
        parts.deliveries,
        parts.callable_addresses,
        most=parts.settings.webhooks_per_owner,
    )
