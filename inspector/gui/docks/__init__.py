"""The docks, one file each: they show facts and emit wishes, and never touch the network."""
