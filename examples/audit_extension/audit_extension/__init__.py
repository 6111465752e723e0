"""An audit log for every operation; see `audit` and `cache`."""

from audit_extension.audit import AuditLog

extension = AuditLog()
"""What the entry point names: an object with hook wrappers, here all of them made alike."""
