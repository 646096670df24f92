"""Files: kept encrypted, accepted by what they really are, and hung on a case."""
