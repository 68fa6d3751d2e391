"""The table of all figures: in the terminal, and between two marks of docs/performance.md."""

import math
from collections.abc import Sequence
from pathlib import Path

from tests.bench.figures import OURS, Growth, Row, short, with_spread

BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"

_HEAD = ("measured", "unit", OURS, "against", "its figure", "ratio", "aim")


def markdown(rows: Sequence[Row], growth: Sequence[Growth]) -> str:
    """Return all figures as Markdown: one table a part. Above a ratio of 1 we are better."""
    blocks = []
    for part in dict.fromkeys(row.part for row in rows):
        cells = [line for row in rows if row.part == part for line in _cells(row)]
        blocks.append(f"### {part}\n\n{_table(_HEAD, cells)}")
    blocks += [_growth(one) for one in growth]
    return "\n\n".join(blocks)


def _cells(row: Row) -> list[tuple[str, ...]]:
    """Return a line for each peer; what was measured stands only in the first."""
    ours = (row.what, row.unit, with_spread(row.taken[OURS]) if OURS in row.taken else "-")
    peers = [name for name in row.taken if name != OURS]
    if not peers:
        return [(*ours, "", "", "", row.aim)]
    lines: list[tuple[str, ...]] = []
    for peer in peers:
        ratio = row.ratio(peer) if OURS in row.taken else math.inf
        beside = ours if peer == peers[0] else ("", "", "")
        aim = row.aim if peer == peers[0] else ""
        shown = "" if math.isinf(ratio) else f"{short(ratio)}x"
        lines.append((*beside, peer, with_spread(row.taken[peer]), shown, aim))
    return lines


def _growth(one: Growth) -> str:
    head = (f"ms, by {one.of}", *(f"{size:,}" for size in one.sizes), "last to first")
    cells = [
        (call, *map(short, costs), f"{short(costs[-1] / costs[0])}x")
        for call, costs in one.costs.items()
    ]
    return f"### Growth with {one.of}\n\n{_table(head, cells)}"


def _table(head: Sequence[str], cells: Sequence[Sequence[str]]) -> str:
    wide = [max(len(line[column]) for line in (head, *cells)) for column in range(len(head))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, wide, strict=True)) + " |"
        for line in (head, *cells)
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in wide) + "|"
    return "\n".join((lines[0], rule, *lines[1:]))


def write_between_marks(file: Path, text: str) -> None:
    """Put `text` between the marks of `file`. Raises ValueError where they are missing."""
    before, begin, rest = file.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{file.name} lacks {BEGIN} and {END}")
    file.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")
