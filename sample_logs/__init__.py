"""Generated event logs with known effects planted in them, and the code that makes them."""
