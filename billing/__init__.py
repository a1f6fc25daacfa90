"""Plans, quotes, subscriptions and invoices (PRODUCT: paying). Nothing is billed yet; the name holds its place."""
