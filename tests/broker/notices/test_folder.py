"""Messages into a folder, for trying out."""

import json
from email import message_from_bytes, policy
from pathlib import Path

from broker.notices.channels.folder import FolderChannel
from broker.notices.outcomes import Later, Sent
from broker.notices.recipients import Letter
from tests.broker.notices.samples import HER_PHONE, envelope


def files(folder: Path) -> list[Path]:
    """What lies in it."""
    return sorted(folder.iterdir())


async def test_a_mail_program_can_open_it(tmp_path: Path) -> None:
    """A file a message; a repetition is the same file."""
    channel = FolderChannel(tmp_path / "messages")
    for _ in range(2):
        assert await channel.send(envelope()) == Sent()
    [file] = files(tmp_path / "messages")
    assert file.name == "n_4hJ2kWq7Zr0aTn5s.eml"
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert message["To"] == "astrid@brev.example"
    assert file.stat().st_mode & 0o077 == 0


async def test_a_text_message_is_a_file_too(tmp_path: Path) -> None:
    """With the number, and what would stand on the telephone."""
    assert await FolderChannel(tmp_path).send(envelope(HER_PHONE)) == Sent()
    [file] = files(tmp_path)
    assert json.loads(file.read_text())["to"] == "+46701740605"


async def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """The message waits."""
    (tmp_path / "file").write_text("")
    outcome = await FolderChannel(tmp_path / "file").send(envelope())
    assert outcome == Later("folder_FileExistsError", unreachable=True)


async def test_a_letter_is_a_file_too(tmp_path: Path) -> None:
    """With what would be printed: in the demo nobody has a mailing."""
    assert await FolderChannel(tmp_path).send(envelope(Letter("0100245", "Astrid"))) == Sent()
    [file] = files(tmp_path)
    said = json.loads(file.read_text())
    assert (said["letter_to"], said["customer_number"]) == ("Astrid", "0100245")
