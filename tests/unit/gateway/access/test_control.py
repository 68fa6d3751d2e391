"""Who may call what, as the contracts say it."""

import pytest
from snapasset.options.v1.methods_pb2 import Access

from services.common.contracts import Rpc
from services.common.descriptor_set import descriptor_file, read_contracts


@pytest.fixture(scope="module")
def rpcs() -> list[Rpc]:
    return [*read_contracts(descriptor_file().read_bytes()).rpcs]


def test_what_changes_more_than_the_callers_own_needs_an_administrator(rpcs: list[Rpc]) -> None:
    admin = {rpc.name for rpc in rpcs if rpc.endpoint.access == Access.ACCESS_ADMIN}
    assert admin == {"CleanQueue", "PauseQueue", "ResumeQueue", "DeleteUserData"}


def test_only_the_site_and_the_list_of_models_are_open_to_everybody(rpcs: list[Rpc]) -> None:
    is_open = [rpc for rpc in rpcs if rpc.endpoint.access == Access.ACCESS_EVERYBODY]
    assert {rpc.service for rpc in is_open} == {"SiteService", "ModelService"}


def test_only_what_is_open_to_everybody_is_kept_by_caches_or_not_counted(rpcs: list[Rpc]) -> None:
    lenient = [rpc for rpc in rpcs if rpc.endpoint.cacheable or not rpc.endpoint.counted]
    assert all(rpc.endpoint.access == Access.ACCESS_EVERYBODY for rpc in lenient)
