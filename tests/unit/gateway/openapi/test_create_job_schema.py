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
from services.common.targets import FORMATS
from services.gateway.api.bounds import bounds_of
from services.gateway.api.requests import job_spec
from services.gateway.openapi.document import build_document

USER_IDS = st.from_regex(r"[A-Za-z0-9@._:/ -]{0,130}", fullmatch=True)
PROMPTS = st.text(max_size=30) | st.text("a \n\x00\x0b\x9b\u200b\u202e\u3164", max_size=4100)
# A format that a platform refuses is refused by the code alone: a schema cannot say it shortly.
PLATFORM_IDS = st.sampled_from(
    [*(one.id for one in PLATFORMS.values() if one.formats == FORMATS), "myspace", ""]
)
SIDES = st.sampled_from([-1, 0, 15, 16, 1080, 4096, 4097])
SIZES = st.fixed_dictionaries(
    {
        "name": st.from_regex(r"[a-zA-Z0-9-]{0,42}", fullmatch=True),
        "width": SIDES,
        "height": SIDES,
    }
).filter(lambda size: size["name"] not in (*PLATFORMS, "master"))
OPTIONS = {
    one.name: tuple(bounds_of(one).choices)
    for one in pb.JobOptions.DESCRIPTOR.fields
    if bounds_of(one).choices
}
OPTION_VALUES = st.sampled_from([*(v for values in OPTIONS.values() for v in values), "8k", ""])


@pytest.fixture(scope="module")
def schema() -> jsonschema_rs.Validator:
    document = build_document(read_contracts(descriptor_file().read_bytes()), PLATFORMS)
    whole: dict[str, Any] = {
        "$ref": "#/components/schemas/CreateJobRequest",
        "components": document["components"],
    }
    return jsonschema_rs.Draft202012Validator(whole)


def body(**changes: Any) -> dict[str, Any]:
    return {
        "userId": "u",
        "prompt": "A lighthouse",
        "platforms": ["twitter-post"],
        "options": {},
        "sizes": [],
    } | changes


@given(
    st.builds(
        body,
        userId=USER_IDS,
        prompt=PROMPTS,
        platforms=st.lists(PLATFORM_IDS, max_size=34),
        options=st.dictionaries(st.sampled_from(list(OPTIONS)), OPTION_VALUES),
        sizes=st.lists(SIZES, max_size=3, unique_by=lambda size: size["name"]),
    )
)
@example(body(prompt=" " * 3_990 + "ten and on"))
@example(body(prompt="  nine char  "))
@example(body(userId="user-123\n"))
@example(body(platforms=["twitter-post"] * 2))
@example(body(options={"style": "vivid"}))
@example(body(platforms=[]))
@example(body(platforms=[], sizes=[{"name": "poster", "width": 16, "height": 4096}]))
def test_schema_and_code_accept_the_same_jobs(
    schema: jsonschema_rs.Validator, asked: dict[str, Any]
) -> None:
    try:
        job_spec(ParseDict(asked, pb.CreateJobRequest()), PLATFORMS)
        accepted = True
    except InvalidRequest:
        accepted = False
    assert schema.is_valid(asked) == accepted
