"""What is damaged, cut or made up on purpose, put through the doors that strangers' files take."""
