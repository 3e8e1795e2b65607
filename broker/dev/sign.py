"""What the demo says when it is up: where to click, which numbers to type, who is who."""

from rich.console import Console, Group
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from broker.dev.cast import GERDA, KARIN, NILS, REFUSED, DemoCustomer
from broker.dev.companies import COMPANIES
from broker.dev.records import invoice_id
from broker.dev.settings import Addresses


def show(console: Console, at: Addresses, log: str) -> None:
    """Print the demo's sign."""
    console.print(
        Panel(Group(_doors(at), _numbers(), _people(), _more(at, log)), title="Farstu", width=96),
        highlight=False,
    )


def _doors(at: Addresses) -> Group:
    table = Table.grid(padding=(0, 2))
    for each in COMPANIES.values():
        link = f"{at.portal}/{each.id}"
        table.add_row(each.portal, Text(link, style=f"bold link {link}"))
    return _part("1. Klicka här · Click here", table)


def _numbers() -> Group:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("kund · customer", "företag · company", "kundnummer", "fakturanummer"):
        table.add_column(heading)
    for group in (KARIN, GERDA, NILS):
        for customer in group:
            first = customer is group[0]
            name = f"{customer.name}, {customer.why}" if first else ""
            table.add_row(name, customer.company.name, *_pair(customer, style="bold green"))
    return _part("2. Skriv de här numren första gången · Type these numbers the first time", table)


def _people() -> Group:
    table = Table.grid(padding=(0, 2))
    table.add_row("[bold]Karin[/], [bold]Nils[/]", "mina egna nummer · my own numbers")
    table.add_row("[bold]Eva[/]", "hjälper sin mamma Gerda · helps her mother: Gerda's numbers")
    table.add_row("[bold]Sven[/], [bold]Åsa-Märta[/] …", "vem som helst · any numbers will do")
    nobody = ", ".join(f"{each.number} + {each.latest} ({each.why})" for each in REFUSED)
    table.add_row("[bold]Nej · No[/]", f"Elnät: {nobody}: samma svar · the same answer")
    return _part("3. Vem du är väljer du hos den låtsade leverantören · Choose who you are", table)


def _more(at: Addresses, log: str) -> Group:
    letter = f"{at.portal}/elnat/invoices/{invoice_id(KARIN[1], KARIN[1].latest)}"
    table = Table.grid(padding=(0, 2))
    table.add_row("Länk som i ett brev · link as in a letter", letter)
    table.add_row("Inloggningen · the broker", at.broker)
    table.add_row("Fel på begäran · faults on demand", f"{at.upstreams}/__control")
    table.add_row("Logg · log", log)
    table.add_row("Sluta · stop", "Ctrl-C")
    return _part("Mer · More", table)


def _part(title: str, content: Table) -> Group:
    return Group(Text(title, style="bold cyan"), Padding(content, (0, 0, 1, 2)))


def _pair(customer: DemoCustomer, *, style: str) -> tuple[Text, Text]:
    return Text(customer.number, style=style), Text(str(customer.latest), style=style)
