"""The pages of an import: upload, columns, preview, progress, result."""
