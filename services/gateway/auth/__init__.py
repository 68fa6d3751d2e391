"""Who is calling: tokens, API keys and stream tickets, and what each allows."""
