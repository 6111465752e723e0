"""The administration room: quilt3's own client and documents, over this connection's session."""
