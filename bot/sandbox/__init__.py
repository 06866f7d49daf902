"""The outside, imitated on this machine: local messengers and the page to play every part."""
