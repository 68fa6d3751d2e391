import uuid

import pytest

from services.common.errors import Unavailable
from services.jobs.values import JOB_ID, JobSpec, Status, generation_id, new_job_id


def test_job_ids_have_their_form_and_sort_by_age() -> None:
    ids = [f"gen-{ms}-{'0' * 32}" for ms in (1_700_000_000_000, 1_700_000_000_001)]
    assert ids == sorted(ids)
    assert JOB_ID.fullmatch(new_job_id())
    assert new_job_id() != new_job_id()


def test_the_generation_of_a_job_is_always_the_same_uuid_of_version_7() -> None:
    job_id = "gen-1700000000000-0123456789abcdef0123456789abcdef"
    made = uuid.UUID(generation_id(job_id))
    assert str(made) == generation_id(job_id)
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 == 1_700_000_000_000


def test_generations_of_jobs_of_one_millisecond_differ() -> None:
    made = {generation_id(f"gen-1700000000000-{n:032x}") for n in range(1000)}
    assert len(made) == 1000


def test_only_completed_failed_and_cancelled_jobs_have_ended() -> None:
    ended = {status for status in Status if status.ended}
    assert ended == {Status.COMPLETED, Status.FAILED, Status.CANCELLED}


def test_a_platform_of_a_later_version_is_left_to_a_process_that_knows_it() -> None:
    spec = JobSpec(user_id="ada", prompt="A lighthouse", platforms=("hologram-post",))
    with pytest.raises(Unavailable, match="hologram-post"):
        _ = spec.targets
