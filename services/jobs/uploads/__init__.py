"""The register of uploads: whose they are, how long they are kept, and which jobs use them."""
