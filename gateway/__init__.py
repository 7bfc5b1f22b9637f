"""The only public process: channels, the web chat and the advisers' desk."""
