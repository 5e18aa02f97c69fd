"""Word templates, shipped inside the wheel as the package digitise.templates."""
