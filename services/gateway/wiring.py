"""Wires the parts of the gateway to each other: which part is made of which."""

from collections.abc import Mapping
from functools import cached_property

from prometheus_client import CollectorRegistry

from services.common.contracts import Contracts
from services.common.platforms import read_platforms
from services.common.targets import Platform
from services.gateway.access.limits import Limits, Policies
from services.gateway.access.tickets import Tickets
from services.gateway.api.erasure import CALL_SECONDS
from services.gateway.api.estimate import DurationEstimate
from services.gateway.api.generations import Generations
from services.gateway.api.intake import Intake
from services.gateway.api.models import Models
from services.gateway.api.orders import Orders
from services.gateway.api.pictures import SentPictures
from services.gateway.api.reception import Reception
from services.gateway.api.webhook_addresses import WebhookAddresses
from services.gateway.connections import Connections
from services.gateway.events.endings import Endings
from services.gateway.events.hub import EventHub
from services.gateway.settings import GatewaySettings
from services.jobs.batched import Batched
from services.jobs.batches import Batches
from services.jobs.conditions import Bounds
from services.jobs.figures import Figures
from services.jobs.listing import Listing
from services.jobs.metrics import JobMetrics
from services.jobs.moves import Moves
from services.jobs.moving_window import Policy
from services.jobs.presence import SILENT_SECONDS
from services.jobs.reader import Reader
from services.jobs.records import Records
from services.jobs.retrying import Retrying
from services.jobs.spend.books import Books
from services.jobs.spend.budget import Budget
from services.jobs.uploads.register import UploadRegister
from services.jobs.views.job import Views
from services.jobs.webhooks.deliveries import Deliveries
from services.jobs.webhooks.registry import WebhookRegistry
from services.leaves.generator import GeneratorClient
from services.leaves.links import open_links
from services.leaves.storage import StorageClient

_IMAGE_SECONDS = 60.0
"""How long an image may take to read, however slowly a browser takes it."""


class Wiring:
    """Makes each part when it is first asked for, and once: its readers share it."""

    def __init__(
        self,
        settings: GatewaySettings,
        contracts: Contracts,
        connections: Connections,
        registry: CollectorRegistry,
    ) -> None:
        self.settings = settings
        self.contracts = contracts
        self.connections = connections
        self.registry = registry

    @cached_property
    def platforms(self) -> Mapping[str, Platform]:
        return read_platforms(self.settings.platforms_file, instead=self.settings.platforms_instead)

    # Jobs, as the queue keeps them.

    @cached_property
    def records(self) -> Records:
        return Records(
            self.connections.redis,
            retention=self.settings.retention,
            lease=self.settings.lease,
            moved=JobMetrics(self.registry).moved,
        )

    @cached_property
    def moves(self) -> Moves:
        return Moves(self.records)

    @cached_property
    def reader(self) -> Reader:
        return Reader(self.connections.async_redis)

    @cached_property
    def listing(self) -> Listing:
        return Listing(self.connections.async_redis)

    @cached_property
    def figures(self) -> Figures:
        return Figures(self.connections.async_redis)

    @cached_property
    def batches(self) -> Batches:
        return Batches(self.connections.async_redis)

    @cached_property
    def register(self) -> UploadRegister:
        return UploadRegister(self.connections.async_redis)

    @cached_property
    def webhooks(self) -> WebhookRegistry:
        return WebhookRegistry(self.connections.async_redis)

    @cached_property
    def deliveries(self) -> Deliveries:
        return Deliveries(self.connections.async_redis)

    @cached_property
    def hub(self) -> EventHub:
        return EventHub(self.connections.async_redis, self.reader)

    # What was made and what it cost.

    @cached_property
    def kept(self) -> StorageClient:
        return StorageClient(self.connections.storage, timeout_seconds=CALL_SECONDS)

    @cached_property
    def reading(self) -> StorageClient:
        return StorageClient(self.connections.storage, timeout_seconds=_IMAGE_SECONDS)

    @cached_property
    def views(self) -> Views:
        links = open_links(self.kept, self.settings.image_base, private=self.settings.private)
        return Views(links, self.platforms)

    @cached_property
    def generations(self) -> Generations:
        return Generations(self.kept, self.reading)

    @cached_property
    def books(self) -> Books:
        return Books(self.connections.async_redis)

    @cached_property
    def budget(self) -> Budget:
        return Budget(round(self.settings.budget_usd * 1e6))

    # A request on its way to the queue.

    @cached_property
    def limits(self) -> Limits:
        policies = Policies(
            requests=Policy.parse(self.settings.rate_limit_requests),
            jobs=Policy.parse(self.settings.rate_limit_jobs),
            renditions=Policy.parse(self.settings.rate_limit_renditions),
        )
        return Limits(self.connections.async_redis, policies)

    @cached_property
    def models(self) -> Models:
        generator = self.connections.generator
        return Models(GeneratorClient(generator, timeout_seconds=CALL_SECONDS, connect_seconds=0.0))

    @cached_property
    def callable_addresses(self) -> WebhookAddresses:
        return WebhookAddresses(self.settings.webhooks_reach)

    @cached_property
    def orders(self) -> Orders:
        pictures = SentPictures(self.register)
        return Orders(self.platforms, self.models, pictures, self.callable_addresses)

    @cached_property
    def estimate(self) -> DurationEstimate:
        return DurationEstimate(self.figures, self.settings.worker_slots, SILENT_SECONDS)

    @cached_property
    def intake(self) -> Intake:
        return Intake(
            redis=Batched(self.connections.async_redis),
            places=self.records.places,
            retrying=Retrying(self.records),
            bounds=Bounds(
                in_flight=self.settings.in_flight, waiting=self.settings.queue_max_waiting
            ),
            limits=self.limits,
            budget=self.budget,
            estimate=self.estimate,
        )

    @cached_property
    def reception(self) -> Reception:
        return Reception(
            intake=self.intake,
            estimate=self.estimate,
            tickets=Tickets(self.settings.ticket_secrets),
            endings=Endings(self.hub, self.reader, self.settings.waiting_callers),
            views=self.views,
        )
