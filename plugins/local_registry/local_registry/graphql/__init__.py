"""GraphQL: our own schema, one module of resolvers per operation group, and the executor."""
