"""Pure rules: the standard library only, time passed in, no messenger known."""
