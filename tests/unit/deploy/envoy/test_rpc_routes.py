import pytest

from deploy.envoy import rpc_routes
from deploy.envoy.settings import EnvoySettings
from services.common.descriptor_set import descriptor_file, read_contracts

CONTRACTS = read_contracts(descriptor_file().read_bytes())


def timeout_of(name: str) -> str:
    """Return how long a call may take, with 30 s for a usual one."""
    found = [
        str(route["route"]["timeout"])
        for route in rpc_routes.routes(CONTRACTS, EnvoySettings(unary_seconds=30))
        if route["match"].get("path", "").endswith(f"/{name}")
    ]
    return found[0]


def test_a_call_that_may_wait_for_a_job_has_that_time_on_top() -> None:
    assert timeout_of("CreateJob") == "55s"
    assert timeout_of("GetJob") == "30s"
    assert timeout_of("WatchJob") == "0s"


@pytest.mark.parametrize("reflection", [True, False])
def test_the_contracts_can_be_read_only_where_the_operator_says_so(reflection: bool) -> None:
    routes = rpc_routes.routes(CONTRACTS, EnvoySettings(reflection=reflection))
    paths = [route["match"].get("path", "") for route in routes]
    assert any("ServerReflection" in path for path in paths) == reflection
