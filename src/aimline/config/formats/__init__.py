"""How a language writes numbers, where Django's own way does not suit schools in the United States."""
