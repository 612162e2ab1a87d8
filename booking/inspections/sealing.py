"""How owners, plates and VINs are kept: sealed, and found by keyed hashes of the whole and of the last characters.

Numbers come in normal form here: what the rules return, never what was typed.
"""

from booking.kernel.secrets import Keyring

PLATE_TAIL, VIN_TAIL = 4, 6


def identity_hash(keyring: Keyring, identity: str) -> str:
    """Return the hash that finds an owner; `identity` is "A:4408…" or, of a company, "N:9144…"."""
    return keyring.digest(identity, column="owner.identity")


def sealed_number(keyring: Keyring, number: str) -> bytes:
    """Seal an owner's document number or credit code."""
    return keyring.seal(number, column="owner.number")


def sealed_name(keyring: Keyring, name: str) -> bytes | None:
    """Seal an owner's name; None for an empty one."""
    return keyring.seal(name, column="owner.name") if name else None


def number_in(keyring: Keyring, sealed: bytes) -> str:
    """Return an owner's document number or credit code in clear."""
    return keyring.open(sealed, column="owner.number")


def name_in(keyring: Keyring, sealed: bytes | None) -> str:
    """Return an owner's name in clear; "" where none is kept."""
    return keyring.open(sealed, column="owner.name") if sealed else ""


def plate_columns(keyring: Keyring, plate: str) -> dict[str, object]:
    """Return the columns of `Vehicle` that hold a plate."""
    return {
        "plate_sealed": keyring.seal(plate, column="vehicle.plate"),
        "plate_hash": plate_hash(keyring, plate),
        "plate_tail_hash": plate_tail_hash(keyring, plate),
    }


def vin_columns(keyring: Keyring, vin: str) -> dict[str, object]:
    """Return the columns of `Vehicle` that hold a VIN; all null for an empty one."""
    if not vin:
        return {"vin_sealed": None, "vin_hash": None, "vin_tail_hash": None}
    return {
        "vin_sealed": keyring.seal(vin, column="vehicle.vin"),
        "vin_hash": vin_hash(keyring, vin),
        "vin_tail_hash": vin_tail_hash(keyring, vin),
    }


def plate_hash(keyring: Keyring, plate: str) -> str:
    """Return the hash that finds a plate."""
    return keyring.digest(plate, column="vehicle.plate")


def plate_tail_hash(keyring: Keyring, text: str) -> str:
    """Return the hash that finds plates by their last four characters."""
    return keyring.digest(text[-PLATE_TAIL:], column="vehicle.plate_tail")


def vin_hash(keyring: Keyring, vin: str) -> str:
    """Return the hash that finds a VIN."""
    return keyring.digest(vin, column="vehicle.vin")


def vin_tail_hash(keyring: Keyring, text: str) -> str:
    """Return the hash that finds VINs by their last six characters."""
    return keyring.digest(text[-VIN_TAIL:], column="vehicle.vin_tail")


def plate_in(keyring: Keyring, sealed: bytes) -> str:
    """Return a plate in clear."""
    return keyring.open(sealed, column="vehicle.plate")


def vin_in(keyring: Keyring, sealed: bytes | None) -> str:
    """Return a VIN in clear; "" where none is kept."""
    return keyring.open(sealed, column="vehicle.vin") if sealed else ""
