"""Runs chaos and prints the table: `python -m tests.chaos --seconds 60 --seed 7`.

Ends with code 1 when a promise was broken; the logs of all processes are in the folder it names.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.run import Plan, run


def main() -> None:
    """Read the command line, run, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--jobs-per-second", type=float, default=1.0)
    parser.add_argument("--pause-seconds", type=float, default=2.0, help="mean, between two harms")
    parser.add_argument("--lease-seconds", type=float, default=20.0)
    parser.add_argument("--s3", action="store_true", help="keep objects on a MinIO of our own")
    parser.add_argument("--sentinel", action="store_true", help="Redis with replicas and Sentinels")
    parser.add_argument("--quiet", action="store_true", help="only the table")
    given = parser.parse_args()
    began = time.monotonic()

    def say(line: str) -> None:
        if not given.quiet:
            sys.stdout.write(f"{time.monotonic() - began:7.1f} s  {line}\n")
            sys.stdout.flush()

    plan = Plan(
        seconds=given.seconds,
        seed=given.seed,
        jobs_per_second=given.jobs_per_second,
        lease_seconds=given.lease_seconds,
        pause_seconds=given.pause_seconds,
        s3=given.s3,
        sentinel=given.sentinel,
    )
    folder = Path(tempfile.mkdtemp(prefix="snapasset-chaos-"))
    outcome = asyncio.run(run(plan, folder, say))
    objects = "on MinIO" if plan.s3 else "in a folder"
    redis = "Redis with 2 replicas and 3 Sentinels" if plan.sentinel else "one Redis"
    title = (
        f"Chaos of {plan.seconds:g} s, seed {plan.seed}, {plan.jobs_per_second:g} jobs/s, "
        f"a harm each {plan.pause_seconds:g} s, leases of {plan.lease_seconds:g} s, 3 workers, "
        f"2 gateways, Envoy, objects {objects}, {redis}; logs in {folder}"
    )
    sys.stdout.write(f"\n{title}\n{outcome.text()}\n")
    if broken := outcome.broken_promises():
        raise SystemExit(f"Broken: {'; '.join(broken)}.")


if __name__ == "__main__":
    main()
