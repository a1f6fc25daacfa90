"""What of the sign-ups leaves with a city (tenants.cells): what was accepted then is the proof of it."""

from onboarding.models import Authority, Claim, LoadedDirectory, ProvisioningRun, SignUp, StepRecord
from tenants.cells.register import leaves, stays

leaves(SignUp, of="run__municipality")
leaves(ProvisioningRun, of="municipality")
leaves(StepRecord, of="run__municipality")
leaves(Claim, of="municipality")
stays(Authority, LoadedDirectory)
