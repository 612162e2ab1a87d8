"""Names for row ids, so that two of them cannot be swapped, and references that people can read aloud."""

import secrets
from typing import NewType

PersonId = NewType("PersonId", int)
AccountId = NewType("AccountId", int)
SiteId = NewType("SiteId", int)
PlanId = NewType("PlanId", int)
SlotId = NewType("SlotId", int)
BookingId = NewType("BookingId", int)
LearnerId = NewType("LearnerId", int)
OwnerId = NewType("OwnerId", int)
VehicleId = NewType("VehicleId", int)
TestLaneId = NewType("TestLaneId", int)
VisitId = NewType("VisitId", int)
TransferId = NewType("TransferId", int)
# Who or what may hold one live booking of a service: "person:17", "vehicle:4". Each line makes and reads its own.
Holder = NewType("Holder", str)

# No 0 and O, no 1, I and L: a reference is read out at a counter and over the telephone.
REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
REFERENCE_LENGTH = 10


def new_reference() -> str:
    """Return an unguessable reference of ten characters (about 49 bits; look-ups also ask whose it is)."""
    return "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(REFERENCE_LENGTH))
