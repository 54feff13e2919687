"""Did it work? Designs that compare what happened with what would have happened."""
