"""`INSERT … ON CONFLICT`, once for both engines.

SQLite took the clause from PostgreSQL word for word, and SQLAlchemy's SQLite compiler renders
PostgreSQL's construct as it stands, but not the other way about: hence this one, everywhere.
`tests/broker/storage/test_upsert.py` compiles it for both.
"""

from sqlalchemy.dialects.postgresql import Insert, insert

__all__ = ["Insert", "insert"]
