"""The API that a billing system gives, as an OpenAPI document made from what we decode."""

import json
from typing import Any, Final

import msgspec

from broker.registers.distant.documents import (
    AskedCustomers,
    AskedInvoices,
    AskedSize,
    Customers,
    Invoices,
    Size,
)

_ABOUT: Final = (
    "What Farstu asks a billing system that is a company's register. Farstu is the client. "
    "Customer numbers and invoice numbers travel in bodies, and should be logged nowhere. Whether "
    "there is such a customer or invoice must show neither in how long an answer takes nor in its "
    "status: an empty list is 200, as any other. Answer 5xx when you cannot answer. Nothing that "
    "is asked here changes anything, so a question may come twice. An answer has at most 256 KiB "
    "and is not compressed."
)
_QUESTIONS: Final = (
    ("/invoices", AskedInvoices, Invoices),
    ("/customers", AskedCustomers, Customers),
    ("/size", AskedSize, Size),
)
_REFERENCE: Final = "#/components/schemas/{name}"


def billing_api_page() -> str:
    """Return the document (OpenAPI 3.1) as JSON."""
    kinds = [kind for _, asked, answer in _QUESTIONS for kind in (asked, answer)]
    _, schemas = msgspec.json.schema_components(kinds, ref_template=_REFERENCE)
    document = {
        "openapi": "3.1.0",
        "info": {"title": "A billing system as Farstu asks it", "version": "1"}
        | {"description": _ABOUT},
        "security": [{"bearer": []}, {"certificate": []}],
        "paths": {path: {"post": _operation(path, *kinds)} for path, *kinds in _QUESTIONS},
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "certificate": {"type": "mutualTLS"},
            },
        },
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _operation(path: str, asked: type, answer: type) -> dict[str, Any]:
    responses = {
        "200": {"description": answer.__doc__} | _content(answer),
        "401": {"description": "The token or certificate is not known."},
        "503": {"description": "No answer can be given now."},
    }
    if path == "/size":
        responses["404"] = {"description": "The number is not told: it is configured instead."}
    return {
        "operationId": path.strip("/"),
        "summary": asked.__doc__,
        "requestBody": {"required": True} | _content(asked),
        "responses": responses,
    }


def _content(kind: type) -> dict[str, Any]:
    reference = {"$ref": _REFERENCE.format(name=kind.__name__)}
    return {"content": {"application/json": {"schema": reference}}}
