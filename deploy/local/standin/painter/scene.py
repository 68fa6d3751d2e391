"""Decides what the picture shows, from the words of the prompt and, for the rest, from its hash."""

import hashlib
import random
import re
from dataclasses import dataclass

WORD = re.compile(r"[^\W\d_]+")

# The first row with a word of the prompt wins, so the more telling words come first.
SETTINGS = (
    ("space", "space planet planets galaxy rocket astronaut cosmos cosmic mars saturn universe"),
    (
        "sea",
        "lighthouse sea ocean beach coast coastal island sailing boat ship sail surf harbor"
        " harbour marine wave waves seaside shore tropical yacht",
    ),
    (
        "city",
        "city skyline urban street downtown skyscraper skyscrapers tokyo york london paris"
        " neon cyberpunk town building buildings metropolis",
    ),
    ("desert", "desert dune dunes cactus sahara oasis camel canyon pyramid pyramids arizona"),
    ("snow", "snow snowy winter christmas ice icy arctic ski frozen glacier frost"),
    (
        "mountains",
        "mountain mountains alps peak peaks summit hike hiking valley lake everest fuji"
        " castle dragon",
    ),
    ("forest", "forest woods trees jungle pine pines wood cabin camping fox deer bear"),
    (
        "meadow",
        "meadow field fields farm garden flower flowers countryside hill hills spring"
        " balloon balloons windmill park grass vineyard tree oak",
    ),
    (
        "abstract",
        "abstract poster geometric minimal minimalist bauhaus pattern logo banner launch"
        " sale product brand app software technology tech ai data",
    ),
)
TIMES = (
    ("night", "night midnight moon moonlit moonlight stars starry dark aurora neon nocturnal"),
    ("sunset", "sunset dusk evening golden twilight autumn fall orange romantic"),
    ("dawn", "dawn sunrise morning pastel misty mist fog foggy dreamy soft calm"),
    ("day", "day noon sunny summer bright blue midday spring tropical"),
)
WEATHERS = (
    ("storm", "storm stormy thunder thunderstorm lightning tempest hurricane typhoon"),
    ("rain", "rain rainy raining drizzle monsoon wet"),
    ("snowfall", "snowing snowfall snowflakes blizzard snow snowy christmas"),
    ("fog", "fog foggy mist misty haze hazy"),
    ("cloudy", "cloud clouds cloudy overcast"),
    ("clear", "clear sunny starry"),
)
SUBJECTS = (
    ("lighthouse", "lighthouse beacon"),
    ("boat", "boat ship sail sailing yacht sailboat pirate"),
    ("castle", "castle fortress palace knight dragon fairytale"),
    ("balloon", "balloon balloons"),
    ("planet", "planet planets saturn mars jupiter galaxy universe"),
    ("rocket", "rocket spaceship launch astronaut startup"),
    ("cabin", "cabin house cottage home hut lodge camping farm"),
    ("palm", "palm palms tropical island oasis"),
    ("cactus", "cactus cacti"),
    ("tree", "tree oak maple blossom cherry"),
)
USUAL_SUBJECTS = {
    "space": ("rocket", "planet"),
    "sea": ("boat", "lighthouse", "palm"),
    "city": ("tower",),
    "desert": ("cactus", "balloon"),
    "snow": ("cabin",),
    "mountains": ("cabin", "balloon", "castle"),
    "forest": ("cabin", "tree"),
    "meadow": ("tree", "balloon", "cabin"),
    "abstract": ("circle",),
}
EXTRAS = (
    ("aurora", "aurora northern borealis"),
    ("rainbow", "rainbow"),
    ("birds", "bird birds seagull seagulls gull gulls eagle"),
    ("flowers", "flower flowers garden spring blossom poppies tulips lavender"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """Everything that the painter needs to know; `seed` settles all that is left to chance."""

    setting: str
    time: str
    weather: str
    subject: str
    extras: frozenset[str]
    seed: int


def read_scene(prompt: str) -> Scene:
    """Turns any prompt into a scene; the same prompt always gives the same scene."""
    words = set(WORD.findall(prompt.lower()))
    seed = int.from_bytes(hashlib.sha256(prompt.encode()).digest()[:8], "big")
    chance = random.Random(seed)  # noqa: S311
    setting = _first(SETTINGS, words) or chance.choice([name for name, _ in SETTINGS])
    time = _first(TIMES, words) or chance.choice(("sunset", "dawn", "day", "day", "night"))
    weather = _first(WEATHERS, words) or chance.choice(("clear", "clear", "cloudy"))
    if setting == "space":
        time, weather = "night", "clear"
    subject = _first(SUBJECTS, words) or chance.choice(USUAL_SUBJECTS[setting])
    extras = frozenset(name for name, row in EXTRAS if words & set(row.split()))
    return Scene(
        setting=setting, time=time, weather=weather, subject=subject, extras=extras, seed=seed
    )


def _first(table: tuple[tuple[str, str], ...], words: set[str]) -> str | None:
    return next((name for name, row in table if words & set(row.split())), None)
