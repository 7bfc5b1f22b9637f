"""What newcomers should bring to an appointment."""

from collections.abc import Iterable

from contact_point.languages import listed
from contact_point.translations import mark, translate

THINGS = {
    "identity_document": mark("your passport or another identity document"),
    "residence_permit_card": mark("your residence permit card, if you have one"),
    "decision_letter": mark("letters from the Swedish Migration Agency"),
    "rent_contract": mark("your rental contract, if you have one"),
    "payslips": mark("papers about your income"),
    "diplomas": mark("your diplomas and certificates"),
    "child_documents": mark("papers about your children"),
}
"""Things by key, as newcomers read them."""


def to_bring(keys: Iterable[str], language: str) -> str:
    """What to bring, in one line; "nothing special" for no keys."""
    things = [translate(THINGS[key], language) for key in keys]
    return listed(things, language) if things else translate("nothing special", language)
