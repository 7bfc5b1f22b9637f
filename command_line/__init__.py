"""The `kontaktpunkt` command."""
