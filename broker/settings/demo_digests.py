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
        "7aefb22f9e33daf43abf9d95fd9d2b9be6544539e1a8e14745a92bed3cabbc9e",
        "adf1f140905661ec13bade75af6cdef7174e6a1e11404bb475560982e7266479",
        "c8d5957b62a100a6396aa6100e44b11032276502b92e363c5af7471aeefd18d5",
        "e2a180837140c4586c1dc3addeacc7c6bbc6d2b45adc44e4bf5f48d65b01b61b",
        "1892b3d0949f2e04424acfa9758425087d4bc8daedaf4841b0d60fecf8c12ea3",
        "292ff5f80e28e39f685c643bad2402043b6a57a1ae952b0be194dd144673ff75",
        "9534fc225c3edb1092d05972c8258e505fd394d53bf074f7debf7649c72ad544",
    }
)


def digest(secret: str) -> str:
    """Return the SHA-256 of a secret's UTF-8 bytes, in hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.write(f'        "{digest(line.rstrip())}",\n')
