"""SHA-256 digests of every secret that the demo uses: public, and therefore refused.

Digests, so that the runtime image holds none of them. For a new demo secret, write
`python -m broker.settings.demo_digests < secrets` (one a line) and put the lines below.
"""

import hashlib
import sys

DEMO_DIGESTS = frozenset(
    {
        "4f2f8ad8962be9296691b4353bf24ea8d5c8d3a932da3ec003097fc9c75eb102",
        "a47712c47dd16701b64cf6cca90acc39fed80fdb390cb2938323bcc13409d4be",
        "af6dda8b5212384319ba3454c6b742e01616c37e6713fd235f95ee9bf7f44360",
        "818dab9118b3ec507712b756ad9ce10fa64959f130f9359bf52574a324b20400",
        "8c7954c5f1e4c44e8765d6c78b681c2fcf9fafe663371a30c99ecac85837a1ac",
    }
)


def digest(secret: str) -> str:
    """Return the SHA-256 of a secret's UTF-8 bytes, in hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.write(f'        "{digest(line.rstrip())}",\n')
