"""The rules by which picture files are opened: the same wherever one is decoded."""
