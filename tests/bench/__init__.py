"""How fast the house is, next to what its database could do: `make bench`."""
