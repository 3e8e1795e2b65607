"""Who somebody is to the utility, and for whom they may act.

Stands alone: the standard library, and the world through `linking.ports`. Nothing here knows how
people sign in or what a token is. Begin with `verification`.
"""

from linking.admission import Admission
from linking.asking import Codes
from linking.by_code import ByCode, TypedCode
from linking.clearing import Clearing, Waiting, WaitReferences
from linking.code_keys import CodeKeys
from linking.company import Company
from linking.connections import Connection, Connections
from linking.entries import Entry
from linking.erasure import Erased, Erasure
from linking.errors import LinkingError, RegisterUnavailable
from linking.held_codes import HeldCodes
from linking.issuing import Issuing
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
from linking.unlinking import Unlinked, Unlinking
from linking.verification import Mistyped, NoMatch, Verification
from linking.waiting import OwnWaits

__all__ = [
    "Admission",
    "Attempt",
    "ByCode",
    "Clearing",
    "CodeKeys",
    "Codes",
    "Company",
    "Connection",
    "Connections",
    "CustomerRegister",
    "Early",
    "Entry",
    "Erased",
    "Erasure",
    "Field",
    "HeldCodes",
    "Hint",
    "IdentityKey",
    "Issuing",
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
    "Unlinked",
    "Unlinking",
    "Verification",
    "Wait",
    "WaitReferences",
    "Waiting",
    "Whose",
    "shown_again",
]
