"""What each address of onboarding answers to whom (tests.support.addresses)."""

from tests.support.roles import ALL, OPERATORS, PUBLIC_ROLES, THEIR_POSTS, PublicRows

PUBLIC: PublicRows = {
    "landing": ALL,
    "signup": ALL,
    "signup_search": ALL,
    "signup_colleague": ALL,
    "signup_resume_by_link": dict.fromkeys(PUBLIC_ROLES, 410),
    # A sign-up is for the browser that began it; what it gets: tests/onboarding/test_sign_up.py.
    "signup_authority": dict.fromkeys(PUBLIC_ROLES, 404),
    "signup_you": dict.fromkeys(PUBLIC_ROLES, 404),
    "signup_challenges": dict.fromkeys(PUBLIC_ROLES, 404),
    "signup_platform": dict.fromkeys(PUBLIC_ROLES, 404),
    "signup_logo": dict.fromkeys(PUBLIC_ROLES, 404),
    "signup_start": dict.fromkeys(PUBLIC_ROLES, 404),
    "signup_later": dict.fromkeys(PUBLIC_ROLES, 404),
    "signup_sent": ALL,
    "signup_confirm_by_link": dict.fromkeys(PUBLIC_ROLES, 410),
    "signup_progress": ALL,
    "signup_enter": dict.fromkeys(PUBLIC_ROLES, 405),
    "signup_cancel": dict.fromkeys(PUBLIC_ROLES, 404),
    "service_legal": ALL,
    "service_terms": ALL,
    "service_privacy": ALL,
    "service_accessibility": ALL,
    "ops_verifications": OPERATORS,
    "ops_verification": dict.fromkeys(PUBLIC_ROLES, 302),  # a verified city: back to its page
    "ops_verification_accept": dict.fromkeys(PUBLIC_ROLES, 405),
    "ops_verification_refuse": THEIR_POSTS,
    "ops_runs": OPERATORS,
    "ops_run_retry": THEIR_POSTS,
    "ops_run_cancel": THEIR_POSTS,
}
GRAVE = {
    "ops_verification",
    "ops_verification_accept",
}
EVERYDAY = {
    "ops_verification_refuse",
    "ops_run_retry",
    "ops_run_cancel",
}
LOOKED_AT = {
    "ops_verifications",
    "ops_runs",
}
