"""What can go wrong in linking that is not an outcome of the rules."""


class LinkingError(Exception):
    """Root of the family; never raised directly."""

    code = "linking_error"


class RegisterUnavailable(LinkingError):
    """The customer register cannot answer now; nothing was judged and nothing was counted."""

    code = "register_unavailable"

    def __init__(self, *, detail: str = "") -> None:
        super().__init__(self.code)
        self.detail = detail
