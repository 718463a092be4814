"""Commands that read what a server holds, by `runstone.Api`; the base install does for them."""
