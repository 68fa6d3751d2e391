"""Our Lua scripts: read from `lua/` once, and called by their hash.

A script says at its top what its KEYS, ARGV and answer are. A line `-- include NAME` stands for the
functions in `lua/functions/NAME.lua`. Redis forgets scripts when it restarts or fails over: then
nothing has run yet, and the script is loaded and called again.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, cast

from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from redis.exceptions import NoScriptError

_FOLDER = Path(__file__).parent / "lua"
_INCLUDE = re.compile(r"^-- include (\w+)$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Script:
    """A script with its includes resolved, and the hash by which Redis knows it."""

    text: str
    sha: str

    @classmethod
    def of(cls, text: str) -> Self:
        """Return the script with this source."""
        return cls(text=text, sha=hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest())

    def run(self, redis: Redis, keys: Sequence[str], args: Sequence[Any]) -> Any:
        """Return what the script answers. Raises RedisError."""
        try:
            return redis.evalsha(*self.call(keys, args))
        except NoScriptError:
            redis.script_load(self.text)
            return redis.evalsha(*self.call(keys, args))

    async def run_async(self, redis: AsyncRedis, keys: Sequence[str], args: Sequence[Any]) -> Any:
        """Return what the script answers. Raises RedisError."""
        try:
            return await cast(Any, redis.evalsha(*self.call(keys, args)))
        except NoScriptError:
            await cast(Any, redis.script_load(self.text))
            return await cast(Any, redis.evalsha(*self.call(keys, args)))

    def call(self, keys: Sequence[str], args: Sequence[Any]) -> tuple[Any, ...]:
        """Return the EVALSHA command that calls it."""
        return self.sha, len(keys), *keys, *args


def read_script(name: str) -> Script:
    """Return the script in `lua/NAME.lua`."""
    return Script.of(_text(_FOLDER / f"{name}.lua"))


def _text(path: Path) -> str:
    """Return the source of a file with everything that it includes, directly or not."""
    source = path.read_text(encoding="utf-8").rstrip()
    return _INCLUDE.sub(lambda found: _text(_FOLDER / "functions" / f"{found[1]}.lua"), source)
