"""The colours of a scene: a few hand-picked palettes per time of day, tinted by the setting."""

from dataclasses import dataclass
from random import Random

from deploy.local.standin.painter.scene import Scene

Color = tuple[int, int, int]

# sky from the zenith to the horizon (four colours), then light, ink and water
PALETTES = {
    "sunset": (
        "2b1b4d 7a2f6b e8615a ffc27a  fff0c0 24143a 7b3b70",
        "1d2b53 6b4a8a f0827d ffd9a0  fff3cf 1b1b3a 52518f",
        "40204f a8406c f58a57 ffd98a  fff2c4 2a1636 8a4468",
    ),
    "dawn": (
        "4a6fa5 93a8d6 f3c6c6 ffe8cf  fff9e6 2e3a5f 7f9cc9",
        "5b7db1 a9c0de f8d5c2 fff1d6  fffaea 33466b 86a9c4",
        "6c6fa8 b79fcb f4bfc4 fde6cd  fff8e8 3a315c 8f8fc0",
    ),
    "day": (
        "2f7fc4 6fb3e0 b4dcf0 f2f7ea  fffbe3 17485f 2f86b5",
        "1f8fb3 62bfd0 b8e3dc fbf3d9  fffbe3 12505a 1f8a9e",
        "3a6fb8 7fa9de c7daf0 fdf1de  fffbe9 213f6b 3f79b3",
    ),
    "night": (
        "0a1030 16224f 2c3f78 5a6fa6  fff3c9 070b1e 1c2c5e",
        "0b132b 16284a 2a5068 4f9a9c  fdf6d3 060d1d 17405a",
        "140c2e 2a1a56 4b3286 8a62b0  ffe9c7 0d0720 2c2260",
    ),
    "storm": (
        "1c2733 34495a 5f7788 b4c0bd  fdf3c4 11181f 2f4654",
        "20242f 3d4456 6d7690 c3bfc4  fdf0c8 14161f 3a4358",
    ),
}
TINTS = {
    "sea": "5b5660",
    "mountains": "4b5f82",
    "forest": "1f6650",
    "desert": "dd8f55",
    "meadow": "6fa04a",
    "snow": "dfe9f5",
    "city": "3f4a78",
    "space": "6a4f8f",
    "abstract": "c8553d",
}
INKING = {"day": 0.25, "dawn": 0.35, "sunset": 0.5, "night": 0.72, "storm": 0.55}


@dataclass(frozen=True, kw_only=True, slots=True)
class Palette:
    """Colours that agree with each other."""

    sky: tuple[Color, ...]
    light: Color
    ink: Color
    water: Color
    tint: Color
    inking: float

    @property
    def haze(self) -> Color:
        """What the far distance fades into."""
        return mix(self.sky[-1], self.sky[-2], 0.35)

    def land(self, nearness: float) -> Color:
        """The ground at a distance from 0 (far, hazy) to 1 (near, deep)."""
        near = mix(self.tint, self.ink, self.inking * (0.35 + 0.65 * nearness))
        return mix(self.haze, near, 0.3 + 0.7 * nearness)


def choose_palette(scene: Scene) -> Palette:
    """Picks one of the palettes of the scene's light."""
    stormy = scene.weather in ("storm", "rain") and scene.time != "night"
    name = "storm" if stormy else scene.time
    row = Random(scene.seed + 1).choice(PALETTES[name])  # noqa: S311
    colors = [color(text) for text in row.split()]
    inking = INKING[name] * (0.4 if scene.setting == "snow" else 1.0)
    return Palette(
        sky=tuple(colors[:4]),
        light=colors[4],
        ink=colors[5],
        water=colors[6],
        tint=color(TINTS[scene.setting]),
        inking=inking,
    )


def color(text: str) -> Color:
    """`rrggbb` as three numbers."""
    red, green, blue = bytes.fromhex(text)
    return red, green, blue


def mix(first: Color, second: Color, share: float) -> Color:
    """`share` of the second colour in the first, each channel on its own."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue
