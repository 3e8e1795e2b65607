"""What the demo says when it is up: where to click, who is who, which numbers to type."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from broker.dev.cast import GERDA, KARIN, NILS, REFUSED, DemoCustomer, papers_of
from broker.dev.companies import COMPANIES
from broker.dev.records import invoice_id, price_of
from broker.dev.settings import Addresses, messages_in

_PEOPLE = (
    ("Karin", "kund hos alla tre", "customer of all three"),
    ("Nils", "ny kund hos Elnät", "new customer of Elnät"),
    ("Eva", "hjälper sin mamma Gerda", "helps her mother, Gerda"),
    ("…", "alla andra får låna numren", "everybody else may borrow the numbers"),
)


def show(console: Console, at: Addresses, directory: Path, today: date) -> None:
    """Print the demo's sign; it fits 80 columns. The directory is where its files are.

    `today` is when the demo began: its invoices are dated from there.
    """
    console.print()
    _part(console, "1", "Gå in i en portal", "Enter a portal", _doors(at))
    _part(
        console, "2", "Välj leverantör och vem du är", "Choose a provider and a person", _people()
    )
    _part(console, "3", "Skriv numren, bara första gången", "Type these, once", _numbers(today))
    _part(console, "4", "De här får nej, med samma svar", "Refused alike", _refused(today))
    console.print("   Föreningen kommer in med en kod · The association enters with a code\n")
    letter = f"{at.portal}/elnat/invoices/{invoice_id(KARIN[1], KARIN[1].latest)}"
    for name, address in (
        ("Länk som i ett brev till Karin · Link as in a letter to Karin", letter),
        ("Inloggningen · The broker", at.broker),
        ("Fel att prova · Faults to try", f"{at.upstreams}/__control"),
        ("Meddelanden till kunder · Messages to customers", str(messages_in(directory))),
        ("Logg · Log", str(directory / "broker.log")),
    ):
        console.print(Text(name, style="dim"))
        console.print(f"   {address}", soft_wrap=True, highlight=False)
    console.print("\nCtrl-C avslutar · stops\n", style="bold")


def _part(console: Console, number: str, sv: str, en: str, content: Table) -> None:
    title = Text.assemble((f"{number}  {sv}", "bold cyan"), (f" · {en}", "cyan"))
    console.print(title)
    console.print(content, highlight=False)
    console.print()


def _grid() -> Table:
    return Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), show_header=False)


def _doors(at: Addresses) -> Table:
    table = _grid()
    for each in COMPANIES.values():
        address = f"{at.portal}/{each.id}"
        table.add_row("  ", Text(address, style=f"bold link {address}"), each.name)
    return table


def _people() -> Table:
    table = _grid()
    for name, sv, en in _PEOPLE:
        table.add_row("  ", Text(name, style="bold"), Text.assemble(sv, (f" · {en}", "dim")))
    return table


def _numbers(today: date) -> Table:
    return _papers([(_who(each), each) for each in (*KARIN, *GERDA, *NILS)], "bold green", today)


def _refused(today: date) -> Table:
    return _papers([(Text(each.why), each) for each in REFUSED], "green", today)


def _who(customer: DemoCustomer) -> Text:
    name, short = customer.name.partition(" ")[0], customer.company.name.rpartition(" ")[2]
    return Text.assemble(name, (f", {short}", "dim"))


def _papers(rows: Sequence[tuple[Text, DemoCustomer]], style: str, today: date) -> Table:
    """What stands on the newest invoice of each: more than the numbers is asked for at times."""
    table = _grid()
    heads = ("", "kundnr", "fakturanr", "att betala", "förfaller")
    table.add_row("  ", *(Text(each, style="dim") for each in heads))
    for who, customer in rows:
        paper = papers_of(customer, today)[0]
        ore = price_of(paper)
        numbers = Text(customer.number, style=style), Text(str(paper.number), style=style)
        amount = Text(f"{ore // 100},{ore % 100:02d}")
        table.add_row("  ", who, *numbers, amount, paper.due_on.isoformat())
    return table
