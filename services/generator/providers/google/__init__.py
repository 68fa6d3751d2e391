"""Google's Gemini image models, through the google-genai SDK."""
