"""Runs one job from prompt to image files on the command line: `python -m deploy.local.demo`.

It goes the way of the command line `snapasset`: gRPC through Envoy's public port. REST and
server-sent events on the same port are tested more thoroughly in tests/e2e.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from google.protobuf.message import Message
from PIL import Image
from snapasset.gateway.v1 import jobs_pb2 as pb

from clients.python.snapasset_client.cli import main as command_line
from clients.python.snapasset_client.cli.screen import Screen
from deploy.local.forks import fork_server
from deploy.local.run import interrupt_on_signals
from deploy.local.settings import ROOT, DemoSettings
from deploy.local.stack import accepts, health_of, running_stack
from deploy.local.token import token_for
from services.common.platforms import PLATFORMS
from services.common.serve import CannotStart
from services.common.settings import SettingsError, load

JOB_SECONDS = 900
STAND_IN = (
    "No OPENAI_API_KEY is set: the images come from the stand-in, which paints them on this machine"
)


class DemoFailed(Exception):
    """The job did not end with the right images; the message says why, in one line."""


class DemoScreen(Screen):
    """The command line's screen, which also keeps what was made."""

    def __init__(self) -> None:
        super().__init__(sys.stdout)
        self.job_id = ""
        self.images: list[pb.JobImage] = []

    def message(self, message: Message, *lines: str) -> None:
        """Show and keep it."""
        super().message(message, *lines)
        if isinstance(message, pb.CreateJobResponse):
            self.job_id = message.job_id
        elif isinstance(message, pb.JobImage):
            self.images.append(message)


def main() -> None:
    """Run the demo; the exit code is not 0, with the reason in one line, when it fails."""
    interrupt_on_signals()
    screen = DemoScreen()
    try:
        settings = load(DemoSettings)
        with stack_port(settings, screen) as port:
            run_job(port, settings, screen)
    except KeyboardInterrupt:
        raise SystemExit("\nStopped.") from None
    except (CannotStart, SettingsError) as error:
        raise SystemExit(f"SnapAsset cannot start: {error}.") from None
    except DemoFailed as error:
        raise SystemExit(f"The demo failed: {error}.") from None


@contextmanager
def stack_port(settings: DemoSettings, screen: Screen) -> Iterator[int]:
    """Yield the port of our running stack, or run one for the duration of the block."""
    port = settings.port
    if port and health_of(port):
        if accepts(port, token_for(settings)):
            screen.say(f"Using the SnapAsset that runs at http://localhost:{port}")
            yield port
            return
        screen.say(f"Another SnapAsset has port {port}, so ours takes a free one")
        port = 0
    screen.say("Starting SnapAsset ...")
    with (
        fork_server() as forks,
        running_stack(settings.folder, port=port, forks=forks) as stack,
    ):
        if "image-api" in stack.processes:
            screen.say(STAND_IN)
        yield stack.port


def run_job(port: int, settings: DemoSettings, screen: DemoScreen) -> None:
    """Create the job, follow it to its end and save what came out."""
    began = time.monotonic()
    out = Path(os.path.relpath(ROOT / "out"))
    words = ["create", settings.prompt, "--output", str(out), "--timeout", str(JOB_SECONDS)]
    words += [f"--platform={platform}" for platform in settings.platforms]
    environ = {
        "SNAPASSET_ADDRESS": f"localhost:{port}",
        "SNAPASSET_TOKEN": token_for(settings),
    }
    screen.say(f'"{settings.prompt}"')
    code = command_line.run(command_line.read(words, environ), screen)
    if code:
        raise DemoFailed("see the line above")
    check_images(screen.images, settings.platforms, out / screen.job_id)
    screen.say(f"Done in {time.monotonic() - began:.1f} s.")


def check_images(images: list[pb.JobImage], platforms: tuple[str, ...], folder: Path) -> None:
    """Raise DemoFailed unless there is a readable image of the right size for each platform."""
    if [image.platform_id for image in images] != list(platforms):
        raise DemoFailed("there is not one image for each platform")
    for file in sorted(folder.iterdir()):
        wanted = PLATFORMS[file.stem]
        with Image.open(file) as picture:
            picture.load()
            if picture.size != (wanted.width, wanted.height):
                raise DemoFailed(
                    f"{file.name} is {picture.size} pixels, not of its platform's size"
                )


if __name__ == "__main__":
    main()
