"""What the image API costs: prices, the books of each owner and month, and the budget."""
