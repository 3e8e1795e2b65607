"""A folder in place of a mail server: for trying out, since everything in it can be read."""

import asyncio
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

from broker.notices.email import compose
from broker.notices.envelope import Envelope
from broker.notices.outcomes import Later, Outcome, Sent
from broker.notices.recipients import EmailAddress, Letter, PhoneNumber

_OWNER_ONLY: Final = 0o600


@dataclass(frozen=True, slots=True)
class FolderChannel:
    """A file for each message: `.eml` as a mail program opens it, `.json` for any other."""

    path: Path
    name: ClassVar[str] = "folder"

    async def send(self, envelope: Envelope) -> Outcome:
        name, content = _file(envelope)
        try:
            await asyncio.to_thread(self._write, name, content)
        except OSError as error:
            return Later(f"folder_{type(error).__name__}", unreachable=True)
        return Sent()

    def _write(self, name: str, content: bytes) -> None:
        """Whole or not at all: somebody may be looking into the folder."""
        self.path.mkdir(parents=True, exist_ok=True)
        unfinished = self.path / f".{name}"
        with os.fdopen(
            os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY), "wb"
        ) as file:
            file.write(content)
        unfinished.replace(self.path / name)


def _file(envelope: Envelope) -> tuple[str, bytes]:
    match envelope.to:
        case EmailAddress() as to:
            return f"{envelope.id}.eml", bytes(compose(envelope, to))
        case PhoneNumber(number):
            said = {"to": number, "text": envelope.wording.short}
            return f"{envelope.id}.json", json.dumps(said, ensure_ascii=False).encode()
        case Letter(number, name):
            said = {"letter_to": name, "customer_number": number, "text": envelope.wording.text}
            return f"{envelope.id}.json", json.dumps(said, ensure_ascii=False).encode()
