"""SnapAsset from Python: a client over gRPC, with and without asyncio, and a command line.

The name is not `snapasset`: that is the root of the generated contract, which this package uses.
Imports are relative, so that it works from the repository, as `clients.python.snapasset_client`,
and installed, as `snapasset_client`.
"""

from .blocking import BlockingSnapAsset
from .client import SnapAsset
from .errors import JobFailed, SnapAssetError
from .patience import Patience

__all__ = ["BlockingSnapAsset", "JobFailed", "Patience", "SnapAsset", "SnapAssetError"]
