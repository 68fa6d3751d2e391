"""Marks a file as a generated picture, as the IPTC asks for."""

from xml.sax.saxutils import quoteattr

_SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
"""IPTC NewsCodes, Digital Source Type: created by an algorithm trained on other content."""

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


def origin(model: str) -> bytes:
    """Return an XMP packet that names `model` as the painter; empty without a model.

    IPTC Photo Metadata Standard 2025.1: Digital Source Type and AI System Used.
    """
    if not model:
        return b""
    return _PACKET.format(source=quoteattr(_SOURCE), model=quoteattr(model)).encode()
