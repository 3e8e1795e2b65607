"""What Facebook knows about a person, as one app sees it: app-scoped id, granted permissions."""

import hashlib

from providers.emulated.consoles import Registration
from providers.emulated.forgery import Claims
from providers.emulated.grants import Authorization
from providers.emulated.login import LoginRequest
from providers.emulated.people import Person

ALWAYS = "public_profile"


def user_id_for(app_id: str, person: Person) -> str:
    """Return the app-scoped id: 17 digits, another for every app."""
    digest = int(hashlib.sha256(f"{app_id} {person.key}".encode()).hexdigest(), 16)
    return f"1{digest % 10**16:016d}"


def split_scopes(
    app: Registration, login: LoginRequest, person: Person
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return granted and declined permissions; who declined is asked again by `rerequest` only."""
    asked = tuple(one for one in login.scopes if one in {ALWAYS, *app.permissions})
    declines = person.accounts["facebook"].declines_email and login.get("auth_type") != "rerequest"
    declined = ("email",) if declines and "email" in asked else ()
    granted = tuple(one for one in asked if one not in declined)
    return tuple(dict.fromkeys((ALWAYS, *granted))), declined


def describe(base: str, grant: Authorization, person: Person, fields: str) -> Claims:
    """Return the `/me` object with the fields asked for; what is not known is not there."""
    app_id, email = grant.login.client_id, person.accounts["facebook"].email
    known: Claims = {
        "id": user_id_for(app_id, person),
        "name": person.name,
        "first_name": person.given_name,
        "last_name": person.family_name or None,
        "email": email if email and "email" in grant.scopes else None,
        "picture": {
            "data": {
                "height": 50,
                "is_silhouette": False,
                "url": f"{base}/platform-lookaside.fbsbx.com/{person.key}.jpg",
                "width": 50,
            }
        },
    }
    wanted = ["id", *(fields or "id,name").replace(" ", "").split(",")]
    return {name: known[name] for name in dict.fromkeys(wanted) if known.get(name) is not None}
