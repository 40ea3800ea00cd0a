"""The database and the content-addressed blobs."""

# Imported for its effect: from here on, every transaction keeps the queue true.
from desra_studio.storage import queue_entries as queue_entries
