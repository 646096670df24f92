"""Published values on the desk and in public: read, compared, proposed, decided."""
