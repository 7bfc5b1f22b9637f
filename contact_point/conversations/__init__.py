"""Conversations: messages that are never lost, leases, and hand-over to advisers."""
