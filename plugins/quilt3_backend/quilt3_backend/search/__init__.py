"""Search: a catalog's buckets through its index, folders by scanning them."""
