"""The table of metrics says what the code says."""

from pathlib import Path

from deploy.local.ports import USUAL
from services.common.metrics import METRICS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "observability.md"


def test_every_metric_has_its_row_in_order() -> None:
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| `snapasset_")]
    assert rows == [
        f"| `{metric.name}` | {metric.kind} "
        f"| {', '.join(f'`{label}`' for label in metric.labels) or '-'} "
        f"| {metric.by} | {metric.help} |"
        for metric in METRICS.values()
    ]


def test_the_ports_of_the_local_stack_are_those_that_it_takes() -> None:
    text = " ".join(PAGE.read_text().split())
    for name, port in USUAL.items():
        if name.endswith("_METRICS_PORT") and name != "ENVOY_METRICS_PORT":
            assert f"{name.removesuffix('_METRICS_PORT').lower()} {port}" in text
