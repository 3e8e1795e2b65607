"""What every table of the configuration is made of."""

from pydantic import BaseModel, ConfigDict

Address = str


class Section(BaseModel):
    """A table of the file: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")
