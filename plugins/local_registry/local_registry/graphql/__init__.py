"""GraphQL: our own schema, a module of resolvers per room, and the executor."""
