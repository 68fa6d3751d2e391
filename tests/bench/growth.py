"""Growth: what calls cost while the line, an owner's jobs, the watchers or the history grow.

One call at a time through Envoy, on a stack whose worker stands still; what grows is put there
beforehand. A claim is what a worker does with a job before it begins.
"""

from collections.abc import Awaitable, Callable

from tests.bench.figures import Growth, Result
from tests.bench.grown import Grown
from tests.bench.stage import Plan, our_stack

_CALLS, _QUICK_CALLS = 100, 10

_GROWTHS: tuple[tuple[str, int, Callable[[Grown, int], Awaitable[None]]], ...] = (
    ("jobs in line", 10_000, Grown.lengthen_line),
    ("jobs of one owner", 10_000, Grown.retain_jobs),
    ("watchers", 5_000, Grown.watch),
    ("generations of one owner", 5_000, Grown.remember),
)
"""What grows, how far, and how."""


async def measure(plan: Plan) -> Result:
    """Grow one thing after the other, each on a stack of its own."""
    found = []
    for number, (of, most, grow) in enumerate(_GROWTHS):
        sizes = [most // 100, most // 10] if plan.quick else [most // 100, most // 10, most]
        costs: dict[str, list[float]] = {}
        with our_stack(plan, f"growth-{number}") as stack, Grown(stack) as grown:
            await grown.cost_ms(_QUICK_CALLS)  # warms up
            for before, size in zip([0, *sizes], sizes, strict=False):
                await grow(grown, size - before)
                calls = await grown.cost_ms(_QUICK_CALLS if plan.quick else _CALLS)
                for call, ms in calls.items():
                    costs.setdefault(call, []).append(ms)
        found.append(Growth(of=of, sizes=sizes, costs=costs))
        plan.tell(f"  {of}")
    return Result(growth=found)
