"""What the trail keeps of a city's life, in words (common.trail)."""

from django.utils.translation import gettext_lazy as _

from common.trail import records

records(
    {
        "authority_verified": _("The authority is verified"),
        "verification_refused": _("The verification was refused"),
        "verification_mailed": _("Link to verify the authority sent"),
        "authority_vouched_for": _("The address of the authority was confirmed"),
        "municipality_state_changed": _("State of the platform changed"),
        "trial_warning_sent": _("The end of the trial was announced"),
        "maintenance_begun": _("Maintenance began"),
        "maintenance_ended": _("Maintenance ended"),
        "time_zone_mended": _("Time zone changed"),
        "city_exported": _("A copy was taken, without names and drafts"),
        "complete_copy_taken": _("A complete copy was taken"),
        "city_dumped": _("The platform was written into a file, to be put back"),
        "city_restored": _("The platform was put back as it was"),
        "city_move_begun": _("The move to another installation began"),
        "city_move_undone": _("The move to another installation was undone"),
        "city_handed_over": _("The platform left for another installation"),
        "city_arrived": _("The platform came from another installation"),
        "city_copy_dropped": _("What had stayed of a platform that moved was deleted"),
        "slug_renamed": _("Address of the platform changed"),
        "domain_asked": _("Domain asked for"),
        "domain_given_up": _("Request for a domain given up"),
        "domain_in_use": _("Domain put to use"),
        "domain_left": _("Domain left"),
        "domain_forgotten": _("Domain forgotten"),
        "domain_wrong": _("Domain no longer leads here"),
        "host_released": _("Reserved name released"),
    }
)
