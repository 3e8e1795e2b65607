"""Who somebody is to the utility, and for whom they may act.

Stands alone: the standard library, and the world through `linking.ports`. Nothing here knows how
people sign in or what a token is. Begin with `verification`.
"""

from linking.admission import Admission
from linking.codes.asking import Codes
from linking.codes.by_code import ByCode, TypedCode
from linking.codes.held import HeldCodes
from linking.codes.issuing import Issuing
from linking.codes.keys import CodeKeys
from linking.codes.sending import Medium
from linking.company import Company
from linking.connections import Connection, Connections
from linking.entries import Entry
from linking.erasure import Erased, Erasure
from linking.errors import LinkingError, RegisterUnavailable
from linking.ladder import Ladder, Level
from linking.model import IdentityKey, PersonId, Relation
from linking.newcomers.not_me import NotMe
from linking.newcomers.resuming import Resumption
from linking.newcomers.strangers import Heard, Strangers
from linking.newcomers.telling import Telling
from linking.ports import CustomerRegister
from linking.service import Attempt, Linked, Linking, Outcome, Whose
from linking.tries.clearing import Clearing, Waiting, WaitReferences
from linking.tries.pressure import Thresholds
from linking.tries.reserving import Early, MoreEvidence, Wait
from linking.tries.waiting import OwnWaits
from linking.typed.mistakes import Field, Hint, Mistake, TypedNumbers, shown_again
from linking.typed.numbers import NumberFormat
from linking.typed.ocr import OcrTemplate
from linking.typed.paper import TypedItem
from linking.unlinking import Unlinked, Unlinking
from linking.verification import Mistyped, NoMatch, Verification

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
    "Heard",
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
    "Strangers",
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
