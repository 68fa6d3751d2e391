"""Google's Gemini image models, by the google-genai SDK."""
