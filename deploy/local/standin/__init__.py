"""An OpenAI-compatible image API that needs no key: it paints its pictures itself."""
