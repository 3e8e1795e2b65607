"""Why Redis cannot be used, in a sentence each, and what to do: its library tells a class's name.

What Redis answered is never repeated, since it may quote what it was given: of its words only some
are looked for, to choose a sentence of ours.
"""

from dataclasses import dataclass
from typing import Final

from redis.asyncio.sentinel import MasterNotFoundError
from redis.exceptions import (
    AuthenticationError,
    AuthorizationError,
    BusyLoadingError,
    ClusterDownError,
    MovedError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisClusterException,
    RedisError,
    TimeoutError,  # noqa: A004 - theirs is another than Python's
)

FAILURES: Final = (RedisError, RedisClusterException, OSError)
"""All that the library raises: what it says of clusters is no `RedisError`."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is wrong, to stand in brackets behind the address; `remedy` may be empty."""

    what: str
    remedy: str = ""


_PASSWORD_MISSING: Final = Told(
    "it wants a password, and was given none", "Write it in `storage.transient_password`."
)
_PASSWORD_WRONG: Final = Told(
    "it does not take this user and password",
    "Compare `storage.transient_user` and `storage.transient_password` with Redis's `requirepass`, "
    "or with its `ACL LIST`.",
)
_NOT_ALLOWED: Final = Told(
    "its user may not do all that is needed",
    "In its ACL, give the user `~farstu:* +@read +@write +@scripting +@connection +info`.",
)
_NO_SUCH_NUMBER: Final = Told(
    "it has no database of this number",
    "End `storage.transient` with a number below Redis's `databases`, such as /0.",
)
_IS_CLUSTER: Final = Told(
    "it belongs to a cluster", "Write `redis+cluster://` and some of its nodes."
)
_IS_NO_CLUSTER: Final = Told("it is no cluster", "Write `redis://` and its one address.")
_CLUSTER_BROKEN: Final = Told(
    "its cluster does not answer for every key",
    "See that all its masters run; `redis-cli cluster info` says more.",
)
_NO_MASTER: Final = Told(
    "no sentinel names a master that answers",
    "See that the sentinels run and can be reached, and that they call the master by the name in "
    "`storage.transient`.",
)
_NO_ANSWER: Final = Told(
    "no answer in time",
    "See that it runs and has time to answer. `rediss://` also waits in vain where TLS is not "
    "spoken: see which port it is.",
)
_IS_FULL: Final = Told("it is full", "Give it more memory, and raise its `maxmemory`.")
_IS_REPLICA: Final = Told(
    "it is a replica, and takes nothing",
    "Name its master, or its sentinels: `redis+sentinel://`.",
)
_IS_LOADING: Final = Told("it is still loading what it holds", "Wait until it has.")
_NO_ROOM: Final = Told(
    "it has no connection left", "Raise its `maxclients`, or see who takes them all."
)
_HUNG_UP: Final = Told(
    "it closed the connection",
    "See that it is a Redis. Where it speaks TLS, the address begins with `rediss://`.",
)

_BY_WORDS: Final = (
    ("HELLO must be called", _PASSWORD_MISSING),
    ("Authentication required", _PASSWORD_MISSING),
    ("DB index is out of range", _NO_SUCH_NUMBER),
    ("not allowed in cluster mode", _IS_CLUSTER),
    ("Cluster mode is not enabled", _IS_NO_CLUSTER),
    ("slots are not covered", _CLUSTER_BROKEN),
    ("max number of clients", _NO_ROOM),
)
_BY_KIND: Final[tuple[tuple[type[Exception], Told], ...]] = (
    (AuthenticationError, _PASSWORD_WRONG),
    (AuthorizationError, _NOT_ALLOWED),
    (NoPermissionError, _NOT_ALLOWED),
    (MovedError, _IS_CLUSTER),
    (ClusterDownError, _CLUSTER_BROKEN),
    (MasterNotFoundError, _NO_MASTER),
    (TimeoutError, _NO_ANSWER),
    (OutOfMemoryError, _IS_FULL),
    (ReadOnlyError, _IS_REPLICA),
    (BusyLoadingError, _IS_LOADING),
)


def told(error: Exception) -> Told:
    """Say it; of what nobody foresaw, the system's own words or the error's kind."""
    cause = error.__cause__ or error.__context__
    said = f"{error} {cause}"
    for words, found in _BY_WORDS:
        if words in said:
            return found
    for kind, found in _BY_KIND:
        if isinstance(error, kind):
            return found
    return _of_system(cause) or Told(type(error).__name__)


def _of_system(cause: BaseException | None) -> Told | None:
    """The system's own words, where it is the system that failed: a certificate, a refusal."""
    if isinstance(cause, RedisError):  # a cluster's client tells what failed at the last node
        cause = cause.__cause__ or cause.__context__
    if isinstance(cause, ConnectionResetError):
        return _HUNG_UP
    if isinstance(cause, OSError):  # ssl.SSLError is one
        return Told(str(cause) or type(cause).__name__)
    return None
