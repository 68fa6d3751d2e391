"""Prometheus sees every pod, and each alert fires by its cause and rests afterwards."""

import pytest

from tests.cluster.nodes.causes import CAUSES
from tests.cluster.nodes.installed import Installed
from tests.cluster.nodes.prometheus import Prometheus, hurried
from tests.eventually import eventually
from tests.manifests.rendered import overlay

on_production = pytest.mark.parametrize("installed", ["production"], indirect=True)

_SCRAPE_SECONDS, _FIRE_SECONDS, _REST_SECONDS = 60, 180, 300


@on_production
async def test_every_pod_is_scraped(installed: Installed, prometheus: Prometheus) -> None:
    def all_up() -> bool:
        pods = {pod["metadata"]["name"]: "up" for _, pod in installed.pods()}
        return prometheus.targets() == pods

    await eventually(all_up, _SCRAPE_SECONDS)


def test_every_alert_has_a_cause() -> None:
    (group,) = hurried(overlay("production"))["groups"]
    assert {rule["alert"] for rule in group["rules"]} == set(CAUSES)


@on_production
@pytest.mark.parametrize("alert", CAUSES)
async def test_an_alert_fires_by_its_cause_and_rests(
    installed: Installed, prometheus: Prometheus, alert: str
) -> None:
    await eventually(lambda: alert not in prometheus.firing(), _REST_SECONDS)
    async with CAUSES[alert](installed):
        await eventually(lambda: alert in prometheus.firing(), _FIRE_SECONDS)
    await eventually(lambda: alert not in prometheus.firing(), _REST_SECONDS)
    installed.settled()
