"""SQL over packages in Amazon Athena, with the rights of an identity."""
