"""The demo district: a fixed-seed world whose truth is known, made through the same actions people use."""
