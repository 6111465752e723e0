"""Package operations: finding, reading, comparing and writing packages."""
