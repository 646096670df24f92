"""Pages of credentials, and of their verification by strangers."""
