"""What effects of several sites say together, and about the next site."""
