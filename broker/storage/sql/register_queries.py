"""What the imported register is asked: one statement each, most of them compiled once."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, bindparam, func, select

from broker.storage.register_ports import Generation
from broker.storage.sql.register_tables import current, customers, evidence, generations


def _nearest(table: Table) -> Select[Any]:
    """The row of the company's current generation with this key, or else with the next one.

    The generation is a subquery of its own: joined, it would hide from PostgreSQL that the index
    has the rows in the order that is asked for.
    """
    generation = (
        select(current.c.generation)
        .where(current.c.company == bindparam("company"))
        .scalar_subquery()
    )
    return (
        select(table)
        .where(table.c.generation == generation, table.c.key >= bindparam("key"))
        .order_by(table.c.generation, table.c.key)
        .limit(1)
    )


@lru_cache(maxsize=128)
def current_customers(companies: int, keys: int) -> Select[Any]:
    """A row for every customer found, and one without any for a company that has none of them."""
    here = and_(
        customers.c.generation == current.c.generation,
        customers.c.key.in_([bindparam(f"key{n}") for n in range(keys)]),
    )
    return (
        select(current.c.company, generations.c.pepper, customers)
        .join(generations, generations.c.id == current.c.generation)
        .outerjoin(customers, here)
        .where(current.c.company.in_([bindparam(f"company{n}") for n in range(companies)]))
    )


NEAREST_CUSTOMER = _nearest(customers)
NEAREST_EVIDENCE = _nearest(evidence)
CURRENT = (
    select(generations)
    .join(current, current.c.generation == generations.c.id)
    .where(generations.c.company == bindparam("company"), ~generations.c.discarded)
)


@lru_cache(maxsize=16)
def size(companies: int) -> Select[Any]:
    """How many customers the companies' current generations hold."""
    return (
        select(func.coalesce(func.sum(generations.c.customers), 0))
        .join(current, current.c.generation == generations.c.id)
        .where(current.c.company.in_([bindparam(f"company{n}") for n in range(companies)]))
    )


def kept(company: str) -> Select[Any]:
    """The company's generations, newest first."""
    return (
        select(generations)
        .where(generations.c.company == company, ~generations.c.discarded)
        .order_by(generations.c.id.desc())
    )


def among(generation: Generation, keys: Sequence[bytes]) -> ColumnElement[bool]:
    """The generation's customers with these keys."""
    return and_(customers.c.generation == generation.id, customers.c.key.in_(keys))
