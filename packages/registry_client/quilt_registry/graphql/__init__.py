"""The GraphQL client: documents, faults, pages, and the members of result unions."""
