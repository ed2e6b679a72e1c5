"""How fast procmine is beside its peers, on real events: `make bench`."""
