"""SQL over packages, asked of Amazon Athena with the rights of an identity."""
