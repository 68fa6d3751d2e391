"""Runs one job from prompt to image files by REST and SSE: `python -m deploy.local.demo`."""

import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from PIL import Image

from deploy.local.rest import Rest, RestError
from deploy.local.run import interrupt_on_signals
from deploy.local.settings import ROOT, DemoSettings
from deploy.local.stack import health_of, running_stack
from deploy.local.token import token_for
from services.common.serve import CannotStart
from services.common.settings import SettingsError, load

JOB_SECONDS = 900
EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}


class DemoFailed(Exception):
    """The job did not end with the right images; the message says why, in one line."""


def main() -> None:
    """Run the demo; the exit code is 1, with the reason in one line, when it fails."""
    interrupt_on_signals()
    try:
        settings = load(DemoSettings)
        with stack_port(settings) as port:
            run_job(Rest(port=port, token=token_for(settings)), settings)
    except KeyboardInterrupt:
        raise SystemExit("\nStopped.") from None
    except (CannotStart, SettingsError) as error:
        raise SystemExit(f"SnapAsset cannot start: {error}.") from None
    except (RestError, DemoFailed) as error:
        raise SystemExit(f"\nThe demo failed: {error}") from None


@contextmanager
def stack_port(settings: DemoSettings) -> Iterator[int]:
    """Give the port of the running stack, or run one for the length of the block."""
    if settings.port and health_of(settings.port):
        say(f"Using the SnapAsset that runs at http://localhost:{settings.port}")
        yield settings.port
        return
    say("Starting SnapAsset ...")
    with running_stack(settings.folder, port=settings.port) as stack:
        yield stack.port


def run_job(rest: Rest, settings: DemoSettings) -> None:
    """Create the job, follow it to its end and save what came out."""
    began = time.monotonic()
    wanted = {
        "userId": settings.user_id,
        "prompt": settings.prompt,
        "platforms": settings.platforms,
    }
    created = rest.json("POST", "/api/jobs", wanted)
    say(f'Job {created["jobId"]}: "{settings.prompt}"')
    done = follow(rest, created)
    if done["status"] != "completed":
        reason = done.get("error", {}).get("message") or done["message"]
        raise DemoFailed(f"the job is {done['status']}: {reason}")
    folder = ROOT / "out" / created["jobId"]
    folder.mkdir(parents=True)
    sizes = {
        p["id"]: (p["width"], p["height"]) for p in rest.json("GET", "/api/platforms")["platforms"]
    }
    images = {image["platformId"]: image for image in done["result"]["images"]}
    for platform in settings.platforms:
        if platform not in images:
            raise DemoFailed(f"there is no image for {platform}")
        save(rest, images[platform], sizes[platform], folder)
    took = time.monotonic() - began
    say(f"{len(images)} images in {took:.1f} s: {folder.relative_to(ROOT)}/")


def follow(rest: Rest, created: dict[str, Any]) -> dict[str, Any]:
    """Draw the job's progress and return its last event; a stream that breaks off is resumed."""
    stream = urlsplit(created["streamUrl"])._replace(scheme="", netloc="").geturl()
    deadline = time.monotonic() + JOB_SECONDS
    while time.monotonic() < deadline:
        try:
            for event in rest.events(stream):
                draw(event)
                if event["type"] == "done":
                    say("")
                    return event
        except RestError as error:
            draw({"progress": 0, "message": f"{error}; trying again"})
        time.sleep(1)
    raise DemoFailed(f"the job has not ended after {JOB_SECONDS} s")


def save(rest: Rest, image: dict[str, Any], size: tuple[int, int], folder: Path) -> None:
    """Save one image under its platform's name; it must have exactly the platform's size."""
    media_type, content = rest.bytes(urlsplit(image["url"]).path)
    file = folder / f"{image['platformId']}.{EXTENSIONS.get(media_type, 'bin')}"
    file.write_bytes(content)
    with Image.open(BytesIO(content)) as picture:
        picture.load()
        if picture.size != size:
            raise DemoFailed(f"{file.name} is {picture.size} pixels, not {size}")
    say(f"  {file.name:<28} {size[0]} x {size[1]}  {len(content) // 1000} kB")


def draw(event: dict[str, Any]) -> None:
    """Draw the progress bar over itself, or a line an event where there is no terminal."""
    filled = event["progress"] * 30 // 100
    bar = f"{'█' * filled}{'░' * (30 - filled)} {event['progress']:>3}%  {event['message']}"
    if sys.stdout.isatty():
        sys.stdout.write(f"\r\x1b[K{bar[: shutil.get_terminal_size().columns - 1]}")
        sys.stdout.flush()
    elif event.get("type") != "heartbeat":
        say(bar)


def say(line: str) -> None:
    """Print one line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
