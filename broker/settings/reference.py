"""The reference of the configuration, made from the schema: one page, one example file.

What it says is the schema's own: to change a text, change the field's description.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from broker.settings.environment import PREFIX
from broker.settings.kinds import kind_of
from broker.settings.problem import is_within, path_of
from broker.settings.schema import NumberSettings, Settings
from broker.settings.section import Section
from broker.settings.shape import bare, inside, is_section, is_table

_NAME = "NAME"  # stands for a name that the operator chooses
_HEAD = """\
# Settings

One TOML file: `--config`, else the environment variable `FARSTU_CONFIG`, else `farstu.toml`.

Over it, the environment: `FARSTU_` and the key in capitals, tables parted by two underscores
(`server.port` is `FARSTU_SERVER__PORT`; in a name that you chose, `_` stands for `-` too). A list
is JSON, or values parted by white space; a table is JSON. With `_FILE` at its end, the variable
names a file that holds the value, as container secrets do: `FARSTU_SECRETS__PAIRWISE_SALT_FILE`.

An unknown key is an error. `farstu config check` reports every problem at once; the broker does not
start with any. `farstu config show` prints what is in force.

This page is made from the program by `farstu config reference --write`.
"""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the file: its path, what it is, and its own keys (not those of tables in it)."""

    keys: tuple[str, ...]
    description: str
    fields: dict[str, FieldInfo]

    @property
    def path(self) -> str:
        """The table's name as it is written in TOML; empty for the top."""
        return path_of(self.keys)


def settings_page() -> str:
    """Return the whole reference in Markdown."""
    return "\n".join([_HEAD, *(_section(table) for table in tables())])


def reference_of(key: str) -> str:
    """Return the reference, for a terminal, of a key, a table and all in it; empty if unknown."""
    lines = []
    for table in tables():
        for name, field in table.fields.items():
            path = path_of((*table.keys, name))
            if not key or is_within(path, key) or is_within(_unnamed(path), key):
                facts = "; ".join((kind_of(field), _default(field)))
                lines.append(f"{path} ({facts})\n  {field.description}\n")
    return "\n".join(lines)


def example_file() -> str:
    """Return a TOML file with every key: required ones shown, the others as comments."""
    lines = [
        "# Every key of the configuration. A line that begins with `#:` has the default.",
        "# Made from the program by `farstu config reference --write`; begin with `farstu init`.",
    ]
    for table in tables():
        if table.path:
            lines += ["", f"# {table.description}", f"[{table.path}]"]
        for name, field in table.fields.items():
            lines += ["", *_wrapped(str(field.description)), _example_line(name, field)]
    return "\n".join(lines) + "\n"


def tables(
    section: type[Section] = Settings, keys: tuple[str, ...] = (), description: str = ""
) -> Iterator[Table]:
    """Walk the schema: every table with fixed keys, in the order of the file."""
    own, below = {}, []
    for name, field in section.model_fields.items():
        kind = bare(field.annotation)
        if is_section(kind):
            below.append(((*keys, name), kind, field))
        elif is_table(kind) and is_section(inside(kind, _NAME)):
            below.append(((*keys, name, _NAME), inside(kind, _NAME), field))
        else:
            own[name] = field
    yield Table(keys, description or _first_line(section), own)
    for path, kind, field in below:
        yield from tables(kind, path, _about(kind, field))


def _section(table: Table) -> str:
    title = f"## `[{table.path}]`" if table.path else "## At the top of the file"
    lines = [title, "", table.description, ""]
    for name, field in table.fields.items():
        variable = PREFIX + "__".join((*table.keys, name)).upper()
        lines += [
            f"### `{name}`",
            "",
            str(field.description),
            "",
            f"{kind_of(field)}; {_default(field)}; `{variable}`",
            "",
        ]
    return "\n".join(lines)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = _value(field)
    return "not set" if value in (None, "", [], {}) else f"default `{_toml(value)}`"


def _example_line(name: str, field: FieldInfo) -> str:
    if field.is_required():
        return f"{name} = {_placeholder(field)}"
    value = _value(field)
    return f"#: {name} = {_toml('' if value is None else value)}"


def _placeholder(field: FieldInfo) -> str:
    kind = bare(field.annotation)
    if is_table(kind):
        return "{}"
    return "[]" if kind_of(field).startswith("list") else '""'


def _value(field: FieldInfo) -> Any:
    value = field.get_default(call_default_factory=True)
    if value is PydanticUndefined:
        return None
    return list(value) if isinstance(value, tuple) else value


def _toml(value: Any) -> str:
    return "{}" if value == {} else json.dumps(value, ensure_ascii=False)


def _about(kind: type[Section], field: FieldInfo) -> str:
    """Return the table's own sentence, after the field's where several fields are such tables."""
    own = _first_line(kind)
    return own if kind is not NumberSettings else f"{field.description} {own}"


def _first_line(section: type[Section]) -> str:
    return (section.__doc__ or "").partition("\n")[0]


def _unnamed(path: str) -> str:
    return path.replace(f".{_NAME}", "")


def _wrapped(text: str, width: int = 98) -> list[str]:
    lines, line = [], "#"
    for word in text.split():
        if len(line) + len(word) >= width:
            lines.append(line)
            line = "#"
        line += f" {word}"
    return [*lines, line]
