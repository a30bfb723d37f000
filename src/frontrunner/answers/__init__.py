"""What is answered, typed and without HTTP: boards, lists and details."""
