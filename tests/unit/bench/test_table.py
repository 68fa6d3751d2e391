"""The table of the benchmarks."""

from pathlib import Path

import pytest

from tests.bench.figures import OURS, Growth, Row
from tests.bench.table import BEGIN, END, markdown, write_between_marks


def test_each_peer_has_a_line_and_the_measure_is_named_once() -> None:
    taken = {OURS: [2.0], "Express": [4.0], "Other": [1.0]}
    text = markdown([Row(part="Jobs", what="create", unit="ms", taken=taken, aim="1.5x")], [])
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines()[4:]]
    assert cells == [
        ["create", "ms", "2.00", "Express", "4.00", "2.00x", "1.5x"],
        ["", "", "", "Other", "1.00", "0.500x", ""],
    ]


def test_what_never_arrived_has_no_ratio() -> None:
    taken = {OURS: [2.0], "Other": [float("inf")]}
    text = markdown([Row(part="Events", what="10,000 watchers", unit="ms", taken=taken)], [])
    assert [cell.strip() for cell in text.splitlines()[-1].split("|")[4:7]] == [
        "Other",
        "never",
        "",
    ]


def test_growth_tells_how_much_more_the_largest_costs() -> None:
    grown = Growth(of="jobs in line", sizes=[10, 1000], costs={"create": [2.0, 3.0]})
    last = markdown([], [grown]).splitlines()[-1]
    assert [cell.strip() for cell in last.split("|")[1:-1]] == ["create", "2.00", "3.00", "1.50x"]


def test_only_what_stands_between_the_marks_changes(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text(f"Before.\n{BEGIN}\nold\n{END}\nAfter.\n")
    write_between_marks(page, "new")
    assert page.read_text() == f"Before.\n{BEGIN}\nnew\n{END}\nAfter.\n"


def test_a_page_without_marks_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text("Before.")
    with pytest.raises(ValueError, match="lacks"):
        write_between_marks(page, "new")
    assert page.read_text() == "Before."
