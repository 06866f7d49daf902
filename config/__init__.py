"""What the owner decides: settings and words."""
