"""Pictures and workbooks: programs for a child process, which know nothing of ours."""
