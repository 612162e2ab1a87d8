"""What views need from the web: guards, forms, language, error pages, response headers. No views here."""
