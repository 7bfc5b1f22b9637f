"""What newcomers are told: articles by topic, checked claims, and short passages."""
