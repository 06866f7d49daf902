"""What the product answers over HTTP."""
