"""A skyline with lit windows at the waterside."""

from deploy.local.standin.painter.canvas import Canvas
from deploy.local.standin.painter.palette import Color, Palette, mix
from deploy.local.standin.painter.scene import Scene
from deploy.local.standin.painter.water import paint_quay


def paint_city(canvas: Canvas, scene: Scene, palette: Palette, lamp: tuple[float, float]) -> None:
    """Three rows of houses behind a quay."""
    for nearness, tall in ((0.15, 0.42), (0.4, 0.34), (0.75, 0.24)):
        tone = palette.land(nearness)
        window = mix(tone, palette.light, 0.75 if scene.time in ("night", "sunset") else 0.3)
        x = -canvas.unit * 0.03
        while x < canvas.width:
            wide = canvas.unit * canvas.rng.uniform(0.06, 0.12)
            rise = canvas.unit * tall * canvas.rng.uniform(0.45, 1.1)
            top = canvas.horizon + canvas.unit * 0.1 * nearness - rise
            canvas.shade(
                [(x, canvas.height), (x, top), (x + wide, top), (x + wide, canvas.height)],
                tone,
                mix(tone, palette.haze, 0.2),
            )
            _windows(canvas, (x, top, x + wide, canvas.horizon + canvas.unit * 0.12), window)
            x += wide * canvas.rng.uniform(0.95, 1.2)
    paint_quay(canvas, palette)


def _windows(canvas: Canvas, box: tuple[float, float, float, float], tone: Color) -> None:
    pane = canvas.unit * 0.009
    columns = int((box[2] - box[0]) / (pane * 2.2))
    margin = (box[2] - box[0] - columns * pane * 2.2 + pane * 1.2) / 2
    for row in range(int((box[3] - box[1]) / (pane * 2.8))):
        for column in range(columns):
            if canvas.rng.random() < 0.42:
                x = box[0] + margin + column * pane * 2.2
                y = box[1] + pane * (1.4 + row * 2.8)
                canvas.draw.rectangle((x, y, x + pane, y + pane * 1.5), fill=tone)
