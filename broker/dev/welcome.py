"""What the demo says when it is up: where to click, who is who, which numbers to type."""

from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from broker.dev.cast import GERDA, KARIN, NILS, REFUSED, DemoCustomer
from broker.dev.companies import COMPANIES
from broker.dev.records import invoice_id
from broker.dev.settings import Addresses, messages_in

_PEOPLE = (
    ("Karin", "kund hos alla tre", "customer of all three"),
    ("Nils", "ny kund hos Elnät", "new customer of Elnät"),
    ("Eva", "hjälper sin mamma Gerda", "helps her mother, Gerda"),
    ("…", "alla andra får låna numren", "everybody else may borrow the numbers"),
)


def show(console: Console, at: Addresses, directory: Path) -> None:
    """Print the demo's sign; it fits 80 columns. The directory is where its files are."""
    console.print()
    _part(console, "1", "Gå in i en portal", "Enter a portal", _doors(at))
    _part(
        console, "2", "Välj leverantör och vem du är", "Choose a provider and a person", _people()
    )
    _part(console, "3", "Skriv numren, bara första gången", "Type these, once", _numbers())
    _part(console, "4", "De här får nej, med samma svar", "These are refused alike", _refused())
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


def _numbers() -> Table:
    table = _grid()
    heads = ("", "", "kundnummer", "fakturanummer")
    table.add_row("  ", *(Text(each, style="dim") for each in heads))
    for customer in (*KARIN, *GERDA, *NILS):
        who, company = customer.name.partition(" ")[0], Text(customer.company.name, style="dim")
        table.add_row("  ", who, company, *_pair(customer, "bold green"))
    return table


def _refused() -> Table:
    table = _grid()
    for customer in REFUSED:
        table.add_row("  ", Text(f"Elnät, {customer.why}"), *_pair(customer, "green"))
    return table


def _pair(customer: DemoCustomer, style: str) -> tuple[Text, Text]:
    return Text(customer.number, style=style), Text(str(customer.latest), style=style)
