"""What of public leaves with a city, or not (tenants.cells), of this app and of those below it."""

from accounts.models import AddressChange, AuditEntry, BegunAction, Neighbourhood, SignInLink, TeamInvitation, User
from common.models import ChangedScope, ContentRevision, OutboxMessage
from rest.models import KeptAnswer, Token
from tenants.cells.register import leaves, stays
from tenants.models import (
    CityKey,
    CityMove,
    DeletionCertificate,
    Domain,
    DomainCheck,
    HostReservation,
    Installation,
    KnownDomain,
    Municipality,
    SpareSchema,
    StructureChange,
    StructureSnapshot,
    VerificationRequest,
    WaitingOutbox,
)

leaves(Municipality, of="pk", named="municipality_id", is_kept=True)  # so that nobody takes its place
leaves(Domain, of="tenant", is_kept=True)
leaves(DomainCheck, of="municipality")
leaves(HostReservation, of="schema_name", is_kept=True, operators="released_by")
leaves(CityKey, of="schema_name")  # with it what is kept under it can go on being read
leaves(VerificationRequest, of="municipality", operators="decided_by")
stays(KnownDomain, DeletionCertificate, StructureSnapshot, StructureChange, Installation, CityMove, SpareSchema)
# Operators, and what they do. Of the trail a copy leaves, and messages about the city (tenants.cells.packing).
stays(User, SignInLink, BegunAction, TeamInvitation, AddressChange, Neighbourhood, AuditEntry, Token, KeptAnswer)
stays(ContentRevision, ChangedScope, OutboxMessage, WaitingOutbox)
