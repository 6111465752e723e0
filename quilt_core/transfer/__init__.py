"""Moving files between folders and packages: rules, plans and records, without any backend."""
