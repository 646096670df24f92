"""Files on the web: how they come in, how they are shown, and how they go out."""
