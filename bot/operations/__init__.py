"""What the operator runs beside the product itself."""
