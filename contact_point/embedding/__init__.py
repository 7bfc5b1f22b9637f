"""What texts mean: sentence vectors, the same for every language."""
