"""A service with PyJWT and its PyJWKClient.

PyJWT takes the time from the system; its clock is set wrong by `faketime` around the process.
"""

import jwt

from tests.drill.consumers.lines import ALGORITHMS, TYP, Told, serve


def main() -> None:
    """Serve."""
    told = Told.by_environment()
    keys = jwt.PyJWKClient(
        told.jwks, lifespan=told.cache, cooldown_duration=told.cooldown, timeout=5
    )

    def judge(token: str) -> str:
        try:
            if jwt.get_unverified_header(token).get("typ") != TYP:
                return "typ"
            jwt.decode(
                token,
                keys.get_signing_key_from_jwt(token),
                algorithms=ALGORITHMS,
                audience=told.audience,
                issuer=told.issuer,
                leeway=told.leeway,
            )
        except jwt.PyJWTError as error:
            return type(error).__name__
        return "ok"

    serve(judge)


if __name__ == "__main__":
    main()
