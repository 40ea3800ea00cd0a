"""The routes of the Fine-tune page: orders, runs, and watching them."""
