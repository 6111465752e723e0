"""The packages room: finding, reading, comparing and writing packages."""
