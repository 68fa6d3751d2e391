"""Says where a picture comes from, as the IPTC asks for."""

from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

_SOURCES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_MEDIA = "AlgorithmicMedia"

_PACKET = """\
<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    Iptc4xmpExt:DigitalSourceType={source}
    Iptc4xmpExt:AISystemUsed={model}
    xmp:CreatorTool="SnapAsset"/>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """What made a master: the `model` of `provider` painted it, unless they are empty.

    `composite`: a picture that somebody gave the model took part in it.
    """

    model: str = ""
    provider: str = ""
    composite: bool = False

    @property
    def source(self) -> str:
        """Its Digital Source Type in the IPTC's NewsCodes; empty if no model took part."""
        if not self.model:
            return ""
        return _SOURCES + ("compositeWithTrained" if self.composite else "trained") + _MEDIA


def packet(origin: Origin) -> bytes:
    """Return an XMP packet that names the source and the model; empty without a model.

    IPTC Photo Metadata Standard 2025.1: Digital Source Type and AI System Used.
    """
    if not origin.model:
        return b""
    told = {"source": quoteattr(origin.source), "model": quoteattr(origin.model)}
    return _PACKET.format(**told).encode()
