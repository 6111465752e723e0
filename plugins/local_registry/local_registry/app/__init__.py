"""The registry's and the catalog's HTTP endpoints, a module per room."""
