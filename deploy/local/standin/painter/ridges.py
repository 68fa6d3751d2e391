"""Skylines: the wavy upper edges of hills, dunes and waves."""

import math

from deploy.local.standin.painter.canvas import Canvas, Point


def ridge(canvas: Canvas, base: float, rise: float, waves: float, rough: float) -> list[Point]:
    """A skyline from the left to the right edge, closed along the bottom."""
    phases = [canvas.rng.uniform(0, math.tau) for _ in range(5)]
    points: list[Point] = []
    for step in range(121):
        x = step / 120
        across = x * waves * canvas.width / canvas.unit
        height = sum(
            math.sin(across * 2**octave + phase) * rough**octave
            for octave, phase in enumerate(phases)
        )
        points.append((x * canvas.width, base - rise * height))
    return [*points, (canvas.width, canvas.height), (0, canvas.height)]
