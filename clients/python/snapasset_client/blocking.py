"""The client for code without asyncio: the same client on its own event loop in a thread."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from functools import wraps
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from .client import SnapAsset

P = ParamSpec("P")
T = TypeVar("T")


class Loop:
    """An event loop in a thread; callers block until what they run there has finished."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="snapasset", daemon=True
        )
        self._thread.start()

    def wait_for(self, work: Awaitable[T]) -> T:
        """Return what it returns; it is cancelled when the wait is interrupted."""

        async def awaited() -> T:
            return await work

        future = asyncio.run_coroutine_threadsafe(awaited(), self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def close(self) -> None:
        """End the thread."""
        self.wait_for(self._loop.shutdown_asyncgens())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def _like(
    made: Callable[Concatenate[SnapAsset, P], None],
) -> Callable[[Callable[..., None]], Callable[Concatenate["BlockingSnapAsset", P], None]]:
    """Give a constructor the signature of another one."""
    return lambda constructor: wraps(made)(constructor)


def _waited(
    method: Callable[Concatenate[SnapAsset, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate["BlockingSnapAsset", P], T]:
    @wraps(method)
    def wait(self: "BlockingSnapAsset", /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self.loop.wait_for(method(self.client, *args, **kwargs))

    return wait


def _iterated(
    method: Callable[Concatenate[SnapAsset, P], AsyncIterator[T]],
) -> Callable[Concatenate["BlockingSnapAsset", P], Iterator[T]]:
    @wraps(method)
    def iterate(self: "BlockingSnapAsset", /, *args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
        entries = method(self.client, *args, **kwargs)
        try:
            while True:
                try:
                    yield self.loop.wait_for(anext(entries))
                except StopAsyncIteration:
                    return
        finally:
            if close := getattr(entries, "aclose", None):
                self.loop.wait_for(close())

    return iterate


class BlockingSnapAsset:
    """SnapAsset, method by method, for code without asyncio; use it as `with`.

    It may be shared by threads. Leave an iterator's loop early only within the `with`.
    """

    @_like(SnapAsset.__init__)
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        async def connected() -> SnapAsset:
            return SnapAsset(*args, **kwargs)

        self.loop = Loop()
        try:
            self.client = self.loop.wait_for(connected())
        except BaseException:
            self.loop.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.loop.wait_for(self.client.__aexit__(kind, error, trace))
        self.loop.close()

    create_job = _waited(SnapAsset.create_job)
    create_and_wait = _waited(SnapAsset.create_and_wait)
    wait = _waited(SnapAsset.wait)
    watch = _iterated(SnapAsset.watch)
    get_job = _waited(SnapAsset.get_job)
    jobs = _iterated(SnapAsset.jobs)
    retry_job = _waited(SnapAsset.retry_job)
    cancel_job = _waited(SnapAsset.cancel_job)
    create_batch = _waited(SnapAsset.create_batch)
    get_batch = _waited(SnapAsset.get_batch)
    watch_batch = _iterated(SnapAsset.watch_batch)
    cancel_batch = _waited(SnapAsset.cancel_batch)
    queue_stats = _waited(SnapAsset.queue_stats)
    clean_queue = _waited(SnapAsset.clean_queue)
    pause_queue = _waited(SnapAsset.pause_queue)
    resume_queue = _waited(SnapAsset.resume_queue)
    generations = _iterated(SnapAsset.generations)
    get_generation = _waited(SnapAsset.get_generation)
    delete_generation = _waited(SnapAsset.delete_generation)
    cut = _waited(SnapAsset.cut)
    delete_rendition = _waited(SnapAsset.delete_rendition)
    master = _iterated(SnapAsset.master)
    upload = _waited(SnapAsset.upload)
    uploads = _iterated(SnapAsset.uploads)
    get_upload = _waited(SnapAsset.get_upload)
    delete_upload = _waited(SnapAsset.delete_upload)
    delete_user_data = _iterated(SnapAsset.delete_user_data)
    platforms = _waited(SnapAsset.platforms)
    models = _waited(SnapAsset.models)
    usage = _waited(SnapAsset.usage)
    health = _waited(SnapAsset.health)
    api_index = _waited(SnapAsset.api_index)
    create_webhook = _waited(SnapAsset.create_webhook)
    webhooks = _waited(SnapAsset.webhooks)
    delete_webhook = _waited(SnapAsset.delete_webhook)
    webhook_secret = _waited(SnapAsset.webhook_secret)
    rotate_webhook_secret = _waited(SnapAsset.rotate_webhook_secret)
    test_webhook = _waited(SnapAsset.test_webhook)
    deliveries = _iterated(SnapAsset.deliveries)
    redeliver = _waited(SnapAsset.redeliver)
    download = _iterated(SnapAsset.download)
    save = _waited(SnapAsset.save)
