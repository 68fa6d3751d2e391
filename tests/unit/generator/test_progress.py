import asyncio

from hypothesis import given
from hypothesis import strategies as st

from services.generator.progress import EXPECTED_SECONDS, PAINTED, Meter, eased, ticking


@given(
    st.floats(0, PAINTED),
    st.floats(0, 10_000),
    st.floats(0, 10_000),
    st.sampled_from(sorted(EXPECTED_SECONDS)),
)
def test_time_never_lowers_it_and_never_claims_the_end(
    start: float, earlier: float, more: float, quality: str
) -> None:
    before, after = eased(start, earlier, quality), eased(start, earlier + more, quality)
    assert start - 1e-9 <= before <= after <= PAINTED


def test_time_alone_moves_it() -> None:
    assert [int(eased(0, seconds, "medium")) for seconds in (0, 1, 15, 30, 90)] == [
        0,
        5,
        56,
        77,
        89,
    ]


async def test_each_partial_image_jumps_ahead() -> None:
    told: list[int] = []
    meter = Meter("high", 2, lambda percent, _: told.append(percent))
    for _ in range(4):
        meter.partial_came()
        meter.painting("Painting")
    assert told == [30, 60]


async def test_a_meter_tells_each_change_once_and_keeps_its_highest() -> None:
    told: list[tuple[int, str]] = []
    meter = Meter("medium", 1, lambda percent, message: told.append((percent, message)))
    meter.at(50, "Painting")
    meter.at(50, "Painting")
    meter.at(20, "Painting")
    meter.at(20, "Checking")
    meter.painting("Painting")
    assert told == [(50, "Painting"), (50, "Checking"), (50, "Painting")]


async def test_ticking_ticks_until_the_block_ends() -> None:
    ticks = 0
    third = asyncio.Event()

    def tick() -> None:
        nonlocal ticks
        ticks += 1
        if ticks == 3:
            third.set()

    async with ticking(tick, every_seconds=0.001):
        assert ticks == 1
        await asyncio.wait_for(third.wait(), timeout=5)
    assert len(asyncio.all_tasks() - {asyncio.current_task()}) <= 1
