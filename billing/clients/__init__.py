"""What the platform says to Stripe, and nothing else does: `stripe` has the calls, `webhooks` reads what comes back."""
