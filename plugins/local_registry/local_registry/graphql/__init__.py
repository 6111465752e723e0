"""GraphQL: our own schema, a module of resolvers per operation group, and the executor."""
