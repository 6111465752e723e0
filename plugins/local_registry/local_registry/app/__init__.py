"""The registry's and the catalog's HTTP endpoints, a module per operation group."""
