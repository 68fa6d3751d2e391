"""The command line `snapasset`."""
