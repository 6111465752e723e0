"""What a registry starts with: users, roles, policies, buckets, objects, packages."""
