"""What an agent reads: what to change, in the words of its tools, and what to do next."""

import json

import pytest
from mcp.server.mcpserver.exceptions import ToolError
from snapasset.gateway.v1 import jobs_pb2 as pb

from clients.python.snapasset_client.agents.answers import job_text, told_errors
from clients.python.snapasset_client.errors import FieldMistake, SnapAssetError


@pytest.mark.parametrize(
    ("field", "parameter"),
    [
        ("prompt", "prompt"),
        ("platforms[1]", "platforms[1]"),
        ("options.quality", "quality"),
        ("options.format", "image_format"),
        ("options.focalPoint.x", "focal_x"),
        ("renditions[2].platform", "platforms[2]"),
    ],
)
async def test_an_error_names_the_parameter_to_change(field: str, parameter: str) -> None:
    mistake = FieldMistake(field=field, message="must be another one")
    with pytest.raises(ToolError) as told:
        async with told_errors():
            raise SnapAssetError("No.", code="INVALID_REQUEST", fields=[mistake])
    assert str(told.value).endswith(f"Change `{parameter}`: it must be another one.")


@pytest.mark.parametrize(
    ("retryable", "told"),
    [(True, "may help."), (False, "will not help: change the order first.")],
)
def test_a_failed_job_says_whether_the_same_order_may_help(retryable: bool, told: str) -> None:
    job = pb.GetJobResponse(job_id="gen-1", status="failed")
    job.error.code, job.error.retryable = "MODERATION_BLOCKED", retryable
    assert json.loads(job_text(job))["next"] == f"Ordering the same again {told}"
