"""Paints pleasant, clearly artificial pictures that depend on the prompt."""
