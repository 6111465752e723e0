"""Logins that are stored on this machine: making, storing, finding and removing them."""
