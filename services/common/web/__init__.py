"""What every process that calls servers outside of our own needs; the others never import it."""
