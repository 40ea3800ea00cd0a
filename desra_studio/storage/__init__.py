"""The database and the content-addressed blobs."""

# Imported for their effect: all tables are known, and from here on every transaction keeps the
# queue true.
from desra_studio.storage import account_tables as account_tables
from desra_studio.storage import label_tables as label_tables
from desra_studio.storage import queue_entries as queue_entries
from desra_studio.storage import study_tables as study_tables
from desra_studio.storage import tables as tables
