"""Keys that are made once for all tests."""

from functools import cache

from cryptography.hazmat.primitives.asymmetric import ec, rsa


@cache
def rsa_key(number: int = 0, bits: int = 2048) -> rsa.RSAPrivateKey:
    """Return an RSA key; the same for the same number."""
    return rsa.generate_private_key(65537, bits)


@cache
def ec_key(number: int = 0) -> ec.EllipticCurvePrivateKey:
    """Return a key on P-256; the same for the same number."""
    return ec.generate_private_key(ec.SECP256R1())
