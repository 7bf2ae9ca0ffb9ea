"""What every runtime's generated C has in common: the public header, its accessors, and values as C text."""
