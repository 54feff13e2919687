"""What a review says to others: composed once, told on a page, as PDF and as Word."""
