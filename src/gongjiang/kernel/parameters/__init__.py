"""Values that a union sets, not code: declared with a type, published with a document, found by place and day."""
