"""AWS credentials of an identity, and boto3 clients that act with them."""
