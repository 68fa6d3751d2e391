"""All of SnapAsset in containers on one machine."""
