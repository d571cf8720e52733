"""What the image is made of: its list, its known vulnerabilities, its licences. For `make sbom` and `make audit`."""
