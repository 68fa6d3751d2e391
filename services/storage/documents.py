"""How records are written: as JSON of the contract's messages, which other versions can read.

Renditions that are cut later lie beside a generation's record, one document each: no document is
read in order to be rewritten, so nothing is lost when several processes write at once.
"""

from google.protobuf.json_format import MessageToJson, Parse
from google.protobuf.message import Message
from snapasset.storage.v1 import storage_pb2 as pb

from services.common.keys import rendition_id
from services.storage.records import Kept


def written(message: Message) -> bytes:
    """Return a message as a document."""
    return MessageToJson(message, indent=None, ensure_ascii=False).encode()


def generation(kept: Kept) -> pb.Generation:
    """Return a record together with what was added to it, less what was deleted of it."""
    # A newer process may have written fields that this one does not know yet.
    made = Parse(kept.record, pb.Generation(), ignore_unknown_fields=True)
    added = [_addition(document) for document in kept.additions.values()]
    deleted = {one.deleted for one in added}
    images = [*made.images, *(one.image for one in added if one.HasField("image"))]
    del made.images[:]
    made.images.extend(image for image in images if rendition_id(image.key) not in deleted)
    return made


def added_as(kept: Kept, wanted: str) -> str | None:
    """Return the name of the addition that is the rendition of this id, or None."""
    for name, document in kept.additions.items():
        if rendition_id(_addition(document).image.key) == wanted:
            return name
    return None


def _addition(document: bytes) -> pb.Addition:
    return Parse(document, pb.Addition(), ignore_unknown_fields=True)
