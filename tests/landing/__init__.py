"""The landing zone under kills, rivals, object storage and compaction."""
