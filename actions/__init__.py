"""The action server: one module per dialogue, each thin."""
