"""What the use cases need from storage, and the errors that belong to it. No driver's type crosses a port."""
