"""Groups of commands of ``phygital``, one file each."""
