"""Tokens of web conversations: the id that the server made, and proof that it did.

An id alone opens nothing. The proof is an HMAC bound to this purpose and compared in constant
time.
"""

import hashlib
import hmac

_PURPOSE = b"kontaktpunkt web conversation 1:"


def make_token(secret_key: str, conversation_id: str) -> str:
    """The token that opens a conversation."""
    return f"{conversation_id}.{_proof(secret_key, conversation_id)}"


def read_token(secret_key: str, token: str) -> str | None:
    """The conversation that a token opens, or None for any token that the server did not make."""
    conversation_id, _, proof = token.partition(".")
    if hmac.compare_digest(proof.encode(), _proof(secret_key, conversation_id).encode()):
        return conversation_id
    return None


def _proof(secret_key: str, conversation_id: str) -> str:
    return hmac.new(
        secret_key.encode(), _PURPOSE + conversation_id.encode(), hashlib.sha256
    ).hexdigest()
