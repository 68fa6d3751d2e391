"""Finds, saves and shows the images of jobs and generations."""

from collections.abc import Sequence
from pathlib import Path

from snapasset.gateway.v1 import jobs_pb2 as pb

from ..client import SnapAsset
from ..errors import SnapAssetError
from ..folders import Folder
from ..forms import is_job_id
from .screen import Screen, counted, table


async def images_of(client: SnapAsset, name: str, user_id: str) -> Sequence[pb.JobImage]:
    """Return the images of a job or a generation, whichever has this id. Raises SnapAssetError."""
    if not is_job_id(name):
        return (await client.get_generation(name, user_id=user_id)).images
    job = await client.get_job(name)
    if job.status != "completed":
        raise SnapAssetError(f"Job {name} is {job.status}; it has no images.", code="NO_IMAGES")
    return job.result.images


async def save_all(
    client: SnapAsset, screen: Screen, images: Sequence[pb.JobImage], output: Path, name: str
) -> None:
    """Save images in OUTPUT/NAME under their platforms' names and show them."""
    with Folder.open(output) as outer, outer.inside(name) as folder:
        for image in images:
            file = await client.save(image, folder)
            size = f"{image.width} x {image.height}"
            screen.message(image, f"  {file.name:<26} {size:<11} {image.size // 1000:>5} kB")
        screen.say(f"{counted(len(images), 'image')} in {folder.path}/")


def show_images(screen: Screen, images: Sequence[pb.JobImage]) -> None:
    """Show where images are."""
    for line in image_lines(images):
        screen.say(line)


def image_lines(images: Sequence[pb.JobImage]) -> list[str]:
    """Return a line for each image."""
    return table([(one.platform, f"{one.width} x {one.height}", one.url) for one in images])
