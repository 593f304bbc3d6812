"""The services of the house, wired to their stores and ports, a part in a module."""
