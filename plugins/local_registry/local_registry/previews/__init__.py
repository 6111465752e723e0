"""Previews of objects, in the form that Quilt's preview services answer (docs/protocol.md, P.1)."""
