"""The schema of a job's request and the code that checks it never disagree."""

from typing import Any

import jsonschema_rs
import pytest
from google.protobuf.json_format import ParseDict
from hypothesis import example, given
from hypothesis import strategies as st
from snapasset.gateway.v1 import jobs_pb2 as pb

from services.common.descriptor_set import descriptor_file, read_contracts
from services.common.errors import InvalidRequest
from services.common.platforms import PLATFORMS
from services.gateway.api.bounds import bounds_of
from services.gateway.api.requests import job_spec
from services.gateway.openapi.document import build_document

USER_IDS = st.from_regex(r"[A-Za-z0-9@._:/ -]{0,130}", fullmatch=True)
PROMPTS = st.text(max_size=30) | st.text("a \n\x00\x0b\x9b\u200b\u202e\u3164", max_size=4100)
PLATFORM_IDS = st.sampled_from([*PLATFORMS, "myspace", ""])
OPTIONS = {
    one.name: tuple(bounds_of(one).choices)
    for one in pb.JobOptions.DESCRIPTOR.fields
    if bounds_of(one).choices
}
OPTION_VALUES = st.sampled_from([*(v for values in OPTIONS.values() for v in values), "8k", ""])


@pytest.fixture(scope="module")
def schema() -> jsonschema_rs.Validator:
    document = build_document(read_contracts(descriptor_file().read_bytes()))
    whole: dict[str, Any] = {
        "$ref": "#/components/schemas/CreateJobRequest",
        "components": document["components"],
    }
    return jsonschema_rs.Draft202012Validator(whole)


@given(
    user_id=USER_IDS,
    prompt=PROMPTS,
    platforms=st.lists(PLATFORM_IDS, max_size=18),
    options=st.dictionaries(st.sampled_from(list(OPTIONS)), OPTION_VALUES),
)
@example(
    user_id="user-123", prompt=" " * 3_990 + "ten and on", platforms=["twitter-post"], options={}
)
@example(user_id="user-123", prompt="  nine char  ", platforms=["twitter-post"], options={})
@example(user_id="user-123\n", prompt="A lighthouse", platforms=["twitter-post"], options={})
@example(user_id="u", prompt="A lighthouse", platforms=["twitter-post"] * 2, options={})
@example(user_id="u", prompt="A lighthouse", platforms=["twitter-post"], options={"style": "vivid"})
def test_schema_and_code_accept_the_same_jobs(
    schema: jsonschema_rs.Validator,
    user_id: str,
    prompt: str,
    platforms: list[str],
    options: dict[str, str],
) -> None:
    body = {"userId": user_id, "prompt": prompt, "platforms": platforms, "options": options}
    try:
        job_spec(
            pb.CreateJobRequest(
                user_id=user_id,
                prompt=prompt,
                platforms=platforms,
                options=ParseDict(options, pb.JobOptions()),
            )
        )
        accepted = True
    except InvalidRequest:
        accepted = False
    assert schema.is_valid(body) == accepted
