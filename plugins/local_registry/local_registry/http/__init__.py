"""HTTP below the applications: listeners, whole requests and replies, faults, the request log."""
