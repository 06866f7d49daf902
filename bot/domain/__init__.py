"""Pure rules: no input or output, time passed in, no messenger known."""
