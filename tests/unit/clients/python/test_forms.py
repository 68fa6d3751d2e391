"""What the API names becomes a name or a path in its known form alone."""

import uuid

import pytest
from snapasset.gateway.v1 import jobs_pb2 as pb

from clients.python.snapasset_client import SnapAssetError, forms
from services.common.platforms import PLATFORMS
from services.jobs.values import new_job_id

HOSTILE = [
    "",
    ".",
    "..",
    "../x",
    "/etc/x",
    "a/b",
    "a\\b",
    "x\0y",
    "~",
    "-rf",
    ".bashrc",
    "x\n",
    "é",
]
JOB = "gen-1640000000000-0123456789abcdef0123456789abcdef"
GENERATION = str(uuid.UUID(int=0xABCDEF))
URL = f"http://localhost:3001/images/ada/{GENERATION}/twitter-post-1200x675.jpg"


def test_the_ids_of_the_service_pass() -> None:
    job = new_job_id()
    assert (forms.job_id(job), forms.is_job_id(job)) == (job, True)
    assert forms.generation_id(GENERATION) == GENERATION
    for platform in (*PLATFORMS, "poster", "a--b", "a" * 40):
        assert forms.image_name(pb.JobImage(platform_id=platform, url=URL)) == f"{platform}.jpg"


@pytest.mark.parametrize("text", [*HOSTILE, "gen-1", JOB.upper(), GENERATION.upper()])
def test_anything_else_is_no_id(text: str) -> None:
    for form in (forms.job_id, forms.generation_id):
        with pytest.raises(SnapAssetError, match="which is not"):
            form(text)
    assert not forms.is_job_id(text)


@pytest.mark.parametrize("platform", [*HOSTILE, "a" * 41, "authorized_keys", "-a", "a-"])
def test_the_name_of_a_platform_that_is_none_becomes_no_file(platform: str) -> None:
    with pytest.raises(SnapAssetError, match="not the id of a platform"):
        forms.image_name(pb.JobImage(platform_id=platform, url=URL))


@pytest.mark.parametrize(
    "url", ["", "http://x/a/b/c", "http://x/a.sh", "http://[x", "x/..%2fy.svg"]
)
def test_only_formats_of_images_end_a_name(url: str) -> None:
    with pytest.raises(SnapAssetError) as caught:
        forms.image_name(pb.JobImage(platform_id="twitter-post", url=url))
    assert caught.value.code == "BAD_ANSWER"


@pytest.mark.parametrize("host", ["http://x/images", "https://cdn.example", "file://", ""])
def test_the_path_of_an_image_is_the_end_of_its_address_wherever_that_is(host: str) -> None:
    key = "_a/b-1/c_2.png"
    assert forms.image_key(pb.JobImage(url=f"{host}/{key}?x=1#y")) == key


@pytest.mark.parametrize(
    "path", ["", "/a/../b.jpg", "/a/%2e%2e/b.jpg", "/a/b%2fc/d.jpg", "/a//b.jpg"]
)
def test_what_is_no_path_of_an_image_is_not_asked_for(path: str) -> None:
    with pytest.raises(SnapAssetError) as caught:
        forms.image_key(pb.JobImage(url=f"http://x/images{path}"))
    assert caught.value.code == "BAD_ANSWER"
