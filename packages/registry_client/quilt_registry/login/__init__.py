"""Logins that are kept on this machine: made, stored, found again, and taken away."""
