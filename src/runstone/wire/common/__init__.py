"""What every dialect needs: who asks, how bodies come in, how URLs are signed."""
