"""Takes in the images that users bring along."""
