"""The rules for opening picture files: the same wherever one is decoded."""
