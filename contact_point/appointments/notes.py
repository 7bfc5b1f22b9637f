"""What a newcomer wants the caseworker to know beforehand."""

MAX_LENGTH = 500


def read_note(text: str) -> str:
    """The text with its spaces tidied, cut where it is too long to be a note."""
    return " ".join(text.split())[:MAX_LENGTH]
