"""The registry's and the catalog's HTTP endpoints, one module per operation group."""
