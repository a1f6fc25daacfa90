"""From a sign-up to a living platform: sign-ups and provisioning runs."""
