"""Who somebody is to the utility, and for whom they may act.

Stands alone: the standard library, and the world through `linking.ports`. Nothing here knows how
people sign in or what a token is. Begin with `verification`.
"""

from linking.admission import Admission
from linking.asking import Codes
from linking.by_code import ByCode, TypedCode
from linking.code_keys import CodeKeys
from linking.company import Company
from linking.entries import Entry
from linking.erasure import Connection, Erased, Erasure
from linking.errors import LinkingError, RegisterUnavailable
from linking.ladder import Ladder, Level
from linking.mistakes import Field, Hint, Mistake, TypedNumbers, shown_again
from linking.model import IdentityKey, PersonId, Relation
from linking.not_me import NotMe
from linking.numbers import NumberFormat
from linking.ocr import OcrTemplate
from linking.paper import TypedItem
from linking.ports import CustomerRegister
from linking.pressure import Thresholds
from linking.reserving import Early, MoreEvidence, Wait
from linking.resuming import Resumption
from linking.sending import Medium
from linking.service import Attempt, Linked, Linking, Outcome, Whose
from linking.telling import Telling
from linking.verification import Mistyped, NoMatch, Verification
from linking.waiting import OwnWaits

__all__ = [
    "Admission",
    "Attempt",
    "ByCode",
    "CodeKeys",
    "Codes",
    "Company",
    "Connection",
    "CustomerRegister",
    "Early",
    "Entry",
    "Erased",
    "Erasure",
    "Field",
    "Hint",
    "IdentityKey",
    "Ladder",
    "Level",
    "Linked",
    "Linking",
    "LinkingError",
    "Medium",
    "Mistake",
    "Mistyped",
    "MoreEvidence",
    "NoMatch",
    "NotMe",
    "NumberFormat",
    "OcrTemplate",
    "Outcome",
    "OwnWaits",
    "PersonId",
    "RegisterUnavailable",
    "Relation",
    "Resumption",
    "Telling",
    "Thresholds",
    "TypedCode",
    "TypedItem",
    "TypedNumbers",
    "Verification",
    "Wait",
    "Whose",
    "shown_again",
]
