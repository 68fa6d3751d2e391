"""Chooses the face detector that runs on this system."""

import logging
from collections.abc import Callable

from services.resizer.all_faces import AllFaces
from services.resizer.faces import Faces
from services.resizer.frontal_faces import FrontalFaces

logger = logging.getLogger(__name__)


def open_faces(best: Callable[[], Faces] = AllFaces) -> Faces:
    """Return the detector of all faces, or that of frontal ones where its library cannot run."""
    try:
        return best()
    except (ImportError, OSError) as missing:
        logger.info("only large frontal faces are found on this system: %s", missing)
        return FrontalFaces()
