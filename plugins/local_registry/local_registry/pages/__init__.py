"""The catalog's pages: those of a built Quilt catalog, or our own small ones."""
