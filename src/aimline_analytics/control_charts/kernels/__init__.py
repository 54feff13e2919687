"""NumPy arrays in, plain numbers and arrays out."""
