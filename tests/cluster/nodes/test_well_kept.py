"""After all this: no container was killed for its memory, and every pod is ready and restricted."""

from typing import Any

from tests.cluster.nodes.installed import Installed


def test_no_container_was_killed_for_its_memory(installed: Installed) -> None:
    for part, pod in installed.pods():
        for container in pod["status"]["containerStatuses"]:
            for state in (container["state"], container.get("lastState", {})):
                assert state.get("terminated", {}).get("reason") != "OOMKilled", part


def test_every_pod_is_ready(installed: Installed) -> None:
    installed.settled()
    assert all(_condition(pod, "Ready") for _, pod in installed.pods())


def test_every_part_may_lose_one_pod_and_no_more(installed: Installed) -> None:
    for budget in installed.get("poddisruptionbudgets")["items"]:
        assert budget["status"]["disruptionsAllowed"] == 1, budget["metadata"]["name"]


def _condition(pod: dict[str, Any], kind: str) -> bool:
    found = {one["type"]: one["status"] for one in pod["status"]["conditions"]}
    return found.get(kind) == "True"
