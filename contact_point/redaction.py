"""Takes personal data out of what somebody wrote, so that it can be kept to learn from.

Nobody can promise that of free text: what is kept is shown to staff only and for a limited time.
"""

import re

import phonenumbers

from contact_point.introductions import INTRODUCTIONS

GAP = "…"
_REGION = "SE"
_ADDRESS = re.compile(r"\S+@\S+|(?:https?://|www\.)\S+", re.IGNORECASE)
_HANDLE = re.compile(r"(?<!\w)@\w+")
_NUMBER = re.compile(r"\+?\d[\d\s\-/.]{2,}\d")
"""Four digits or more, however they are grouped: identity, case and card numbers."""
_CODE = re.compile(r"\b(?=\w*\d)(?=\w*[^\W\d])\w{6,}\b")
"""Letters and digits in one word: case and reference codes."""
_STREET = re.compile(
    r"\b[^\W\d_]+(?:gatan|vägen|gränd|torget|allén|stigen)\s*\d*\s*[a-z]?\b", re.IGNORECASE
)
_INTRODUCTION = re.compile(
    rf"(?<!\w)({INTRODUCTIONS})(\s+[^\s.,;!?،؛።]+){{1,3}}?"
    r"(?=[.,;!?،؛።]|\s+(?:och|and|و|iyo|ን|та|и|і|ve|i|y|et|ja)\s|$)",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?<=[^\W\d_]\s|[,;]\s)[A-ZÅÄÖÉŁŚŻĆ][a-zåäöéüłśżźćńęąóñç]+(?:\s[A-ZÅÄÖ][a-zåäöé]+)+"
)
"""Two words with capitals inside a sentence."""


def redacted(text: str) -> str:
    """A text with "…" for addresses, numbers, codes and names."""
    plain = _ADDRESS.sub(GAP, text)
    for match in reversed(list(phonenumbers.PhoneNumberMatcher(plain, _REGION))):
        plain = f"{plain[: match.start]}{GAP}{plain[match.end :]}"
    for pattern in (_HANDLE, _CODE, _NUMBER, _STREET):
        plain = pattern.sub(GAP, plain)
    plain = _INTRODUCTION.sub(rf"\1 {GAP}", plain)
    return _NAME.sub(GAP, plain)
