import asyncio
from collections.abc import AsyncIterator, Sequence

from services.common.gate import Gate
from services.common.platforms import PLATFORMS
from services.common.targets import Target
from services.jobs.values import JobSpec
from services.leaves.resizer import Cut, Wishes
from services.worker.gated_resizer import GatedResizer
from tests.unit.worker.pipeline.faulty.files import in_chunks
from tests.unit.worker.pipeline.world import World


async def test_only_so_many_jobs_are_cut_at_once() -> None:
    busy, most = 0, 0

    class Counting(World):
        async def resize(
            self,
            master: AsyncIterator[bytes],
            size_bytes: int,
            targets: Sequence[Target],
            wishes: Wishes,
        ) -> AsyncIterator[Cut]:
            nonlocal busy, most
            busy += 1
            most = max(most, busy)
            await asyncio.sleep(0)
            busy -= 1
            async for cut in super().resize(master, size_bytes, targets, wishes):
                yield cut

    spec = JobSpec(user_id="ada", prompt="A lighthouse", platforms=("twitter-post",))
    gated = GatedResizer(Counting(spec), Gate(places=2))

    async def cut() -> int:
        cuts = gated.resize(in_chunks(b"master"), 6, [PLATFORMS["twitter-post"]], Wishes())
        return len([one async for one in cuts])

    assert await asyncio.gather(*(cut() for _ in range(10))) == [1] * 10
    assert most == 2
