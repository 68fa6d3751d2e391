"""Builds the API process from its settings: the wiring diagram of the gateway."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import grpc

from services.common.channels import open_channel
from services.common.descriptor_set import descriptor_file, read_contracts
from services.common.ending import end
from services.common.interceptors import AroundInterceptor
from services.common.platforms import read_platforms
from services.common.serve import Registration, registration
from services.common.telemetry import Telemetry
from services.gateway.access.control import AccessControl, caller
from services.gateway.access.limits import Limits, Policies
from services.gateway.access.metadata import ClientAddresses
from services.gateway.access.opening import open_credentials, open_local_sign_in
from services.gateway.access.tickets import Tickets
from services.gateway.access.under_way import UnderWay
from services.gateway.api.batch_intake import BatchIntake
from services.gateway.api.batch_service import BatchService
from services.gateway.api.erasure import CALL_SECONDS, Erasure
from services.gateway.api.estimate import DurationEstimate
from services.gateway.api.generation_service import GenerationService
from services.gateway.api.generations import Generations
from services.gateway.api.intake import Intake
from services.gateway.api.job_service import JobService
from services.gateway.api.model_service import ModelService
from services.gateway.api.models import Models
from services.gateway.api.orders import Orders
from services.gateway.api.pictures import SentPictures
from services.gateway.api.queue_service import QueueService
from services.gateway.api.reception import Reception
from services.gateway.api.rendition_service import RenditionService
from services.gateway.api.upload_service import UploadService
from services.gateway.api.usage_service import UsageService
from services.gateway.api.user_service import UserService
from services.gateway.api.webhook_addresses import WebhookAddresses
from services.gateway.api.webhook_service import WebhookService
from services.gateway.events.endings import Endings
from services.gateway.events.hub import EventHub
from services.gateway.events.lost_jobs import LostJobs
from services.gateway.headers import gather_headers, send_headers
from services.gateway.lingering import LingerInterceptor
from services.gateway.openapi.document import build_document
from services.gateway.outage import admit_outage
from services.gateway.queue_metrics import QueueCollector
from services.gateway.rest_errors import speak_rest
from services.gateway.rest_paths import PathInterceptor
from services.gateway.settings import GatewaySettings
from services.gateway.site.health import Health, redis_probe, service_probe, worker_probe
from services.gateway.site.images import Images
from services.gateway.site.pages import Pages
from services.gateway.site.site_service import SiteService
from services.gateway.uploads.uploads import Uploads
from services.jobs.batched import Batched
from services.jobs.batches import Batches
from services.jobs.conditions import Bounds
from services.jobs.connections import open_async_redis, open_redis
from services.jobs.figures import Figures
from services.jobs.listing import Listing
from services.jobs.metrics import JobMetrics
from services.jobs.moves import Moves
from services.jobs.moving_window import Policy
from services.jobs.owned_jobs import OwnedJobs
from services.jobs.presence import SILENT_SECONDS
from services.jobs.reader import Reader
from services.jobs.records import Records
from services.jobs.redis_server import refuse_eviction
from services.jobs.retrying import Retrying
from services.jobs.spend.books import Books
from services.jobs.spend.budget import Budget
from services.jobs.uploads.register import UploadRegister
from services.jobs.views.job import Views
from services.jobs.webhooks.deliveries import Deliveries
from services.jobs.webhooks.erasing import WebhookErasure
from services.jobs.webhooks.registry import WebhookRegistry
from services.leaves.generator import GeneratorClient
from services.leaves.links import open_links
from services.leaves.resizer import ResizerClient
from services.leaves.storage import STORAGE, StorageClient

_IMAGE_SECONDS = 60.0
"""How long an image may take to read, however slowly a browser takes it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """What a server needs to be the gateway; see `serve`."""

    registrations: Sequence[Registration]
    arounds: Sequence[grpc.aio.ServerInterceptor]
    draining: Callable[[], None]


@asynccontextmanager
async def open_gateway(
    settings: GatewaySettings, telemetry: Telemetry | None = None
) -> AsyncIterator[Parts]:
    """Open the connections, listen for changes, and close all of it with the block."""
    contracts = read_contracts(descriptor_file().read_bytes())
    platforms = read_platforms(settings.platforms_file, instead=settings.platforms_instead)
    endpoints = {rpc.method: rpc.endpoint for rpc in contracts.rpcs}
    registry = (telemetry or Telemetry()).registry
    await refuse_eviction(settings.redis_url)
    redis, async_redis = open_redis(settings.redis_url), open_async_redis(settings.redis_url)
    storage = open_channel(settings.storage_address, settings, STORAGE)
    generator = open_channel(settings.generator_address, settings)
    resizer = open_channel(settings.resizer_address, settings)
    records = Records(
        redis,
        retention=settings.retention,
        lease=settings.lease,
        moved=JobMetrics(registry).moved,
    )
    moves = Moves(records)
    reader, figures = Reader(async_redis), Figures(async_redis)
    hub = EventHub(async_redis, reader)
    kept = StorageClient(storage, timeout_seconds=CALL_SECONDS)
    links = open_links(kept, settings.image_base, private=settings.private)
    views = Views(links, platforms)
    reading = StorageClient(storage, timeout_seconds=_IMAGE_SECONDS)
    generations = Generations(kept, reading)
    images = Images(reading, private=settings.private)
    health = Health(
        {
            "redis": redis_probe(async_redis),
            "worker": worker_probe(figures, SILENT_SECONDS),
            "generator": service_probe(generator),
            "resizer": service_probe(resizer),
            "storage": service_probe(storage),
        }
    )
    estimate = DurationEstimate(figures, settings.worker_slots, SILENT_SECONDS)
    policies = Policies(
        requests=Policy.parse(settings.rate_limit_requests),
        jobs=Policy.parse(settings.rate_limit_jobs),
        renditions=Policy.parse(settings.rate_limit_renditions),
    )
    limits = Limits(async_redis, policies)
    books = Books(async_redis)
    budget = Budget(round(settings.budget_usd * 1e6))
    models = Models(GeneratorClient(generator, timeout_seconds=CALL_SECONDS, connect_seconds=0.0))
    intake = Intake(
        redis=Batched(async_redis),
        places=records.places,
        retrying=Retrying(records),
        bounds=Bounds(in_flight=settings.in_flight, waiting=settings.queue_max_waiting),
        limits=limits,
        budget=budget,
        estimate=estimate,
    )
    reception = Reception(
        intake=intake,
        estimate=estimate,
        tickets=Tickets(settings.ticket_secrets),
        endings=Endings(hub, reader, settings.waiting_callers),
        views=views,
    )
    webhooks = WebhookRegistry(async_redis)
    deliveries = Deliveries(async_redis)
    callable_addresses = WebhookAddresses(settings.webhooks_reach)
    register = UploadRegister(async_redis)
    orders = Orders(platforms, models, SentPictures(register), callable_addresses)
    listing = Listing(async_redis)
    batches = Batches(async_redis)
    together = BatchService(
        batches=batches,
        batch_intake=BatchIntake(orders=orders, intake=intake),
        tickets=reception.tickets,
        listing=listing,
        moves=moves,
        hub=hub,
        tickets_demanded=settings.stream_requires_ticket,
        heartbeat_seconds=settings.heartbeat_seconds,
    )
    jobs = JobService(
        reception=reception,
        moves=moves,
        reader=reader,
        listing=listing,
        hub=hub,
        views=views,
        orders=orders,
        tickets_demanded=settings.stream_requires_ticket,
        heartbeat_seconds=settings.heartbeat_seconds,
    )
    queue = QueueService(
        redis=redis, moves=moves, reader=reader, figures=figures, retention=settings.retention
    )
    erasure = Erasure(
        jobs=OwnedJobs(records, moves),
        storage=kept,
        books=books,
        batches=batches,
        webhooks=WebhookErasure(webhooks, deliveries),
        uploads=register,
    )
    addresses = ClientAddresses(settings.proxy_networks)
    access = AccessControl(endpoints, open_credentials(settings), limits, addresses)
    downloads = UnderWay(
        {rpc.method for rpc in contracts.rpcs if rpc.downloads},
        most=settings.downloads_per_address,
        client=addresses.of,
        refusal="Your address has {most} downloads under way. Please read them first.",
    )
    arriving = UnderWay(
        {rpc.method for rpc in contracts.rpcs if rpc.uploads},
        most=settings.uploads_per_caller,
        client=lambda ctx: caller().subject,
        refusal="You have {most} uploads under way. Please finish them first.",
    )
    uploads = Uploads(
        register=register,
        storage=StorageClient(storage, timeout_seconds=2 * settings.upload_seconds),
        resizer=ResizerClient(resizer, timeout_seconds=CALL_SECONDS),
        terms=settings.upload_terms,
    )
    pages = Pages(build_document(contracts, platforms), settings.image_base)
    site = SiteService(
        images=images,
        health=health,
        pages=pages,
        sign_in=open_local_sign_in(settings),
        platforms=platforms,
    )
    listening = asyncio.create_task(hub.run())
    looking = asyncio.create_task(LostJobs(hub, reader).watch())
    measured = QueueCollector(async_redis, figures, hub)
    registry.register(measured)
    try:
        yield Parts(
            registrations=[
                registration(servicer)
                for servicer in (
                    jobs,
                    together,
                    queue,
                    GenerationService(kept, generations, views),
                    RenditionService(generations, reception, platforms),
                    site,
                    UsageService(books, budget),
                    ModelService(models),
                    UserService(erasure),
                    UploadService(uploads, register),
                    WebhookService(
                        webhooks,
                        deliveries,
                        callable_addresses,
                        most=settings.webhooks_per_owner,
                    ),
                )
            ],
            arounds=(
                AroundInterceptor(gather_headers(endpoints), send_headers),
                AroundInterceptor(speak_rest),
                AroundInterceptor(admit_outage),
                LingerInterceptor(),
                AroundInterceptor(access.around),
                AroundInterceptor(downloads.around),
                AroundInterceptor(arriving.around),
                PathInterceptor(contracts),
            ),
            draining=hub.close,
        )
    finally:
        registry.unregister(measured)
        await end([listening, looking])
        for channel in (storage, generator, resizer):
            await channel.close()
        await async_redis.aclose()
        redis.close()
