# Copied to .venv/etc/ipython: what C++ libraries write to the process's own streams
# (TensorFlow's notes before its log level is read) goes to the terminal, not to cells.
c = get_config()  # noqa: F821
c.IPKernelApp.capture_fd_output = False
