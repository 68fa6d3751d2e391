"""Prints the script that lets a shell complete the command line."""

import argparse

import shtab


def script(root: argparse.ArgumentParser, shell: str) -> str:
    """Return the script for one of SHELLS."""
    return shtab.complete(root, shell)
