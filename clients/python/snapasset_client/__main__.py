"""`python -m clients.python.snapasset_client` is the command line `snapasset`."""

from .cli.main import main

if __name__ == "__main__":
    main()
