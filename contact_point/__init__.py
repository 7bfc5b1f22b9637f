"""The domain of a municipal contact point: free of Rasa and of HTTP servers."""
