"""The `callassist` command: composes the processes and gives an administrator one word each."""
