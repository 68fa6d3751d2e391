"""The table at the end: what was promised, and what came of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LOST_CODES = ("JOB_LOST",)
RECOVERY_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """The figures of one run."""

    accepted: int
    completed: int
    cancelled: int
    failed: Mapping[str, int]
    lost: int
    false_streams: int
    never_accepted: int
    heard: Mapping[str, int]
    dishonest: Mapping[str, int]
    bought_per_completed: float
    paid_per_completed: float
    charged: int
    """Images that the provider has painted, whatever came of them."""
    beyond_allowance: int
    """How many of them are more than their job and the uncertain purchases of it may take."""
    in_usage: int
    uncertain: int
    duplicates: int
    cut_again: int
    """Jobs that cut again what another job had bought; each purchase of theirs counts above."""
    missing_renditions: int
    webhook_messages: int
    untold_ends: int
    """Ended jobs of which no webhook was told."""
    untrue_messages: int
    """Forged messages, and jobs that were told to have ended otherwise than they did, or twice."""
    endless_keys: int
    longest_recovery_seconds: float
    harm: Mapping[str, int]

    def broken_promises(self) -> list[str]:
        """Return what must not be, in words."""
        musts = {
            "jobs were accepted and completed": self.completed > 0,
            "no job is lost": self.lost == 0,
            "no stored image is bought again": self.bought_per_completed == 1,
            "no job is charged beyond itself and its uncertain purchases": self.beyond_allowance
            == 0,
            "every image that was charged is in the usage": self.charged
            <= self.in_usage + self.uncertain,
            "whatever is cut again joins its generation": self.missing_renditions == 0,
            "webhooks are told of each end": self.untold_ends == 0,
            "webhooks are told nothing untrue": self.untrue_messages == 0,
            "there are no duplicates": self.duplicates == 0,
            "no stream ends with an untruth": self.false_streams == 0,
            "clients hear of an outage as the guide says, and soon": not self.dishonest,
            "no key in Redis lives for ever": self.endless_keys == 0,
            f"recovery takes at most {RECOVERY_SECONDS:g} s": self.longest_recovery_seconds
            <= RECOVERY_SECONDS,
        }
        return [promise for promise, kept in musts.items() if not kept]

    def rows(self) -> Sequence[tuple[str, str, str]]:
        """Return name, figure and what it must be."""
        return (
            ("jobs accepted", str(self.accepted), ""),
            ("completed", str(self.completed), "> 0"),
            ("cancelled by their owner", str(self.cancelled), ""),
            ("failed for a stated cause", str(sum(self.failed.values())), ""),
            ("  causes", _listed(self.failed), ""),
            ("lost", str(self.lost), "0"),
            ("streams that ended with an untruth", str(self.false_streams), "0"),
            (
                "images bought per completed job, once answered and stored",
                f"{self.bought_per_completed:.2f}",
                "1.00",
            ),
            (
                "images sent by the provider per image of a completed job, lost ones included",
                f"{self.paid_per_completed:.2f}",
                "",
            ),
            ("images that were charged, lost ones included", str(self.charged), ""),
            ("  beyond one for a job and its uncertain ones", str(self.beyond_allowance), "0"),
            (
                "  of them in the usage: bought and uncertain",
                f"{self.in_usage} + {self.uncertain}",
                f"together >= {self.charged}",
            ),
            ("bought images that were cut again", str(self.cut_again), ""),
            ("  renditions of these missing in the history", str(self.missing_renditions), "0"),
            ("messages to webhooks, repeated ones included", str(self.webhook_messages), ""),
            ("  ended jobs that none told of", str(self.untold_ends), "0"),
            ("  forged or untrue, or told under two ids", str(self.untrue_messages), "0"),
            ("duplicate records or objects", str(self.duplicates), "0"),
            ("keys in Redis without an end, indexes aside", str(self.endless_keys), "0"),
            (
                "longest recovery of a dead worker's jobs",
                f"{self.longest_recovery_seconds:.1f} s",
                f"<= {RECOVERY_SECONDS:g} s",
            ),
            ("requests given up after 10 tries", str(self.never_accepted), ""),
            ("what clients heard in place of an answer", _listed(self.heard), ""),
            ("  of it what the guide does not allow", _listed(self.dishonest), "none"),
            ("harm done", _listed(self.harm), ""),
        )

    def text(self) -> str:
        """Return the table."""
        wide = max(len(name) for name, _, _ in self.rows())
        lines = [
            f"{name:<{wide}}  {figure}" + (f"  (must be {must})" if must else "")
            for name, figure, must in self.rows()
        ]
        return "\n".join(lines)


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count}x {what}" for what, count in sorted(counts.items())) or "none"


def causes(answers: Mapping[str, Any]) -> Counter[str]:
    """Count the codes of failed jobs; one that names no cause counts as lost."""
    return Counter(
        answer.error.code
        for answer in answers.values()
        if answer.status == "failed" and answer.error.code not in ("", *LOST_CODES)
    )
