"""What a person or a unit holds: grades, certificates, qualifications, titles, honours, designations."""
