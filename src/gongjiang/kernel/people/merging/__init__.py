"""Two records that are one person: found (`candidates`), decided (`actions`), merged and undone (`database`)."""
